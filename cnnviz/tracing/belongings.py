"""Everything that a model holds, remembered before a forward pass: to be put back, or to see that nothing changed.

A `forward` may store what it computed (`self.last = y`, `self.seen.append(y)`), count in a buffer, or register a hook.
Remembered are the modules' attributes and the lists, dictionaries and plain objects that they hold; a tensor's numbers
are remembered only when something is about to write over them (`save`).

Whether anything has changed is asked before and after every pass, of ten thousand objects in a DenseNet-121: first of
the numbers that Python gives the states of their dictionaries (`versions`), and where one is another, of all containers
in one go, object by object (two numbers that are equal may still be two objects).
"""

from __future__ import annotations

import operator
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from types import FunctionType, ModuleType
from typing import Any

import torch
from torch import nn

from cnnviz.tracing import versions

_PLAIN = frozenset(
    (bool, int, float, complex, str, bytes, type(None), type, FunctionType, ModuleType, torch.dtype, torch.device)
)
_DICTS = frozenset((dict, OrderedDict))
_DEPTH = 6  # containers within containers
Container = Any  # a dict, list, set or deque


class Belongings:
    """containers: each with a copy of what it held. empty: those that held nothing.

    tensors: parameters, buffers, and tensors that are attributes. compared: whether `same` will be asked.
    """

    def __init__(self, model: nn.Module, *, compared: bool = False) -> None:
        self.drew: Callable[[], bool] = bool  # whether random numbers have been drawn since
        self.containers: list[tuple[Container, Container]] = []
        self.empty: list[Container] = []
        self.tensors: list[torch.Tensor] = []
        self._seen: set[int] = set()
        self._saved: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
        self._storages: dict[int, torch.Tensor] | None = None
        self.found: dict[str, Any] = {}  # what others found out about the model: it holds while `is_current` does
        named = dict(model.named_modules())
        self.paths = {id(module): path for path, module in named.items()}
        self._modules = [weakref.ref(module) for module in named.values()]
        self._types: list[type] = [type(module) for module in named.values()]
        self._states = [module.__dict__ for module in named.values()]
        for state in self._states:
            self._remember(state, 0)
        self.wanted = self._wanted()
        self._all = _Together(self.containers)
        self.build = self._build() if compared else []

    # -------------------------------------------------------------------------------------------- remembering
    def _remember(self, container: Container, depth: int) -> None:
        self.containers.append((container, container.copy()))
        for value in container.values() if isinstance(container, dict) else container:
            kind = type(value)
            if kind in _PLAIN:
                continue
            if kind in _DICTS and not value:  # most are hooks that nobody registered
                self.empty.append(value)
            elif kind is not tuple or not all(type(part) in _PLAIN for part in value):
                self._look_at(value, depth)

    def _look_at(self, value: Any, depth: int) -> None:
        if isinstance(value, (dict, list, set, deque)):
            if not value:
                self.empty.append(value)
            elif self._is_new(value) and depth < _DEPTH:
                self._remember(value, depth + 1)
        elif isinstance(value, torch.Tensor):
            if self._is_new(value):
                self.tensors.append(value)
        elif isinstance(value, tuple):
            for part in value:
                if type(part) not in _PLAIN and depth < _DEPTH:
                    self._look_at(part, depth + 1)
        elif isinstance(value, nn.Module) or _is_torchs(value) or not hasattr(value, "__dict__"):
            return
        elif self._is_new(value) and depth < _DEPTH:
            self._remember(vars(value), depth + 1)

    def _is_new(self, value: Any) -> bool:
        if id(value) in self._seen:
            return False
        self._seen.add(id(value))
        return True

    # -------------------------------------------------------------------------------------------- comparing
    def same(self) -> bool:
        """Whether the model is still built as it was: modules, attributes, hooks, forwards, shapes. Not its numbers."""
        return self._holds_the_same() and self.build == self._build()

    def is_current(self) -> bool:
        """Whether every container still holds the very same objects, so that what is remembered need not be renewed."""
        modules: list[Any] = [module() for module in self._modules]
        if list(map(type, modules)) != self._types or not all(map(operator.is_, map(vars, modules), self._states)):
            return False
        if not self._holds_the_same():
            return False
        self.wanted = self._wanted()
        self._saved, self._storages = [], None
        return True

    @property
    def modules(self) -> list[nn.Module]:
        """The model and all modules in it, of a model that still lives."""
        return [module for module in (reference() for reference in self._modules) if module is not None]

    def _wanted(self) -> list[bool]:
        return [value.requires_grad for value in self.tensors]

    def _holds_the_same(self) -> bool:
        return not any(self.empty) and self._all.identical()

    def _build(self) -> list[object]:
        """What the containers do not tell: the classes' forwards, and the tensors' shapes."""
        forwards: list[object] = [getattr(type(module()), "forward", None) for module in self._modules]
        return forwards + [(value.shape, value.dtype, value.requires_grad) for value in self.tensors]

    # -------------------------------------------------------------------------------------------- putting back
    def save(self, storage: int) -> None:
        """Called before something writes over a memory block: if it is the model's own, its numbers are copied."""
        if self._storages is None:
            self._storages = {}
            for value in self.tensors:
                self._storages.setdefault(storage_of(value), value)
        if storage in self._storages:
            del self._storages[storage]
            own = [one for one in self.tensors if storage_of(one) == storage]
            self._saved += [(tensor, tensor.detach(), tensor.detach().clone()) for tensor in own]

    def written(self) -> set[int]:
        """The memory blocks of the model's own that were written over, and will be put back."""
        return {storage_of(place) for _, place, _ in self._saved}

    def restore(self) -> None:
        """Put back everything that the pass changed."""
        if not self._holds_the_same():
            for live in self.empty:
                live.clear()
            for live, copy in self.containers:
                if not _identical(live, copy):
                    _put_back(live, copy)
        with torch.no_grad():
            for tensor, place, numbers in self._saved:
                if not _lies_in(tensor, place):  # resized, turned, or given other memory
                    tensor.data = place
                _long_enough(place, numbers)
                place.copy_(numbers)
        if self._wanted() != self.wanted:
            for value, wanted in zip(self.tensors, self.wanted, strict=True):
                if value.requires_grad != wanted and value.is_leaf:
                    value.requires_grad_(wanted)

    def __iter__(self) -> Iterator[torch.Tensor]:
        return iter(self.tensors)


