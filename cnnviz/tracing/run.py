"""One forward pass, watched: every call that really ran, with its result, its arguments and its module.

A `TorchFunctionMode` sees every function and method of tensors; `scopes` tells whose `forward` they stand in. A module
of torch.nn (or childless and of a kind that the field has a name for) is one step, whatever it calls inside; every
other module opens up into the calls of its `forward`. Steps that do not depend on the network's input are no rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from cnnviz.tracing import elsewhere, scopes
from cnnviz.tracing import operation_names as names
from cnnviz.tracing.belongings import Belongings
from cnnviz.tracing.calls import Naming, Normal, is_leaf, is_plain, normal, packed
from cnnviz.tracing.memory import Memory, Slot
from cnnviz.tracing.nodes import Node
from cnnviz.tracing.writes import tensors_in, written

Change = Callable[[str, Callable[[], Any], tuple[Any, ...]], Any]
Swap = Callable[[Callable[[], Any]], Any]
_PARTS = frozenset({"chunk", "split", "tensor_split", "unbind", "hsplit", "vsplit", "dsplit", "split_with_sizes"})


@dataclass(eq=False, slots=True)
class Step:
    """One call that made a value of the input's.

    args, kwargs: what it was called with, each tensor as its `Slot` (or itself, if it is the model's own).
    outputs: its values in order, the row's own first. cost: by the caller's meter, with what ran unseen before it.
    """

    node: Node
    label: str  # the function's name, or the module's class
    function: Callable[..., Any] | None  # None for a module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    output: Slot
    parameters: tuple[nn.Parameter, ...] = ()
    cost: float = 0.0
    scope: str = ""
    part: int = 0  # which of the call's outputs this is
    whole: bool = True  # whether the call has no other


class Reached(BaseException):
    """The step that was asked for has run. No Exception: a `forward` may catch those."""


@dataclass(eq=False)
class Options:
    """meter: read before and after each step. change: runs a step in its place. until: the key to stop after."""

    meter: Callable[[], float] | None = None
    change: Change | None = None
    until: str | None = None
    copies: bool = False
    unviewed: bool = False  # several views of one tensor are made one by one, so that autograd lets them be written to
    observe: Callable[[Step, Any, tuple[Any, ...], dict[str, Any], list[Slot | None]], None] | None = None
    compute: Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], Any] | None = None  # of a plain module


class Run(TorchFunctionMode):
    """The steps of one forward pass. Use it once: `output = run(x)`, then `run.steps`."""

    def __init__(self, model: nn.Module, belongings: Belongings, options: Options | None = None) -> None:
        super().__init__()
        self.model = model
        self.options = options or Options()
        self.memory = Memory(belongings, copies=self.options.copies)
        self.paths = belongings.paths
        self.naming = Naming(self.paths.values())
        self.thread = threading.get_ident()
        self.steps: list[Step] = []
        self.scope = ""
        self._inside = 0  # within a module that is one step
        self._wrote: list[torch.Tensor] = []
        self._waiting: list[nn.Parameter] = []
        self._cost = 0.0

    def drew(self) -> bool:
        """Whether random numbers were drawn since the run began; ask while it is watched."""
        return self.memory.belongings.drew()

    @property
    def is_lost(self) -> bool:
        """Whether a value was written over by something that no call told of, and not kept."""
        return any(step.output.is_lost for step in self.steps)

    def __call__(self, x: torch.Tensor) -> Any:
        """The network's output for x, which the network may write over."""
        slot = self.memory.add(x, ("input",), depends=True)
        node = Node(self.naming.unique("input"), 0, "input", "the picture as the network sees it", "", (), "")
        self._append(Step(node, "input", None, (), {}, slot), None, (), {}, [])
        with scopes.listening(self), self:
            return self.model(x)

    # -------------------------------------------------------------------------------------------- functions
    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if self._inside:
            victims = written(func, args, kwargs)
            if victims:
                self.memory.overwrite(victims)
                self._wrote += victims
            return func(*args, **kwargs)
        return self._function(func, args, kwargs)

    def _function(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = tensors_in((args, kwargs))
        slots = [self.memory.read(value) for value in given]
        victims = written(func, args, kwargs)
        call = None
        if any(slot is not None and slot.depends for slot in slots):
            call = normal(func, args, kwargs)
        before = packed(call.args, call.kwargs, self.memory) if call is not None else ((), {})
        swap = self._change(call, args) if call is not None else None
        if swap is not None:
            result = self._swapped(lambda: func(*args, **kwargs), swap, victims)
        else:
            compute = elsewhere.of_function(func, args, kwargs, victims, self.memory) if victims else None
            if victims and compute is None:
                self.memory.overwrite(victims)
            result = self._timed(compute or (lambda: func(*args, **kwargs)))
        made = tensors_in(result) or victims
        if not made:
            return result
        self._waiting += [value for value in given if isinstance(value, nn.Parameter)]
        if call is None:
            for value in made:
                self.memory.add(value, (), depends=False)
            return result
        if self.options.unviewed and call.name in _PARTS and torch.is_grad_enabled():
            made = _one_by_one(given[0], made)
            result = tuple(made)
        self._record(call, before, made, victims, slots)
        return result

    def _change(self, call: Normal, args: tuple[Any, ...]) -> Swap | None:
        change = self.options.change
        if change is None:
            return None
        key = self.naming.next_function(self.scope, call.name)
        return lambda compute: change(key, compute, args)

    def _timed(self, compute: Callable[[], Any]) -> Any:
        meter = self.options.meter
        if meter is None:
            return compute()
        before = meter()
        result = compute()
        self._cost += meter() - before
        return result

    def _swapped(self, compute: Callable[[], Any], swap: Swap, victims: list[torch.Tensor]) -> Any:
        """What the caller puts in a step's place; a tensor that the step writes over gets it as its new value."""

        def plain() -> Any:
            if victims:
                self.memory.overwrite(victims)
            return compute()

        result = self._timed(lambda: swap(plain))
        if not victims or result is victims[0] or not isinstance(result, torch.Tensor):
            return result
        return elsewhere.put(victims[0], result, self.memory)

    def _record(
        self, call: Normal, before: tuple[Any, Any], made: list[torch.Tensor], victims: list[torch.Tensor],
        slots: list[Slot | None],
    ) -> None:  # fmt: skip
        inputs = _sources(slots)
        split = call.name in _PARTS
        for index, value in enumerate(made):
            name = "getitem" if split or index else call.name
            kind = "reshape" if name == "getitem" else call.kind
            operation = name if name == "getitem" else call.operation
            key = self.naming.function(self.scope, name)
            node = Node(key, 0, kind, operation, "", inputs, "")
            slot = self.memory.add(value, (key,), depends=True)
            step = Step(
                node, call.name, call.function, *before, slot, scope=self.scope, part=index, whole=len(made) == 1
            )
            if victims and not index:
                self.memory.wrote(victims, key)
            self._append(step, value if len(made) == 1 else tuple(made), call.args, call.kwargs, slots)

    # -------------------------------------------------------------------------------------------- modules
    def module(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A module's call: one step, or the scope of the steps inside it."""
        path = self.paths.get(id(module))
        if self._inside or path is None:
            return scopes.PLAIN_CALL(module, *args, **kwargs)
        if is_leaf(module):
            return self._leaf(module, path, args, kwargs)
        outer, self.scope = self.scope, path
        try:
            result = scopes.PLAIN_CALL(module, *args, **kwargs)
        finally:
            self.scope = outer
        with torch._C.DisableTorchFunction():
            self._unseen(module, path, (args, kwargs), result)
        return result

    def _leaf(self, module: nn.Module, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with torch._C.DisableTorchFunction():
            if len(args) == 1 and not kwargs and type(args[0]) is torch.Tensor:  # nearly all of them
                given = [args[0]]
                slots = [self.memory.read(args[0])]
                before: tuple[Any, Any] = ((args[0] if slots[0] is None else slots[0],), {})
            else:
                given = tensors_in((args, kwargs))
                slots = [self.memory.read(value) for value in given]
                before = packed(args, kwargs, self.memory)
            if is_plain(module):
                victims = given[:1] if getattr(module, "inplace", False) is True else []
                result = self._plain(module, path, args, kwargs, victims)
                self._module_made(module, path, before, result, (args, kwargs, slots, victims))
                return result
        self._wrote = []
        result = self._opened(module, path, args, kwargs)
        with torch._C.DisableTorchFunction():
            self._module_made(module, path, before, result, (args, kwargs, slots, self._wrote))
        return result

    def _plain(
        self, module: nn.Module, path: str, args: tuple[Any, ...], kwargs: dict[str, Any], victims: list[torch.Tensor]
    ) -> Any:
        """A module of torch's own that nothing has been done to: its forward, and nothing else."""
        options = self.options
        self._inside = 1
        try:
            swap = self._swap(path, args)
            if swap is not None:
                return self._swapped(lambda: module.forward(*args, **kwargs), swap, victims)
            compute = elsewhere.of_module(module, args, self.memory) if victims else None
            if victims and compute is None:
                self.memory.overwrite(victims)
            if compute is None and options.compute is not None:
                made = options.compute
                return self._timed(lambda: made(module, args, kwargs))
            return self._timed(compute or (lambda: module.forward(*args, **kwargs)))
        finally:
            self._inside = 0

    def _opened(self, module: nn.Module, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A module that may do anything: what it writes over is watched."""
        self._inside = 1
        try:
            swap = self._swap(path, args)
            if swap is not None:
                return self._swapped(lambda: scopes.PLAIN_CALL(module, *args, **kwargs), swap, [])
            return self._timed(lambda: scopes.PLAIN_CALL(module, *args, **kwargs))
        finally:
            self._inside = 0

    def _swap(self, path: str, args: tuple[Any, ...]) -> Swap | None:
        change = self.options.change
        if change is None:
            return None
        key = self.naming.next_module(path or type(self.model).__name__)
        return lambda compute: change(key, compute, args)

    def _module_made(
        self, module: nn.Module, path: str, before: tuple[Any, Any], result: Any,
        called: tuple[tuple[Any, ...], dict[str, Any], list[Slot | None], list[torch.Tensor]],
    ) -> None:  # fmt: skip
        args, kwargs, slots, victims = called
        made = [result] if type(result) is torch.Tensor else tensors_in(result) or victims
        if not made:
            return
        owned = module.parameters() if module._modules else module._parameters.values()
        self._waiting += [value for value in owned if value is not None]
        if not any(slot is not None and slot.depends for slot in slots):
            for value in made:
                self.memory.add(value, (), depends=False)
            return
        inputs = _sources(slots)
        name = path or type(module).__name__
        call = self.naming.module(name)
        kind, operation = names.module_kind(module), names.module_operation(module)
        first = Node(name, call, kind, operation, path, inputs, "")
        outer = path.rpartition(".")[0]
        for index, value in enumerate(made):
            node = first
            if index:
                node = Node(self.naming.function(outer, "getitem"), 0, "reshape", "getitem", "", inputs, "")
            elif victims:
                self.memory.wrote(victims, first.key)
            slot = self.memory.add(value, (node.key,), depends=True)
            step = Step(node, type(module).__name__, None, *before, slot, scope=outer, part=index, whole=len(made) == 1)
            self._append(step, value if len(made) == 1 else tuple(made), args, kwargs, slots)

    def _unseen(self, module: nn.Module, path: str, given: Any, result: Any) -> None:
        """What a module made by ways that no call told of (a compiled program, an extension) is a row of the module."""
        made = tensors_in(result)
        fresh = [value for value in made if not self.memory.knows(value)]
        if not fresh:
            return
        slots = [self.memory.read(value) for value in tensors_in(given)]
        name = path or type(module).__name__
        kind, operation = names.module_kind(module), names.module_operation(module)
        node = Node(name, self.naming.module(name), kind, operation, path, _sources(slots), "")
        self._waiting += module.parameters()
        slot = self.memory.add(fresh[0], (node.key,), depends=True)
        before = packed(given[0], given[1], self.memory)
        step = Step(
            node, type(module).__name__, None, *before, slot, scope=path.rpartition(".")[0], whole=len(made) == 1
        )
        self._append(step, fresh[0], given[0], given[1], slots)

    # -------------------------------------------------------------------------------------------- steps
    def _append(
        self, step: Step, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any], slots: list[Slot | None]
    ) -> None:
        step.parameters, self._waiting = tuple(self._waiting), []
        step.cost, self._cost = self._cost, 0.0
        self.steps.append(step)
        if self.options.observe is not None:
            self._inside = 1  # the observer may call the module itself
            try:
                self.options.observe(step, value, args, kwargs, slots)
            finally:
                self._inside = 0
        if step.node.key == self.options.until:
            raise Reached


def _sources(slots: list[Slot | None]) -> tuple[str, ...]:
    return tuple(key for slot in slots if slot is not None and slot.depends for key in slot.sources)


def _one_by_one(source: torch.Tensor, made: list[torch.Tensor]) -> list[torch.Tensor]:
    return [source.as_strided(view.shape, view.stride(), view.storage_offset()) for view in made]
