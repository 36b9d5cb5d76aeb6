"""The formula behind one cell of an operation without a window, with the numbers put in, and what it gives in float64.

Everything is computed from what was recorded of the operation's inputs, never from its recorded output.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from cnnviz.units.unit_context import UnitContext

Formula = tuple[str, float | None]


def number(value: float) -> str:
    """Four significant digits, with a minus sign as one prints it."""
    return f"{value:.4g}".replace("-", "−")


def bracket(value: float) -> str:
    """The number, in brackets if it is negative."""
    return f"({number(value)})" if value < 0 else number(value)


# ------------------------------------------------------------------------------------------------ the formula
def formula(context: UnitContext) -> Formula:
    """The formula with its numbers, and its result (None where there is no rule for this call, or chance decides)."""
    if context.layer.kind == "input":
        return "a pixel of the image as the network sees it", None
    if np.iscomplexobj(context.layer.values):
        return f"{context.layer.operation}: a complex number, of which the magnitude is shown", None
    rule = _RULES.get(context.layer.kind)
    found = rule(context) if rule and context.is_plain and context.step.whole and not _complex_inside(context) else None
    return found or recomputed(context)


def recomputed(context: UnitContext) -> Formula:
    """Where no rule tells the parts: the operation itself, once more."""
    if context.layer.kind == "attention":
        return context.layer.operation, None
    result = context.again()
    if result is None:
        return f"{context.layer.operation}: no rule here explains this number", None
    return context.layer.operation, result


def _complex_inside(context: UnitContext) -> bool:
    args, kwargs = context.operands
    return any(np.iscomplexobj(value) for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray))


def _before(context: UnitContext) -> float | None:
    """The input's value at the same cell."""
    same = context.input is not None and context.input.shape == context.layer.shape
    return float(context.input[context.cell]) if same else None  # type: ignore[index]


def _normalization(context: UnitContext) -> Formula | None:
    value = _before(context)
    statistics = _statistics(context) if value is not None and context.is_single else None
    if value is None or statistics is None:
        return None
    mean, variance, epsilon, scale, shift = statistics
    result = (value - mean) / math.sqrt(variance + epsilon) * scale + shift
    root = f"√({number(variance)} + {epsilon:g})"
    text = f"({number(value)} − {bracket(mean)}) / {root} · {bracket(scale)} + {bracket(shift)}"
    return text, result


def _statistics(context: UnitContext) -> tuple[float, float, float, float, float] | None:
    """(mean, variance, epsilon, scale, shift) that normalise this cell; None for other kinds of normalization."""
    module, channel = context.module, context.cell[0]
    parts: tuple[Any, ...]
    if isinstance(module, _BatchNorm):
        parts = (module.running_mean, module.running_var, module.weight, module.bias)
        epsilon = module.eps
    elif context.function == "batch_norm":
        own = getattr(context.step.function, "__module__", "") == "torch.nn.functional"
        values = context.named(*(_BATCH_NORM if own else _TORCHS_BATCH_NORM))
        parts = tuple(values.get(name) for name in _BATCH_NORM[1:5])
        epsilon = values.get("eps", 1e-5)
        if values.get("training"):  # what the batch has, whatever was kept before
            parts = (None, None, *parts[2:])
    else:
        return _map_statistics(context)
    if any(isinstance(part, np.ndarray) for part in parts):  # weights that the image decides
        return None
    mean, variance, scale, shift = (None if part is None else float(part[channel]) for part in parts)
    if mean is None or variance is None:
        plane = context.input[channel].astype(np.float64)  # type: ignore[index]
        mean, variance = float(plane.mean()), float(plane.var())
    return mean, variance, epsilon, 1.0 if scale is None else scale, 0.0 if shift is None else shift


def _map_statistics(context: UnitContext) -> tuple[float, float, float, float, float] | None:
    """For GroupNorm and InstanceNorm: mean and variance of the recorded channels that share the cell's statistics."""
    module, channel = context.module, context.cell[0]
    if isinstance(module, nn.GroupNorm):
        width = module.num_channels // module.num_groups
    elif isinstance(module, nn.InstanceNorm2d) and not module.track_running_stats:
        width = 1
    else:
        return None
    first = channel // width * width
    members = context.input[first : first + width].astype(np.float64)  # type: ignore[index]
    scale = 1.0 if module.weight is None else float(module.weight[channel])
    shift = 0.0 if module.bias is None else float(module.bias[channel])
    return float(members.mean()), float(members.var()), module.eps, scale, shift


def _activation(context: UnitContext) -> Formula | None:
    value = _before(context)
    found = _ACTIVATIONS.get(context.name.lower())
    if value is None:
        return None
    if math.isnan(value):
        return f"{context.layer.operation} of NaN, which is not a number", math.nan
    if found is not None and len(context.operands[0]) == 1:
        return found[0].format(v=bracket(value)), found[1](value)
    if isinstance(context.module, nn.LeakyReLU):
        slope = context.module.negative_slope
        return f"{number(value)} · {slope:g}" if value < 0 else number(value), value * (slope if value < 0 else 1)
    text, result = recomputed(context)
    return (text if result is None else f"{context.layer.operation} of {number(value)}"), result


