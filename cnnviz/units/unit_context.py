"""One cell of one recorded call, with everything that was read for it: the arguments of the call that really ran."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import nn

from cnnviz import capture, tracing
from cnnviz.capture import values
from cnnviz.records import Activations, Array, Layer
from cnnviz.tracing.calls import is_plain, unpacked
from cnnviz.tracing.writes import tensors_in

Cell = tuple[int, ...]
_FAILS = (TypeError, ValueError, IndexError, KeyError, AttributeError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, eq=False)
class UnitContext:
    """One cell of one recorded call, with everything that its value was computed from."""

    model: nn.Module
    recording: Activations
    layer: Layer
    cell: Cell

    @cached_property
    def step(self) -> tracing.CallStep:
        """The call as it ran, with its arguments."""
        x = torch.from_numpy(self.recording["input"].values.copy())[None]
        return capture.steps(self.model, x, self.recording)[self.layer.key]

    @cached_property
    def module(self) -> nn.Module | None:
        """The module that ran; None for the input and for functions."""
        if self.layer.kind == "input" or self.step.function is not None:
            return None
        return operator.attrgetter(self.layer.module)(self.model) if self.layer.module else self.model

    @property
    def function(self) -> str:
        """The name of the function that runs here; "" for a module."""
        return "" if self.module is not None else self.step.label

    @property
    def name(self) -> str:
        """The module's class, or the function's name."""
        return self.step.label

    @cached_property
    def is_plain(self) -> bool:
        """Whether the call does what its name says: no hooks on the module, no `forward` of its own."""
        return self.module is None or is_plain(self.module)

    @cached_property
    def is_single(self) -> bool:
        """Whether the call's first value and its result are of one image, [1, …], and the result its only one."""
        tensors = [self.step.output.value, *(slot.value for slot in self._slots[:1])]
        return self.step.whole and all(value.dim() >= 2 and value.shape[0] == 1 for value in tensors)

    @cached_property
    def _slots(self) -> list[tracing.Slot]:
        found: list[tracing.Slot] = []
        unpacked((self.step.args, self.step.kwargs), lambda value: found.append(value) if _is_read(value) else None)
        return found

    def named(self, *names: str) -> dict[str, Any]:
        """The operands by name, the positional ones called by `names` in turn."""
        args, kwargs = self.operands
        return {**dict(zip(names, args, strict=False)), **kwargs}

    def argument(self, name: str, place: int, usual: Any = None) -> Any:
        """One argument of a function's call, given by its name or in its place."""
        args, kwargs = self.step.args, self.step.kwargs
        return kwargs.get(name, args[place] if len(args) > place else usual)

    @cached_property
    def operands(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What the call was given: arrays [C, H, W] where they depend on the image, else tensors and numbers."""
        found: tuple[tuple[Any, ...], dict[str, Any]] = unpacked((self.step.args, self.step.kwargs), _operand)
        return found

    def arguments(self, convert: Callable[[torch.Tensor], torch.Tensor]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The same, to compute with: copies of the tensors as they were read, batch axis and all, converted."""

        def replace(value: Any) -> Any:
            tensor = value.value if isinstance(value, tracing.Slot) else value
            return convert(tensor.detach().cpu().clone()) if isinstance(tensor, torch.Tensor) else value

        found: tuple[tuple[Any, ...], dict[str, Any]] = unpacked((self.step.args, self.step.kwargs), replace)
        return found

    @cached_property
    def input(self) -> Array | None:
        """The first operand [C, H, W]; None where the call was given none that depends on the image."""
        args, kwargs = self.operands
        first = args[0] if args else next(iter(kwargs.values()), None)
        return first if first is not None and _is_array(first) else None

    # -------------------------------------------------------------------------------------------- once more
    def again(self) -> float | None:
        """The call itself in float64, on what it was given; None where that is no answer: it draws, or it fails."""
        state = torch.get_rng_state()
        try:
            result = self._called(double)
            if not torch.equal(state, torch.get_rng_state()):
                return None
            found = values.array(tensors_in(result)[self.step.part])
            return float(found[self.cell]) if found.shape == self.layer.shape else None
        except _FAILS:
            return None
        finally:
            torch.set_rng_state(state)

    def _called(self, convert: Callable[[torch.Tensor], torch.Tensor]) -> Any:
        args, kwargs = self.arguments(convert)
        with torch.no_grad():
            if self.module is not None:
                return in_double(self.module)(*args, **kwargs)
            assert self.step.function is not None
            result = self.step.function(*args, **kwargs)
        return args[0] if result is None else result  # an assignment to a slice


def _is_read(value: Any) -> bool:
    return isinstance(value, tracing.Slot) and value.depends


def _is_array(value: Any) -> bool:
    return hasattr(value, "ndim") and not isinstance(value, torch.Tensor)


def _operand(value: Any) -> Any:
    if isinstance(value, tracing.Slot):
        return values.array(value.value) if value.depends else value.value
    return value


def cell_of(layer: Layer, channel: int, row: int = 0, column: int = 0) -> Cell:
    """The index of a cell in the layer's values; ValueError if it lies outside. Axes after the third are at 0."""
    cell = (channel, row, column, *(0,) * layer.values.ndim)[: layer.values.ndim]
    if not all(0 <= index < length for index, length in zip(cell, layer.shape, strict=True)):
        raise ValueError(f"{layer.key} has no cell {list(cell)}: its shape is {list(layer.shape)}")
    return cell


def in_double(module: nn.Module) -> nn.Module:
    """A copy of a module that computes in float64 on the CPU, out of place, in the mode in which it is."""
    twin = tracing.copied(module, lambda value: double(value.cpu().clone()))
    for own, part in zip(module.modules(), twin.modules(), strict=False):
        part.training = own.training
        if "inplace" in vars(part):
            part.inplace = False  # type: ignore[assignment]
    return twin


def double(value: torch.Tensor) -> torch.Tensor:
    """Floating-point numbers in 64 bits; everything else as it is."""
    if value.is_complex():
        return value.to(torch.complex128)
    return value.double() if value.is_floating_point() else value
