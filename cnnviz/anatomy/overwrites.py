"""Values that an operation wrote over: whoever reads them afterwards reads the new ones.

`y.add_(z)` changes y, also for those who know it by its older name, and every view of it. torch counts such writes in
each tensor (`_version`), whichever call made them: a method, an augmented assignment, a module that works in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from cnnviz.anatomy.states import State, State_, unknown


class Overwrites:
    """Which value stands where in memory. names: hashable, whatever the walk calls its values by."""

    def __init__(self) -> None:
        self.holders: dict[int, list[tuple[Any, torch.Tensor]]] = {}

    def keep(self, name: Any, value: Any) -> None:
        """A value, or several, that later operations may read or write over."""
        for tensor in tensors(value):
            self.holders.setdefault(_memory(tensor), []).append((name, tensor))

    def written(
        self, before: Iterable[tuple[torch.Tensor, int]], output: Any, state: State_ | None
    ) -> dict[Any, State_]:
        """The new states, by name, of what an operation wrote over.

        before: each argument with its count of writes before the operation. output, state: what it returned.
        """
        found: dict[Any, State_] = {}
        for tensor in [tensor for tensor, count in before if tensor._version != count]:
            for name, other in self.holders.get(_memory(tensor), ()):
                if other is output and isinstance(state, State):
                    found[name] = state
                elif isinstance(state, State):
                    why = "it was written over through another name of the same memory"
                    found[name] = unknown(state, tuple(other.shape), why)
        return found


def counted(*arguments: Any) -> list[tuple[torch.Tensor, int]]:
    """Every tensor among the arguments with how often it was written."""
    return [(tensor, tensor._version) for tensor in tensors(arguments)]


def tensors(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = tuple(value.values())
    return [tensor for part in value for tensor in tensors(part)] if isinstance(value, (tuple, list)) else []


def _memory(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)