def _arithmetic(context: UnitContext) -> Formula | None:
    """Addition, multiplication and their inverses, of recorded maps and of numbers."""
    args, kwargs = context.operands
    name = context.function
    if kwargs or len(args) != 2 or name not in _SIGNS:
        return None
    left, right = (_at(value, context) for value in args)
    sign, function = _SIGNS[name]
    with np.errstate(all="ignore"):  # dividing by zero has a result: it is what was recorded, too
        return f"{number(left)} {sign} {bracket(right)}", float(function(np.float64(left), np.float64(right)))


def _at(value: Any, context: UnitContext) -> float:
    """A number, or a tensor's value at the cell, spread as broadcasting does."""
    if isinstance(value, np.ndarray):
        return float(np.broadcast_to(value, context.layer.shape)[context.cell])
    if not isinstance(value, torch.Tensor):
        return float(value)
    shape = (1, *context.layer.shape)
    return float(torch.broadcast_to(value.detach().cpu().double(), shape)[0][context.cell])


def _concatenation(context: UnitContext) -> Formula | None:
    """Which input, and which of its channels, this channel is."""
    args, kwargs = context.operands
    dim = kwargs.get("dim", kwargs.get("axis", args[1] if len(args) > 1 else 0))
    if not context.is_single or not _all_single(args[:1]) or not isinstance(dim, int):
        return None
    if not args or not isinstance(args[0], (tuple, list)) or dim < 1 or context.function == "stack":
        return None
    axis, cell = dim - 1, list(context.cell)
    for index, given in enumerate(args[0]):
        part = given[0] if isinstance(given, torch.Tensor) else given  # what is not the image's has its batch axis
        length = part.shape[axis]
        if cell[axis] < length:
            known = len(context.layer.inputs) == len(args[0])
            source = context.layer.inputs[index] if known else f"input {index + 1}"
            return f"channel {cell[axis]} of {source}", float(part[tuple(cell)])
        cell[axis] -= length
    return None


def _all_single(parts: Any) -> bool:
    """Whether every part is an array of one image with the same number of axes."""
    if not parts or not isinstance(parts[0], (tuple, list)):
        return False
    return len({part.ndim if isinstance(part, np.ndarray) else -1 for part in parts[0]} | {-1}) == 2


def _flatten(context: UnitContext) -> Formula | None:
    if context.input is None or context.layer.values.ndim != 1 or context.input.size != context.layer.values.size:
        return None
    place = np.unravel_index(context.cell[0], context.input.shape)
    words = zip(("channel", "row", "column"), place, strict=False)
    return ", ".join(f"{word} {index}" for word, index in words), float(context.input[place])


def _pass(context: UnitContext) -> Formula | None:
    value = _before(context)
    if value is None or not np.array_equal(context.input, context.layer.values, equal_nan=True):  # type: ignore[arg-type]
        return None
    return f"{number(value)}, passed on unchanged", value


def _softmax(context: UnitContext) -> Formula | None:
    args, kwargs = context.operands
    dim = getattr(context.module, "dim", kwargs.get("dim", args[1] if len(args) > 1 else None))
    if not context.is_single or "softmin" in context.name.lower() or kwargs.get("dtype") is not None:
        return None
    if context.input is None or dim is None or dim % (context.input.ndim + 1) != 1:
        return None
    column = np.moveaxis(context.input, 0, -1)[context.cell[1:]].astype(np.float64)
    value, top = float(column[context.cell[0]]), float(column.max())
    if not math.isfinite(top):
        return None
    total = float(np.exp(column - top).sum())
    ratio = math.exp(value - top) / total
    text = f"e^({number(value)} − {bracket(top)}) / {number(total)}"
    return (f"ln({text})", value - top - math.log(total)) if "log" in context.name.lower() else (text, ratio)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _six(value: float) -> float:
    return min(max(value + 3, 0.0), 6.0) / 6


_BATCH_NORM = ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")
_TORCHS_BATCH_NORM = ("input", "weight", "bias", "running_mean", "running_var", "training", "momentum", "eps")
_ACTIVATIONS: dict[str, tuple[str, Callable[[float], float]]] = {
    "relu": ("max(0, {v})", lambda v: max(0.0, v)),
    "relu6": ("min(max(0, {v}), 6)", lambda v: min(max(0.0, v), 6.0)),
    "sigmoid": ("1 / (1 + e^−{v})", _sigmoid),
    "tanh": ("tanh({v})", math.tanh),
    "silu": ("{v} / (1 + e^−{v})", lambda v: v * _sigmoid(v)),
    "hardsigmoid": ("min(max({v} + 3, 0), 6) / 6", _six),
    "hardswish": ("{v} · min(max({v} + 3, 0), 6) / 6", lambda v: v * _six(v)),
}
_SIGNS: dict[str, tuple[str, Callable[[float, float], float]]] = {
    "add": ("+", operator.add),
    "sub": ("−", operator.sub),
    "mul": ("·", operator.mul),
    "multiply": ("·", operator.mul),
    "truediv": ("/", operator.truediv),
    "div": ("/", operator.truediv),
}
_RULES: dict[str, Callable[[UnitContext], Formula | None]] = {
    "normalization": _normalization,
    "activation": _activation,
    "addition": _arithmetic,
    "multiplication": _arithmetic,
    "concatenation": _concatenation,
    "flatten": _flatten,
    "dropout": _pass,
    "identity": _pass,
    "softmax": _softmax,
}
