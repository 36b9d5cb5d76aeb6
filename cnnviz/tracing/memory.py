"""Which value stands in which tensor while a network runs, and what stood there before something wrote over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.autograd.graph import GradientEdge, get_gradient_edge

from cnnviz.tracing.belongings import Belongings, storage_of

Sources = tuple[int, ...]


class Slot:
    """One value as it was made: in its tensor as long as nothing writes over it, then in a copy.

    sources: the numbers of the rows that made it; a row's own, if it is one. depends: on the network's input.
    """

    __slots__ = ("depends", "edge", "kept", "note", "sources", "tensor", "version")

    def __init__(self, tensor: torch.Tensor, sources: Sources, depends: bool) -> None:
        self.tensor: torch.Tensor | None = tensor
        self.kept: torch.Tensor | None = None
        self.edge: GradientEdge | None = None
        self.sources = sources
        self.depends = depends
        self.note: Any = None  # whatever an observer wants to remember of the value
        try:
            self.version = tensor._version
        except RuntimeError:  # made in inference mode
            self.version = 0

    @property
    def value(self) -> torch.Tensor:
        """The value as it was when it was made."""
        found = self.kept if self.kept is not None else self.tensor
        assert found is not None
        return found

    @property
    def is_lost(self) -> bool:
        """Whether something that no call told of wrote over the value."""
        return self.kept is None and self.tensor is not None and _version(self.tensor) != self.version

    def keep(self) -> None:
        """Copy the value, and remember where it stands in the gradient's graph."""
        tensor = self.tensor
        if tensor is not None and self.kept is None:
            self.edge = get_gradient_edge(tensor) if tensor.requires_grad else None
            self.kept = tensor.detach().clone()
            self.tensor = None


def _version(tensor: torch.Tensor) -> int:
    try:
        return tensor._version
    except RuntimeError:  # made in inference mode
        return 0


