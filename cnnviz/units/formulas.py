"""The formula behind one cell of an operation without taps, with the numbers put in, and what it gives in float64.

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

from cnnviz.units.scenes import Scene

Formula = tuple[str, float | None]


def number(value: float) -> str:
    """Four significant digits, with a minus sign as one prints it."""
    return f"{value:.4g}".replace("-", "−")


def bracket(value: float) -> str:
    """The number, in brackets if it is negative."""
    return f"({number(value)})" if value < 0 else number(value)


# ------------------------------------------------------------------------------------------------ the formula
def formula(scene: Scene) -> Formula:
    """The formula with its numbers, and its result (None where there is no rule for this call, or chance decides)."""
    if scene.layer.kind == "input":
        return "a pixel of the image as the network sees it", None
    if np.iscomplexobj(scene.layer.values):
        return f"{scene.layer.operation}: a complex number, of which the magnitude is shown", None
    rule = _RULES.get(scene.layer.kind)
    found = rule(scene) if rule and scene.is_plain and scene.step.whole and not _complex_inside(scene) else None
    return found or recomputed(scene)


def recomputed(scene: Scene) -> Formula:
    """Where no rule tells the parts: the operation itself, once more."""
    if scene.layer.kind == "attention":
        return scene.layer.operation, None
    result = scene.again()
    if result is None:
        return f"{scene.layer.operation}: no rule here explains this number", None
    return scene.layer.operation, result


def _complex_inside(scene: Scene) -> bool:
    args, kwargs = scene.operands
    return any(np.iscomplexobj(value) for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray))


def _before(scene: Scene) -> float | None:
    """The input's value at the same cell."""
    same = scene.input is not None and scene.input.shape == scene.layer.shape
    return float(scene.input[scene.cell]) if same else None  # type: ignore[index]


def _normalization(scene: Scene) -> Formula | None:
    value = _before(scene)
    statistics = _statistics(scene) if value is not None and scene.is_single else None
    if value is None or statistics is None:
        return None
    mean, variance, epsilon, scale, shift = statistics
    result = (value - mean) / math.sqrt(variance + epsilon) * scale + shift
    root = f"√({number(variance)} + {epsilon:g})"
    text = f"({number(value)} − {bracket(mean)}) / {root} · {bracket(scale)} + {bracket(shift)}"
    return text, result


def _statistics(scene: Scene) -> tuple[float, float, float, float, float] | None:
    """(mean, variance, epsilon, scale, shift) that normalise this cell; None for other kinds of normalization."""
    module, channel = scene.module, scene.cell[0]
    parts: tuple[Any, ...]
    if isinstance(module, _BatchNorm):
        parts = (module.running_mean, module.running_var, module.weight, module.bias)
        epsilon = module.eps
    elif scene.function == "batch_norm":
        values = scene.named(*_BATCH_NORM)
        parts = tuple(values.get(name) for name in _BATCH_NORM[1:5])
        epsilon = values.get("eps", 1e-5)
        if values.get("training"):  # what the batch has, whatever was kept before
            parts = (None, None, *parts[2:])
    else:
        return _map_statistics(scene)
    if any(isinstance(part, np.ndarray) for part in parts):  # weights that the image decides
        return None
    mean, variance, scale, shift = (None if part is None else float(part[channel]) for part in parts)
    if mean is None or variance is None:
        plane = scene.input[channel].astype(np.float64)  # type: ignore[index]
        mean, variance = float(plane.mean()), float(plane.var())
    return mean, variance, epsilon, 1.0 if scale is None else scale, 0.0 if shift is None else shift


def _map_statistics(scene: Scene) -> tuple[float, float, float, float, float] | None:
    """For GroupNorm and InstanceNorm: mean and variance of the recorded channels that share the cell's statistics."""
    module, channel = scene.module, scene.cell[0]
    if isinstance(module, nn.GroupNorm):
        width = module.num_channels // module.num_groups
    elif isinstance(module, nn.InstanceNorm2d) and not module.track_running_stats:
        width = 1
    else:
        return None
    first = channel // width * width
    members = scene.input[first : first + width].astype(np.float64)  # type: ignore[index]
    scale = 1.0 if module.weight is None else float(module.weight[channel])
    shift = 0.0 if module.bias is None else float(module.bias[channel])
    return float(members.mean()), float(members.var()), module.eps, scale, shift


