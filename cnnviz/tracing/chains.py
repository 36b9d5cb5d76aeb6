"""A Sequential of torch's own plain layers, run from one look at what it holds instead of one look at each layer.

A convolution, its norm and its activation stand in such a Sequential in most networks of many small calls. Between its
layers no code but torch's runs, so that nothing can change there: what is known of all of them holds if it holds at
the start. Their arithmetic is called at once (`direct`), and what a layer in place would write over is a value that
nobody else has seen, so that the result is a new value and the old one stays where it is.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import torch
from torch import nn

from cnnviz.tracing import scopes, versions
from cnnviz.tracing.calls import HOOKS, HOOKS_ANYWHERE
from cnnviz.tracing.direct import Compute
from cnnviz.tracing.known import KnownModule
from cnnviz.tracing.memory import Slot
from cnnviz.tracing.rows import Rows

_CALL, _WRAPPED = nn.Module.__call__, nn.Module._wrapped_call_impl
_FORWARD, _ITERATE = nn.Sequential.forward, nn.Sequential.__iter__
_state_of, _forward_of = operator.attrgetter("__dict__"), operator.attrgetter("forward")


class Chain:
    """layers, and links: what is known of each, and its arithmetic. It does not hold the Sequential itself."""

    __slots__ = (
        "_around", "_dicts", "_empty", "_forwards", "_kinds", "_lengths", "_values", "_versions", "layers", "links",
    )  # fmt: skip

    def __init__(self, module: nn.Module, links: Sequence[tuple[KnownModule, Compute]]) -> None:
        self.links = tuple(links)
        self._around = vars(module)
        self.layers: tuple[Any, ...] = tuple(module._modules.values())
        states = [self._around, *map(vars, self.layers)]
        self._dicts = [*states, self._around["_modules"], *(state["_parameters"] for state in states[1:])]
        self._versions: list[int] | None = None
        self._lengths = list(map(len, self._dicts))
        self._values = list(chain.from_iterable([one.values() for one in self._dicts]))
        hooks = [state[name] for state in states for name in HOOKS]
        self._empty = [*hooks, *(state["_modules"] for state in states[1:]), *HOOKS_ANYWHERE]
        self._kinds: tuple[Any, ...] = tuple(map(type, (module, *self.layers)))
        self._forwards = [kind.forward for kind in self._kinds]

    def holds(self, module: nn.Module) -> bool:
        """Whether the Sequential and each of its layers are as they were found, and are called as torch calls them."""
        return (
            module.__dict__ is self._around
            and all(map(operator.is_, map(type, (module, *self.layers)), self._kinds))
            and all(map(operator.is_, map(_state_of, self.layers), self._dicts[1:]))
            and self._same()
            and not any(self._empty)
            and _are_called_as_torch_does(self._kinds)
            and all(map(operator.is_, map(_forward_of, self._kinds), self._forwards))
        )

    def _same(self) -> bool:
        """Whether the dictionaries hold what they held: by the numbers of their states, or object by object."""
        now = None if versions.of is None else list(map(versions.of, self._dicts))
        if now is not None and now == self._versions:
            return True
        values = chain.from_iterable([one.values() for one in self._dicts])
        same = list(map(len, self._dicts)) == self._lengths and all(map(operator.is_, values, self._values))
        self._versions = now if same else None
        return same


def _are_called_as_torch_does(kinds: Sequence[Any]) -> bool:
    """Whether a call of modules of these kinds, a Sequential and its layers, comes to the listener and nowhere else."""
    return (
        nn.Module._call_impl is scopes.HEARD
        and nn.Module._wrapped_call_impl is _WRAPPED
        and kinds[0].__iter__ is _ITERATE
        and all(kind.__call__ is _CALL for kind in kinds)
    )


def of_module(module: nn.Module, known: Mapping[int, KnownModule]) -> Chain | None:
    """The chain that a module is: of layers that are known to be plain and whose arithmetic is known."""
    kind: Any = type(module)
    if kind.forward is not _FORWARD or "forward" in vars(module) or any(vars(module)[name] for name in HOOKS):
        return None
    links: list[tuple[KnownModule, Compute]] = []
    for layer in module._modules.values():
        found = known.get(id(layer))
        if layer is None or found is None or found.compute is None or not found.holds(layer):
            return None
        links.append((found, found.compute))
    made = Chain(module, links) if len(links) > 1 and not links[0][0].writes else None
    return made if made is not None and made.holds(module) else None


class Chained(Rows):
    """The part of a run that runs chains; they are found at the first recording, by the Sequential's identity."""

    _chains: dict[int, Chain | None] | None

    def _chained(self, number: int, module: nn.Module, x: Any) -> Any:
        """What a Sequential makes of x, each of its layers a row; None where it is no chain and is to run as it is."""
        found = self._chains.get(number) if self._chains else None
        if found is None or type(x) is not torch.Tensor or not found.holds(module):
            return None
        with torch._C.DisableTorchFunction():
            read = self.memory.read(x)
            if read is None or not read.depends or torch.is_grad_enabled():
                return None
            done = 0
            for known, compute in found.links:
                result: torch.Tensor | None = compute(x)
                if result is None:
                    break
                read = self._linked(known, read, result)
                x, done = result, done + 1
        for layer in found.layers[done:]:  # its arithmetic is not the usual, as its forward will find, too
            x = layer(x)
        return x

    def _linked(self, known: KnownModule, read: Slot, result: torch.Tensor) -> Slot:
        """The row of one layer."""
        row = self._count
        parameters, given = known.parameters, (read,)
        if self._waiting:
            parameters, self._waiting = (*self._waiting, *parameters), []
        slot = self.memory.add(result, (row,), True)
        self._records.append((known, given, {}, given, slot, known.outer, 0, True, parameters, 0.0))
        self._count = row + 1
        return slot
