"""One run of a network that counts: what each call makes, costs and sees."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from cnnviz import tracing
from cnnviz.anatomy import receptive
from cnnviz.anatomy.formulas import FORMULAS
from cnnviz.anatomy.states import sized, unknown
from cnnviz.capture.values import without_batch
from cnnviz.records import Row
from cnnviz.tracing import operation_names
from cnnviz.tracing.writes import tensors_in

_NOT_UNDERSTOOD = (TypeError, ValueError, IndexError, KeyError, AttributeError, RuntimeError, NotImplementedError)


def rows(model: nn.Module, shape: tuple[int, ...], *, device: str) -> tuple[Row, ...]:
    """A row for each call that runs on zeros of this shape. The model: borrowed, or a copy without data.

    device: where a network runs that has no tensors of its own. Where Python reads numbers off the image, noise tells
    from which call on they count: of that one and all later ones nothing is known.
    """
    example = next(itertools.chain(model.parameters(), model.buffers()), torch.empty(0, device=device))
    dtype = example.dtype if example.is_floating_point() else torch.float32
    x = torch.zeros((1, *shape), device=example.device, dtype=dtype)
    numbers = tracing.Numbers()
    found = _rows(model, shape, x, numbers)
    first = _first_that_counts(model, x, numbers) if numbers.are_read else None
    return found if first is None else _rows(model, shape, x, tracing.Numbers(first))


def _rows(model: nn.Module, shape: tuple[int, ...], x: torch.Tensor, numbers: tracing.Numbers) -> tuple[Row, ...]:
    meter = _Meter()
    walk = _Walk(model, shape, numbers)
    options = tracing.Options(meter=lambda: meter.macs, observe=walk.observe, compute=_compute, numbers=numbers)
    with meter, tracing.watched(model, x, options) as (_, run):
        count = _Once(model)
        pairs = zip(tracing.nodes(run), run.steps, strict=True)
        return tuple(_row(node, step, count(step.parameters)) for node, step in pairs)


def _first_that_counts(model: nn.Module, x: torch.Tensor, zeros: tracing.Numbers) -> int | None:
    """The first call that is given another number for noise than for zeros; None where there is no such call."""
    chance = torch.Generator().manual_seed(0)
    found = []
    for size, level in _NOISES:
        numbers = tracing.Numbers()
        noise = (torch.randn(x.shape, generator=chance) * size + level).to(x)
        try:
            with tracing.watched(model, noise, tracing.Options(numbers=numbers)):
                pass
        except Exception:  # it got no further: what it did until then is compared
            pass
        found.append(tracing.first_difference(zeros, numbers))
    return min((first for first in found if first is not None), default=None)


_NOISES = (
    (1.0, 0.0),
    (0.1, 0.0),
    (5.0, 0.0),
    (1.0, 50.0),
    (1.0, -50.0),
)  # (deviation, mean): some ask how bright it is


def on_meta(model: nn.Module) -> nn.Module:
    """A copy of the network without data: shared parameters stay shared, nothing of the weights is copied."""
    return tracing.copied(model, lambda value: value.to("meta", copy=True))  # `empty_like` there would import sympy


def _row(node: tracing.Node, step: tracing.CallStep, parameters: int) -> Row:
    value, state = step.output.value, step.output.note
    shape = tuple(without_batch(value).shape)
    size = value.numel() * value.element_size()
    numbers = (shape, parameters, int(step.cost), size, state.field)
    gone = value.dim() - len(shape)
    axes = (state.axes[0] - gone, state.axes[1] - gone) if max(state.axes) - gone < max(3, len(shape)) else (1, 2)
    return Row(node.key, node.kind, node.operation, *numbers, node.module, node.group, node.inputs, axes=axes)


class _Once:
    """Counts the elements of the model's parameters, each the first time only; not of what stands in for one."""

    def __init__(self, model: nn.Module) -> None:
        self.left = set(map(id, model.parameters()))

    def __call__(self, parameters: Iterable[nn.Parameter]) -> int:
        fresh = {id(parameter): parameter for parameter in parameters if id(parameter) in self.left}
        self.left -= set(fresh)
        return sum(parameter.numel() for parameter in fresh.values())