class StorageMemory:
    """The slots of one run. Tensors are known by identity, aliases by the memory block that they share."""

    def __init__(self, belongings: Belongings, *, copies: bool = False) -> None:
        self.belongings = belongings
        self.copies = copies  # keep every value as a copy at once, and trust nothing
        self.current: dict[int, Slot] = {}  # the value of each tensor that calls told of, by its identity
        self.outside: Sources = ()  # the rows whose values have been shown to what no call tells of (`outside`)
        self.arrived: Callable[[torch.Tensor], Slot] | None = None  # the run's, while it runs
        self._again: dict[int, list[Slot]] = {}  # earlier values of tensors that more than one call returned
        self._new: list[Slot] = []  # not yet among the blocks: nothing has asked for them since
        self._blocks: dict[int, list[Slot]] = {}
        self._writers: dict[int, Sources] = {}
        self._known: set[int] | None = None
        self._alive: list[torch.Tensor] = []  # so that no identity is given twice

    def add(self, tensor: torch.Tensor, sources: Sources, depends: bool) -> Slot:
        """A value that was just made."""
        slot = Slot(tensor, sources, depends)
        number = id(tensor)
        before = self.current.get(number)
        if before is not None:
            self._again.setdefault(number, []).append(before)
        self.current[number] = slot
        self._new.append(slot)
        if self.copies:
            self._sort()
            self._alive.append(tensor)
            slot.keep()
        return slot

    def _sort(self) -> None:
        """Find the memory block of each value that is new and still in its tensor."""
        for slot in self._new:
            if slot.tensor is not None:
                self._blocks.setdefault(storage_of(slot.tensor), []).append(slot)
        self._new.clear()

    def read(self, tensor: torch.Tensor) -> Slot | None:
        """The value that stands in a tensor now; None for what the model owns and no call has touched."""
        slot = self.current.get(id(tensor))
        if slot is not None and ((slot.depends and not self.copies) or _version(tensor) == slot.version):
            return slot
        if isinstance(tensor, torch.nn.Parameter):
            return None
        if slot is not None:  # it was given another value by what no call tells of: `Tensor.set_`
            del self.current[id(tensor)]
            self._alive.append(tensor)
        self._sort()
        storage = storage_of(tensor)
        sharing = self._blocks.get(storage)
        if sharing is None and storage not in self._writers:
            if self._is_owned(tensor):
                return None
            # what came by a way that no call told of
            return self.add(tensor, (), True) if self.arrived is None else self.arrived(tensor)
        before = self._writers.get(storage) or _union(sharing or [])
        return self.add(tensor, before, bool(before) or any(slot.depends for slot in sharing or []))

    def knows(self, tensor: torch.Tensor) -> bool:
        """Whether a call told of this tensor, or the model owns it."""
        if id(tensor) in self.current or isinstance(tensor, torch.nn.Parameter):
            return True
        self._sort()
        storage = storage_of(tensor)
        return storage in self._blocks or storage in self._writers or self._is_owned(tensor)

    def overwrite(self, victims: list[torch.Tensor]) -> None:
        """Something is about to write over these tensors: every value in their memory is copied first."""
        self._sort()
        for storage in {storage_of(victim) for victim in victims}:
            self.belongings.save(storage)
            slots = self._blocks.pop(storage, [])
            for slot in slots:
                if slot.tensor is not None:
                    if self.current.get(id(slot.tensor)) is slot:
                        del self.current[id(slot.tensor)]
                    self._alive.append(slot.tensor)
                    slot.keep()
            if self.copies:
                gone = set(map(id, slots))
                for key in [key for key, one in self.current.items() if id(one) in gone]:
                    del self.current[key]
            earlier = self._writers.get(storage, ())
            self._writers[storage] = tuple(dict.fromkeys((*earlier, *_union(slots))))

    def settle(self) -> None:
        """The pass is over: what stands in memory of the model's own, which gets its old numbers back, is copied."""
        written = self.belongings.written()
        if written:
            self._sort()
            for slot in (slot for storage in written for slot in self._blocks.get(storage, ())):
                if not slot.is_lost:
                    slot.keep()

    def is_one_value(self, tensor: torch.Tensor, storage: int, *, alone: bool = False) -> bool:
        """Whether a tensor's memory holds one value that a call made, in this tensor, and nothing else.

        alone: no other tensor lies in that memory, so that none need be looked for. Then the value may be more than
        one call's: what dropout gives back in eval mode is what it was given.
        """
        slot = self.current.get(id(tensor))
        if slot is None or storage in self._writers or self._is_owned(tensor):
            return False
        if alone:
            return True
        self._sort()
        return self._blocks.get(storage) == [slot]

    def exchanged(self, tensor: torch.Tensor, old: torch.Tensor) -> None:
        """A tensor's value and its memory are `old`'s now, which nobody else knows; the tensor got another."""
        number = id(tensor)
        self.current.pop(number).tensor = old
        for slot in self._again.pop(number, ()):  # the same value, of earlier calls
            if slot.tensor is tensor:
                slot.tensor = old

    def exchange(self, tensor: torch.Tensor, old: torch.Tensor) -> None:
        """The value of a tensor goes on in `old`, which lies in its memory; the tensor is about to get another."""
        slot = self.current.pop(id(tensor))
        slot.tensor, slot.kept = None, old
        self._alive.append(tensor)

    def wrote(self, victims: list[torch.Tensor], row: int) -> None:
        """These tensors were written over by the row of this number."""
        for storage in {storage_of(victim) for victim in victims} & self._writers.keys():
            self._writers[storage] = tuple(dict.fromkeys((*self._writers.get(storage, ()), row)))

    def _is_owned(self, tensor: torch.Tensor) -> bool:
        if self._known is None:
            self._known = {id(value) for value in self.belongings}
        return id(tensor) in self._known


def _union(slots: list[Slot]) -> Sources:
    return tuple(dict.fromkeys(row for slot in slots for row in slot.sources))
