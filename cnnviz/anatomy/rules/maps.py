"""Rules for what runs windows over a map: convolution, transposed convolution, pooling, padding, upsampling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import torch
import torch.nn.functional as F

from cnnviz.anatomy import regions, windows
from cnnviz.anatomy.regions import PixelSets
from cnnviz.anatomy.rules.arguments import each, named
from cnnviz.anatomy.rules.meetings import side_by_side
from cnnviz.anatomy.rules.windows import (
    AxisWindow,
    OnAxis,
    adaptive,
    channels,
    over_axes,
    over_loose,
    padded,
    pooled,
    transposed,
    windowed,
)
from cnnviz.anatomy.states import NotUnderstood, RuleCall, State, State_, sized


def _spatial(call: RuleCall, state: State, name: str) -> range:
    """The axes of the map; the input has a batch axis and one of channels before them."""
    axes = range(2, 2 + int(name[name.rindex("d") - 1]))
    if len(state.shape) != axes.stop:
        raise NotUnderstood(f"{call.name} of a value with {len(state.shape)} axes")
    return axes


def convolution(call: RuleCall, state: State, name: str) -> State:
    """What each cell of a convolution sees: its window's cells, spread by stride, padding and dilation."""
    values = named(call, name)
    axes, output = _spatial(call, state, name), sized(call.output)
    count = len(axes)
    kernel = _kernel(call, values)
    stride, dilation = each(values.get("stride", 1), count), each(values.get("dilation", 1), count)
    before = _before(call, values.get("padding", 0), kernel, dilation)
    mode = getattr(call.module, "padding_mode", "zeros")
    parts = zip(kernel, stride, before, dilation, strict=True)
    on = {
        axis: _on(windowed, AxisWindow(*part, mode), state, output, axis)
        for axis, part in zip(axes, parts, strict=True)
    }
    grouped = channels(state, int(values.get("groups", 1)), output[1])
    return over_axes(grouped, on, output)


def _on(function: Any, window: AxisWindow, state: State, output: Sequence[int], axis: int) -> OnAxis:
    return partial(function, window=window, length=state.shape[axis], cells=output[axis])


def _kernel(call: RuleCall, values: dict[str, Any]) -> tuple[int, ...]:
    if call.module is not None:
        return tuple(getattr(call.module, "kernel_size"))  # noqa: B009
    return tuple(values["weight"].shape[2:])


def _before(call: RuleCall, amount: Any, kernel: Sequence[int], dilation: Sequence[int]) -> tuple[int, ...]:
    """Padding ahead of the first row and column. "same": the smaller half; timm's grows with the input."""
    if call.module is not None and type(call.module).__name__.endswith("Same"):
        window = windows.of(call.module, call.name, call.args, call.kwargs)
        if window is None:
            raise NotUnderstood(f"the padding of {call.name}")
        return window.padding
    if amount == "same":
        return tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    return (0,) * len(kernel) if amount == "valid" else each(amount, len(kernel))


def transposed_convolution(call: RuleCall, state: State, name: str) -> State:
    """What each cell of a transposed convolution sees: the cells whose stamps reach it."""
    values = named(call, name)
    axes, output = _spatial(call, state, name), sized(call.output)
    count = len(axes)
    kernel, stride = _kernel(call, values), each(values.get("stride", 1), count)
    parts = zip(
        kernel, stride, each(values.get("padding", 0), count), each(values.get("dilation", 1), count), strict=True
    )
    on = {axis: _on(transposed, AxisWindow(*part), state, output, axis) for axis, part in zip(axes, parts, strict=True)}
    return over_axes(channels(state, int(values.get("groups", 1)), output[1]), on, output)


def pooling(call: RuleCall, state: State, name: str) -> State_:
    """What each cell of a pooling sees: its window's cells; the indices, where given, see the same."""
    values = named(call, name)
    axes, output = _spatial(call, state, name), sized(call.output)
    count = len(axes)
    kernel = each(values["kernel_size"], count)
    stride = values.get("stride")
    stride = kernel if stride is None or stride == () or stride == [] else each(stride, count)
    before = _before(call, values.get("padding", 0), kernel, each(1, count))
    parts = zip(kernel, stride, before, each(values.get("dilation", 1), count), strict=True)
    on = {axis: _on(pooled, AxisWindow(*part), state, output, axis) for axis, part in zip(axes, parts, strict=True)}
    return _both(call, over_axes(state, on, output, "pooled over the whole map"))


def adaptive_pooling(call: RuleCall, state: State, name: str) -> State_:
    """What each cell of an adaptive pooling sees: windows from floor(i·n/m) to ceil((i+1)·n/m)."""
    named(call, name)
    axes, output = _spatial(call, state, name), sized(call.output)
    on = {axis: partial(adaptive, length=state.shape[axis], cells=output[axis]) for axis in axes}
    return _both(call, over_axes(state, on, output, "pooled over the whole map"))


def _both(call: RuleCall, state: State) -> State_:
    """The maxima, and where they were found, if that is asked for."""
    return (state,) * len(call.output) if isinstance(call.output, (tuple, list)) else state


# ------------------------------------------------------------------------------------------------ padding
_PADDING = {"constant": "zeros", "zeros": "zeros", "zero": "zeros", "reflect": "reflect", "reflection": "reflect"}
_PADDING |= {"replicate": "replicate", "replication": "replicate", "circular": "circular"}


