"""What a watched forward pass writes down of a call: one row, and what an observer is told of it."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnnviz.tracing import outside
from cnnviz.tracing.calls import CallArguments
from cnnviz.tracing.known import Known, KnownModule, WrittenCall, function
from cnnviz.tracing.memory import Slot, StorageMemory
from cnnviz.tracing.naming import Calls, Record, What
from cnnviz.tracing.steps import CallStep, Options, Reached
from cnnviz.tracing.writes import tensors_in

Tensors = list[torch.Tensor]
Called = tuple[Any, tuple[Any, ...], dict[str, Any]]  # a call's result and its arguments, for an observer


class Rows:
    """The rows of one forward pass; what is declared here is made by the pass itself (`run.Run`)."""

    options: Options
    memory: StorageMemory
    calls: Calls
    scope: str
    _records: list[Record]
    _count: int
    _cost: float
    _inside: int
    _needs_names: bool
    _waiting: list[nn.Parameter]

    @property
    def steps(self) -> list[CallStep]:
        """Every step so far, named."""
        return self.calls.steps()

    def _append(self, what: What, reading: CallArguments, slot: Slot, place: tuple[int, bool], called: Called) -> None:
        """place: which of the call's values this is, and whether it is the only one."""
        scope = what.outer if type(what) is KnownModule else self.scope
        parameters: tuple[nn.Parameter, ...] = ()
        if self._waiting:
            parameters, self._waiting = tuple(self._waiting), []
        slots = reading.slots
        self._records.append((what, reading.args, reading.kwargs, slots, slot, scope, *place, parameters, self._cost))
        self._count += 1
        self._cost = 0.0
        if not self._needs_names:
            return
        step = self.steps[-1]
        if self.options.observe is not None:
            self._inside = 1  # the observer may call the module itself
            try:
                self.options.observe(step, *called, slots)
            finally:
                self._inside = 0
        if step.key == self.options.until:
            raise Reached

    def _depends(self, what: Known, reading: CallArguments, made: torch.Tensor, called: Called) -> bool:
        """Whether a call made its values of the input's, also where these came to it from outside torch."""
        if reading.depends:
            if type(what) is not WrittenCall or not (what.lays_out or what.takes_looks):
                return True
            first = reading.slots[0]  # its own, if it has any numbers
            return what.takes_looks and first is not None and first.depends
        if type(what) is not WrittenCall or not what.returns or not outside.given(self.memory, what.name, *called[1:]):
            return False
        reading.slots.append(outside.slot_of(self.memory, made))
        return True

    def _arrived(self, value: torch.Tensor) -> Slot:
        """A tensor that no call told of: a row of its own, where values have left that it may come of."""
        if not self.memory.outside:
            return self.memory.add(value, (), True)
        reading = CallArguments(self.memory, (), {})
        reading.slots.append(outside.slot_of(self.memory, value))
        slot = self.memory.add(value, (self._count,), True)
        self._append(function(outside.arrival), reading, slot, (0, True), (value, (), {}))
        return slot

    def _unseen(self, module: nn.Module, path: str, given: tuple[tuple[Any, ...], dict[str, Any]], result: Any) -> None:
        """What a module made by ways that no call told of (a compiled program, an extension) is a row of the module."""
        made = tensors_in(result)
        fresh = [value for value in made if not self.memory.knows(value)]
        if not fresh:
            return
        reading, known = CallArguments(self.memory, *given), KnownModule(module, path)
        self._waiting += known.parameters
        slot = self.memory.add(fresh[0], (self._count,), True)
        self._append(known, reading, slot, (0, len(made) == 1), (fresh[0], *given))