class _Together:
    """Many containers and what each held, to be compared in one go: three passes over them that Python makes in C.

    versions: the dictionaries' when they were last found to hold what they held.
    """

    def __init__(self, containers: Sequence[tuple[Container, Container]]) -> None:
        self.dicts = [live for live, _ in containers if type(live) is dict]
        self.others = [pair for pair in containers if type(pair[0]) is not dict]
        self.versions: list[int] | None = None
        copies = [copy for live, copy in containers if type(live) is dict]
        self.lengths = list(map(len, copies))
        self.keys = list(chain.from_iterable(copies))
        self.are_words = set(map(type, self.keys)) <= {str}  # then equal is as good as identical, and sooner seen
        self.values = list(chain.from_iterable([copy.values() for copy in copies]))

    def identical(self) -> bool:
        """Whether each container holds the very objects that it held."""
        return self._same_dicts() and all(_identical(live, copy) for live, copy in self.others)

    def _same_dicts(self) -> bool:
        now = None if versions.of is None else list(map(versions.of, self.dicts))
        if now is not None and now == self.versions:
            return True
        same = (
            list(map(len, self.dicts)) == self.lengths
            and all(map(operator.is_, chain.from_iterable([live.values() for live in self.dicts]), self.values))
            and self._same_keys()
        )
        self.versions = now if same else None
        return same

    def _same_keys(self) -> bool:
        found = chain.from_iterable(self.dicts)
        return list(found) == self.keys if self.are_words else all(map(operator.is_, found, self.keys))


def _lies_in(tensor: torch.Tensor, place: torch.Tensor) -> bool:
    """Whether a tensor lies where it lay, in the same shape."""
    if storage_of(place) < 0:  # it has no memory of that kind (sparse)
        return tensor.shape == place.shape
    same = tensor.shape == place.shape and tensor.dtype == place.dtype and storage_of(tensor) == storage_of(place)
    return bool(same and tensor.stride() == place.stride() and tensor.storage_offset() == place.storage_offset())


def _long_enough(place: torch.Tensor, numbers: torch.Tensor) -> None:
    """A memory block that was cut short gets its length back: to write beyond it would end the process."""
    if storage_of(place) >= 0:
        last = sum((length - 1) * stride for length, stride in zip(place.shape, place.stride(), strict=True))
        needed = int((place.storage_offset() + last + 1) * place.element_size()) if numbers.numel() else 0
        if place.untyped_storage().nbytes() < needed:
            place.untyped_storage().resize_(needed)


def storage_of(tensor: torch.Tensor) -> int:
    """Which memory block a tensor lies in; a number of its own for one that has none (sparse)."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):
        return -id(tensor)


def is_constant(value: Any) -> bool:
    """Whether a value cannot change without becoming another object: numbers, words, functions, tuples of such."""
    return type(value) in _PLAIN or (isinstance(value, tuple) and all(map(is_constant, value)))


def _is_torchs(value: Any) -> bool:
    return str(type(value).__module__).partition(".")[0] in ("torch", "numpy", "builtins", "functools")


def _identical(live: Container, copy: Container) -> bool:
    if len(live) != len(copy):
        return False
    if isinstance(live, dict):
        return all(map(operator.is_, live, copy)) and all(map(operator.is_, live.values(), copy.values()))
    return live == copy if isinstance(live, set) else all(map(operator.is_, live, copy))


def _put_back(live: Container, copy: Container) -> None:
    if isinstance(live, dict):
        for key in [key for key in live if key not in copy]:
            del live[key]
        live.update(copy)
    elif isinstance(live, list):
        live[:] = copy
    else:
        live.clear()
        (live.extend if isinstance(live, deque) else live.update)(copy)