def padding(call: RuleCall, state: State, name: str) -> State:
    """amounts: (before, after) of the last axis, then of the one before, …"""
    del name
    if call.module is not None:
        amounts, word = getattr(call.module, "padding"), _word(call.module)  # noqa: B009
        if isinstance(amounts, int):
            raise NotUnderstood(f"the amounts of {call.name}")
    else:
        values = named(call, "pad")
        amounts, word = values["pad"], str(values.get("mode", "constant"))
    amounts, mode = each(tuple(amounts), len(amounts)), _PADDING.get(word)
    if mode is None:
        raise NotUnderstood(f"{word} padding")
    output, on = sized(call.output), {}
    for index in range(len(amounts) // 2):
        axis = len(state.shape) - 1 - index
        if amounts[2 * index] or amounts[2 * index + 1]:
            on[axis] = _padded(amounts[2 * index], output[axis], mode, state.shape[axis])
    if 1 in on and 1 not in state.at and len(state.shape) == 4 and mode == _PADDING["constant"]:
        ahead, behind = amounts[4:6]
        return _more_channels(state, {axis: one for axis, one in on.items() if axis != 1}, output, (ahead, behind))
    return _padded_map(state, on, output)


def _more_channels(state: State, on: dict[int, OnAxis], output: tuple[int, ...], more: tuple[int, int]) -> State:
    """Channels of zeros, which see no pixel, before and after the map's own (a shortcut without parameters)."""
    if min(more) < 0:
        raise NotUnderstood("channels cut off by padding")
    own = over_axes(state, on, (output[0], state.shape[1], *output[2:]))
    zeros = [State(state.image, (output[0], count, *output[2:]), ((),), (None, None)) for count in more]
    return side_by_side([part for part in (zeros[0], own, zeros[1]) if part.shape[1]], 1, output)


def _padded(before: int, cells: int, mode: str, length: int) -> OnAxis:
    return partial(padded, before=before, cells=cells, mode=mode, length=length)


def _padded_map(state: State, on: dict[int, OnAxis], output: tuple[int, ...]) -> State:
    others = [axis for axis in on if axis not in state.at]
    if not others:
        return over_axes(state, on, output)
    if state.is_uniform and len(on) <= 2 and min(others) >= 2:
        return over_axes(state, on, output)
    return over_loose(state, on, output)


def _word(module: torch.nn.Module) -> str:
    for base in type(module).__mro__:
        word = re.sub("Pad[123]d$", "", base.__name__).lower()
        if base.__module__ == "torch.nn.modules.padding" and word in _PADDING:
            return word
    return type(module).__name__


# ------------------------------------------------------------------------------------------------ upsampling
def upsampling(call: RuleCall, state: State, name: str) -> State:
    """Nearest, bilinear, bicubic, area: which cells each cell reads is asked of torch, one axis at a time."""
    values = named(call, name)
    axes, output = range(2, len(state.shape)), sized(call.output)
    mode = str(values.get("mode", "nearest"))
    if len(axes) < 2 or mode not in ("nearest", "nearest-exact", "bilinear", "bicubic", "area"):
        raise NotUnderstood(f"{mode} upsampling of a value with {len(state.shape)} axes")
    options = (mode, values.get("align_corners"), values.get("recompute_scale_factor"), bool(values.get("antialias")))
    factors = values.get("scale_factor")
    sides = _sides(factors, len(axes))
    on: dict[int, OnAxis] = {}
    for axis, factor in zip(axes, sides, strict=True):
        reads = interpolated(state.shape[axis], output[axis], factor, options)
        on[axis] = partial(_gathered, places=reads)
    return over_axes(state, on, output)


def _gathered(seen: PixelSets, places: tuple[tuple[int, ...], ...]) -> PixelSets:
    if places == tuple((place,) for place in range(len(seen.pixels))):
        return seen
    return regions.gathered(seen, places)


def _sides(factors: Any, count: int) -> tuple[float | None, ...]:
    if factors is None:
        return (None,) * count
    listed = tuple(factors) if isinstance(factors, (tuple, list)) else (factors,) * count
    if not all(isinstance(factor, (int, float)) for factor in listed):
        raise NotUnderstood("a scale factor that is not known beforehand")
    return tuple(map(float, listed))


_PROBED = 256  # cells that are tried at once


@lru_cache(maxsize=512)
def interpolated(
    length: int, cells: int, factor: float | None, options: tuple[str, bool | None, bool | None, bool]
) -> tuple[tuple[int, ...], ...]:
    """The cells that each of `cells` reads of `length`: those whose NaN comes out of torch's own interpolation.

    A cell whose weight is zero counts: 0 · NaN is NaN, and it is read all the same. Two columns are tried: with one,
    torch's own antialiased interpolation reads the first rows for every cell.
    """
    mode, corners, recompute, antialias = options
    scale: dict[str, Any] = {"size": (cells, 2)} if factor is None else {"scale_factor": (factor, 1.0)}
    if factor is not None:
        scale["recompute_scale_factor"] = recompute
    reads: list[list[int]] = [[] for _ in range(cells)]
    for first in range(0, length, _PROBED):
        places = torch.arange(first, min(first + _PROBED, length))
        x = torch.zeros(len(places), 1, length, 2, dtype=torch.float64)
        x[places - first, 0, places] = torch.nan
        found = F.interpolate(x, mode=mode, align_corners=corners, antialias=antialias, **scale)
        if found.shape[2] != cells:
            raise NotUnderstood(f"upsampling of {length} cells to {cells}")
        for place, cell in found[:, 0, :, 0].isnan().nonzero().tolist():
            reads[cell].append(first + place)
    return tuple(map(tuple, reads))