def _activation(scene: Scene) -> Formula | None:
    value = _before(scene)
    found = _ACTIVATIONS.get(scene.name.lower())
    if value is None:
        return None
    if math.isnan(value):
        return f"{scene.layer.operation} of NaN, which is not a number", math.nan
    if found is not None and len(scene.operands[0]) == 1:
        return found[0].format(v=bracket(value)), found[1](value)
    if isinstance(scene.module, nn.LeakyReLU):
        slope = scene.module.negative_slope
        return f"{number(value)} · {slope:g}" if value < 0 else number(value), value * (slope if value < 0 else 1)
    text, result = recomputed(scene)
    return (text if result is None else f"{scene.layer.operation} of {number(value)}"), result


def _arithmetic(scene: Scene) -> Formula | None:
    """Addition, multiplication and their inverses, of recorded maps and of numbers."""
    args, kwargs = scene.operands
    name = scene.function
    if kwargs or len(args) != 2 or name not in _SIGNS:
        return None
    left, right = (_at(value, scene) for value in args)
    sign, function = _SIGNS[name]
    with np.errstate(all="ignore"):  # dividing by zero has a result: it is what was recorded, too
        return f"{number(left)} {sign} {bracket(right)}", float(function(np.float64(left), np.float64(right)))


def _at(value: Any, scene: Scene) -> float:
    """A number, or a tensor's value at the cell, spread as broadcasting does."""
    if isinstance(value, np.ndarray):
        return float(np.broadcast_to(value, scene.layer.shape)[scene.cell])
    if not isinstance(value, torch.Tensor):
        return float(value)
    shape = (1, *scene.layer.shape)
    return float(torch.broadcast_to(value.detach().cpu().double(), shape)[0][scene.cell])


def _concatenation(scene: Scene) -> Formula | None:
    """Which input, and which of its channels, this channel is."""
    args, kwargs = scene.operands
    dim = kwargs.get("dim", kwargs.get("axis", args[1] if len(args) > 1 else 0))
    if not scene.is_single or not _all_single(args[:1]) or not isinstance(dim, int):
        return None
    if not args or not isinstance(args[0], (tuple, list)) or dim < 1 or scene.function == "stack":
        return None
    axis, cell = dim - 1, list(scene.cell)
    for index, given in enumerate(args[0]):
        part = given[0] if isinstance(given, torch.Tensor) else given  # what is not the image's has its batch axis
        length = part.shape[axis]
        if cell[axis] < length:
            known = len(scene.layer.inputs) == len(args[0])
            source = scene.layer.inputs[index] if known else f"input {index + 1}"
            return f"channel {cell[axis]} of {source}", float(part[tuple(cell)])
        cell[axis] -= length
    return None


def _all_single(parts: Any) -> bool:
    """Whether every part is an array of one image with the same number of axes."""
    if not parts or not isinstance(parts[0], (tuple, list)):
        return False
    return len({part.ndim if isinstance(part, np.ndarray) else -1 for part in parts[0]} | {-1}) == 2


def _flatten(scene: Scene) -> Formula | None:
    if scene.input is None or scene.layer.values.ndim != 1 or scene.input.size != scene.layer.values.size:
        return None
    place = np.unravel_index(scene.cell[0], scene.input.shape)
    words = zip(("channel", "row", "column"), place, strict=False)
    return ", ".join(f"{word} {index}" for word, index in words), float(scene.input[place])


def _pass(scene: Scene) -> Formula | None:
    value = _before(scene)
    if value is None or not np.array_equal(scene.input, scene.layer.values, equal_nan=True):  # type: ignore[arg-type]
        return None
    return f"{number(value)}, passed on unchanged", value


def _softmax(scene: Scene) -> Formula | None:
    args, kwargs = scene.operands
    dim = getattr(scene.module, "dim", kwargs.get("dim", args[1] if len(args) > 1 else None))
    if not scene.is_single or "softmin" in scene.name.lower() or kwargs.get("dtype") is not None:
        return None
    if scene.input is None or dim is None or dim % (scene.input.ndim + 1) != 1:
        return None
    column = np.moveaxis(scene.input, 0, -1)[scene.cell[1:]].astype(np.float64)
    value, top = float(column[scene.cell[0]]), float(column.max())
    if not math.isfinite(top):
        return None
    total = float(np.exp(column - top).sum())
    ratio = math.exp(value - top) / total
    text = f"e^({number(value)} − {bracket(top)}) / {number(total)}"
    return (f"ln({text})", value - top - math.log(total)) if "log" in scene.name.lower() else (text, ratio)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _six(value: float) -> float:
    return min(max(value + 3, 0.0), 6.0) / 6


_BATCH_NORM = ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")
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
_RULES: dict[str, Callable[[Scene], Formula | None]] = {
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
