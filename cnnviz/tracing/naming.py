"""Names for steps: a module's path and how often it has run, or the scope and a function's name.

A step's name depends on those of the steps before it, and on nothing that comes later: steps may be named one by one
as they run, or all together when the network has returned.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from torch import nn

from cnnviz.tracing import operation_names as names
from cnnviz.tracing.known import PARTS, KnownModule, WrittenCall
from cnnviz.tracing.memory import Slot
from cnnviz.tracing.nodes import Node
from cnnviz.tracing.steps import CallStep, Reads

What = KnownModule | WrittenCall | None  # None for the network's input
# (what, args, kwargs, what stood in each tensor among them, the value, scope, part, whole, parameters, cost): see Step
Record = tuple[What, tuple[Any, ...], dict[str, Any], Reads, Slot, str, int, bool, tuple[nn.Parameter, ...], float]


def told(record: Record) -> tuple[Any, ...]:
    """All that a step's name and node depend on, beside the records before it: where it is equal, they are."""
    what, args, kwargs, slots, _, scope, part, _, _, _ = record
    sources = [slot.sources for slot in slots if slot is not None and slot.depends]
    if isinstance(what, WrittenCall):
        label = what.name if kwargs else what.plain
        turned = (args[1], args[0], *args[2:]) if what.turned else args
        return what, scope, part, names.function_operation(label, turned, kwargs), label, sources
    return what and what.told, part, sources


class Calls:
    """The calls of a run, which are named when somebody asks for them as steps. It does not hold the model."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.records: list[Record] = []
        self.naming = StepNames(modules)
        self._steps: list[CallStep] = []
        self._lock = threading.Lock()

    def steps(self) -> list[CallStep]:
        """Every call so far as a step."""
        with self._lock:
            self._steps += map(self.naming.step, self.records[len(self._steps) :])
        return self._steps

    def values(self) -> list[Slot]:
        """The value of every call so far."""
        return [record[4] for record in self.records]

    def by_key(self) -> dict[str, CallStep]:
        """The steps by their nodes' keys."""
        return {step.key: step for step in self.steps()}


class StepNames:
    """Makes steps of records, in the order in which they ran."""

    def __init__(self, modules: Iterable[str]) -> None:
        self._keys: list[str] = []
        self._taken = set(modules)
        self._calls: dict[str, int] = {}
        self._next: dict[str, int] = {}

    def step(self, record: Record) -> CallStep:
        """The next step, named."""
        what, args, kwargs, slots, value, scope, part, whole, parameters, cost = record
        keys = self._keys
        inputs = tuple([keys[row] for slot in slots if slot is not None and slot.depends for row in slot.sources])
        label, function = "input", None
        if isinstance(what, KnownModule):
            label = what.label
        elif what is not None:
            label, function = what.name if kwargs else what.plain, what.call
            args = (args[1], args[0], *args[2:]) if what.turned else args
        node = self._node(what, (label, scope, part), inputs, (args, kwargs))
        key = node.key
        keys.append(key)
        return CallStep(label, function, args, kwargs, value, parameters, cost, scope, part, whole, node, key)

    def _node(
        self, what: What, place: tuple[str, str, int], inputs: tuple[str, ...],
        given: tuple[tuple[Any, ...], dict[str, Any]],
    ) -> Node:  # fmt: skip
        label, scope, part = place
        if what is None:
            return Node(self._unique("input"), 0, "input", "the image as the network sees it", "", (), "")
        if part or (isinstance(what, WrittenCall) and what.name in PARTS):
            return Node(self._function(scope, "getitem"), 0, "reshape", "getitem", "", inputs, "")
        if isinstance(what, KnownModule):
            return Node(what.name, self._module(what.name), what.kind, what.operation, what.path, inputs, "")
        operation = names.function_operation(label, *given)
        return Node(self._function(scope, label), 0, what.kind, operation, "", inputs, "")

    def _module(self, name: str) -> int:
        self._taken.add(name)
        count = self._calls.get(name, 0)
        self._calls[name] = count + 1
        return count

    def _function(self, scope: str, function: str) -> str:
        return self._unique(f"{scope}.{function}" if scope else function)

    def next_module(self, name: str) -> str:
        """The key that the module's next call will have."""
        return f"{name}:{self._calls[name]}" if name in self._calls else name

    def next_function(self, scope: str, function: str) -> str:
        """The key that the function's next call will have."""
        return self._free(f"{scope}.{function}" if scope else function)

    def _unique(self, name: str) -> str:
        free = self._free(name)
        self._taken.add(free)
        return free

    def _free(self, name: str) -> str:
        candidate, count = name, self._next.get(name, 0)
        if count:
            candidate = f"{name}_{count}"
        while candidate in self._taken:
            count += 1
            candidate = f"{name}_{count}"
        self._next[name] = count
        return candidate