class _Meter(TorchDispatchMode):
    """Counts multiply-accumulates; unlike FlopCounterMode it sees this thread only and puts no hooks on modules."""

    macs = 0
    supports_higher_order_operators = True  # of torch.cond what runs counts

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: nothing is compiled here, and telling the compiler so would import it (1.1 s, 160 MB)."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if isinstance(func, torch._ops.HigherOrderOperator):
            return self._higher_order(func, args, kwargs or {})
        result = func(*args, **(kwargs or {}))
        formula = FORMULAS.get(func._overloadpacket)
        if formula is not None:
            self.macs += formula(*args, **(kwargs or {}), out_val=result) // 2
        return result

    def _higher_order(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """torch.cond is the branch that is taken, and counts; the others' work is not seen."""
        if func is not torch.ops.higher_order.cond or kwargs:
            return func(*args, **kwargs)
        which, yes, no, operands = args
        with self:
            return (yes if bool(which) else no)(*operands)


def _compute(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """As it is; but batch normalisation in eval mode keeps a shape, and torch takes 2 ms to say so on meta."""
    if isinstance(module, nn.modules.batchnorm._BatchNorm) and not kwargs:
        x = args[0]
        if isinstance(x, torch.Tensor) and x.is_meta and x.ndim > 2 and x.shape[1] == module.num_features:
            return torch.empty_like(x)
    return module.forward(*args, **kwargs)


_SHARED = "it shares its memory with other values, and no call told which of them it holds"


class _Walk:
    """Notes at each value what its cells see."""

    def __init__(self, model: nn.Module, shape: tuple[int, ...], numbers: tracing.Numbers) -> None:
        self.model = model
        self.numbers = numbers
        self.shape = shape
        self.modules = dict(model.named_modules())
        self.reach = receptive.Reach(shape)
        self.found: Any = None

    def observe(
        self, step: tracing.CallStep, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any], slots: Sequence[Any]
    ) -> None:
        if step.node.kind == "input":
            step.output.note = receptive.start(self.shape)
            return
        if self.numbers.have_come:
            self.found = self._unknown(value, f"{step.label} comes after Python has read numbers off the image")
        elif step.part == 0:
            self.found = self._after(step, value, args, kwargs, slots)
        several = isinstance(self.found, tuple)
        if several and step.part >= len(self.found):
            step.output.note = self._unknown(value, f"no rule for part {step.part} of what {step.label} returns")
        else:
            step.output.note = self.found[step.part] if several else self.found

    def _after(
        self, step: tracing.CallStep, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any], slots: Sequence[Any]
    ) -> Any:
        if kwargs.get("out") is not None:
            kwargs, slots = _without_out(args, kwargs, slots)
        module = self.modules[step.node.module] if step.function is None else None
        kind = operation_names.function_kind(step.label) if module is None else step.node.kind
        states = tuple(self._state(slot) for slot in slots if slot is not None and slot.depends)
        function: Any = module if module is not None else step.function
        given = tuple(slot is not None and slot.depends for slot in slots)
        call = receptive.RuleCall(kind, step.label, module, function, args, kwargs, states, value, given)
        if not states:
            return self._unknown(value, f"{step.label} was given nothing that a call told of")
        try:
            return self.reach.after(call)
        except _NOT_UNDERSTOOD:
            return self._unknown(value, f"the rule for {step.label} did not understand its arguments")

    def _state(self, slot: tracing.Slot) -> receptive.State:
        if slot.note is None:
            slot.note = self._unknown(slot.value, _SHARED)
        found: receptive.State = slot.note
        return found

    def _unknown(self, value: Any, why: str) -> receptive.State:
        return unknown(receptive.start(self.shape), sized(value), why)


def _without_out(
    args: tuple[Any, ...], kwargs: dict[str, Any], slots: Sequence[Any]
) -> tuple[dict[str, Any], Sequence[Any]]:
    """A call that writes into other tensors reads what it would read without; those stand last among what it got."""
    *_, last = kwargs
    if last != "out" or len(slots) != len(tensors_in((args, kwargs))):
        return kwargs, slots
    plain = {name: value for name, value in kwargs.items() if name != "out"}
    return plain, slots[: len(slots) - len(tensors_in(kwargs["out"]))]
