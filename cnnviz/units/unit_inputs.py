"""What one unit reads through its window: convolution, linear layer and pooling from their definitions, in float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from cnnviz.anatomy import windows
from cnnviz.records import Array
from cnnviz.tracing.operation_names import REDUCTIONS
from cnnviz.units.unit_context import UnitContext

Parts = dict[str, Any]  # fields of records.Unit
NUMPY_PADDING: dict[str, Any] = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
_CHANGES_WEIGHTS = {"note": "this layer changes its weights before it uses them: they are not the ones it stores"}


# ------------------------------------------------------------------------------------------------ sums
def convolution(context: UnitContext) -> Parts | None:
    """Σ over input channels and taps of input · weight, plus the bias; None for another convolution than Conv2d's."""
    data = context.input
    if data is None or data.ndim != 3 or context.layer.values.ndim != 3 or not context.is_single:
        return None
    weight, bias, groups = weights(context)
    window = _window(context, data.shape[1:])
    if window is None or weight is None:
        return _CHANGES_WEIGHTS
    channel, *place = context.cell
    width = weight.shape[1]
    first = channel // (len(weight) // groups) * width
    origin = window.origin(place[0], place[1])
    patch = _patch(data[first : first + width], window, origin)
    found = _sum(patch, weight[channel], None if bias is None else bias[channel], first)
    padding = _in_padding(data.shape[1:], window, origin)
    return {**found, "origin": origin, "dilation": window.dilation, "padding": padding}


def linear(context: UnitContext) -> Parts | None:
    """Σ over inputs of input · weight, plus the bias; None where it is none of rows of numbers."""
    if context.input is None or context.input.shape[:-1] != context.layer.shape[:-1] or not context.step.whole:
        return None
    weight, bias, _ = weights(context)
    if weight is None:
        return _CHANGES_WEIGHTS
    if weight.dim() != 2 or weight.shape[1] != context.input.shape[-1]:
        return None
    index = context.cell[-1]
    return _sum(context.input[context.cell[:-1]], weight[index], None if bias is None else bias[index], 0)


def _sum(patch: Array, weight: torch.Tensor, bias: torch.Tensor | None, first: int) -> Parts:
    patch, kernel = _frozen(patch), _frozen(weight.detach().cpu().double().numpy())
    products = _frozen(patch * kernel)
    shift = 0.0 if bias is None else float(bias)
    channels = tuple(range(first, first + len(kernel)))
    numbers = {"bias": shift, "computed": float(products.sum() + shift), "input_channels": channels}
    return {"patch": patch, "kernel": kernel, "products": products, **numbers}


def weights(context: UnitContext) -> tuple[torch.Tensor | None, torch.Tensor | None, int]:
    """(weight, bias, groups) of a convolution or linear layer, module or function.

    The weight is None where a layer computes it anew for each pass (weight standardisation and the like).
    """
    module = context.module
    if module is None:
        values = {**context.named("input", "weight", "bias"), **windows.arguments(context.function, *context.operands)}
    else:
        own = context.is_plain or (type(module).__name__ == "Conv2dSame" and not module._forward_hooks)
        own = own and not getattr(module, "parametrizations", None) and not module._forward_pre_hooks
        values = vars(module) | module._parameters if own and "weight" in module._parameters else {}
    weight = values.get("weight")
    known = isinstance(weight, torch.Tensor)
    return (weight, values.get("bias"), values.get("groups", 1)) if known else (None, None, 1)


def _window(context: UnitContext, size: Sequence[int]) -> windows.Window | None:
    return windows.of(context.module, context.function, *context.operands, size=size)


def _patch(data: Array, window: windows.Window, origin: windows.Pair) -> Array:
    """[C, kh, kw]: the input cells under the window's taps, padding included."""
    reach = [(taps - 1) * apart for taps, apart in zip(window.kernel, window.dilation, strict=True)]
    spread = [(0, 0)]
    for axis in (0, 1):
        beyond = origin[axis] + reach[axis] + 1 - data.shape[1 + axis]
        spread.append((window.padding[axis], max(window.padding[axis], beyond)))
    padded = np.pad(data, spread, mode=NUMPY_PADDING[window.mode])
    top, left = (first + before for first, before in zip(origin, window.padding, strict=True))
    down, across = window.dilation
    return padded[:, top : top + reach[0] + 1 : down, left : left + reach[1] + 1 : across]


def _in_padding(size: Sequence[int], window: windows.Window, origin: windows.Pair) -> tuple[tuple[int, int], ...]:
    """(row, column) of the taps that lie beyond a map of that height and width."""
    down, across = (
        [not 0 <= first + tap * apart < side for tap in range(taps)]
        for first, taps, apart, side in zip(origin, window.kernel, window.dilation, size, strict=True)
    )
    return tuple(
        (row, column) for row, above in enumerate(down) for column, beside in enumerate(across) if above or beside
    )


# ------------------------------------------------------------------------------------------------ pooling
def pooling(context: UnitContext) -> Parts | None:
    """The window inside the map, and which cell won, or their mean; None for other kinds of pooling."""
    data, name = context.input, _pooling_name(context)
    if data is None or data.ndim != 3 or not name or not context.is_plain or context.step.part:
        return None
    if context.name in REDUCTIONS and not _over_the_map(context):
        return None
    rows, columns, count = pooled(context, context.cell[1:], data.shape[1:])
    if not rows or not columns:  # a dilated window may lie in the padding alone
        return None
    patch = data[context.cell[0]][np.ix_(rows, columns)].astype(np.float64)
    if name == "max":
        row, column = np.unravel_index(int(np.argmax(patch)), patch.shape)
        note = f"the largest of {patch.size} cells, at row {rows[row]}, column {columns[column]}"
    else:
        note = f"the mean of {count} cells" + (f", {count - patch.size} of them padding" if count > patch.size else "")
    return {
        "computed": float(patch.max() if name == "max" else patch.sum() / count),
        "note": note,
        "patch": _frozen(patch[None]),
        "input_channels": (context.cell[0],),
        "origin": (rows[0], columns[0]),
        "dilation": tuple(places[1] - places[0] if len(places) > 1 else 1 for places in (rows, columns)),
    }


def _pooling_name(context: UnitContext) -> str:
    """ "max", "average", or "" for another kind."""
    name = context.name.lower()
    if "lp" in name or "fractional" in name or "unpool" in name or name == "amin":
        return ""
    return "max" if "max" in name else "average" if "av" in name or name == "mean" else ""


def _over_the_map(context: UnitContext) -> bool:
    """Whether a mean or a maximum is taken over the rows and columns of [1, C, H, W], and over nothing else."""
    read = context.step.args[0] if context.step.args else None
    dims = context.argument("dim", 1)
    dims = (dims,) if isinstance(dims, int) else dims
    if not isinstance(dims, (tuple, list)) or read is None or read.value.dim() != 4 or read.value.shape[0] != 1:
        return False
    return {int(dim) % 4 for dim in dims} == {2, 3} and context.argument("dtype", 9) is None


def pooled(context: UnitContext, place: Sequence[int], size: Sequence[int]) -> tuple[list[int], list[int], int]:
    """Rows and columns of the map under the window of a cell, and how many cells a mean divides by.

    place: (row, column) of the cell, () where there is one alone. size: (H, W) of the map.
    """
    window = None if context.name in REDUCTIONS else _window(context, size)
    cell = (*place, 0, 0)[:2]
    if window is None:
        result = (*context.layer.shape[1:], 1, 1)[:2]
        sides = zip(cell, size, result, strict=True)
        rows, columns = (list(range(i * n // cells, -(-(i + 1) * n // cells))) for i, n, cells in sides)
        return rows, columns, len(rows) * len(columns)
    inside, counted = [], 1
    for first, taps, apart, length, pad in zip(
        window.origin(*cell), window.kernel, window.dilation, size, window.padding, strict=True
    ):
        places = [first + tap * apart for tap in range(taps)]
        inside.append([place for place in places if 0 <= place < length])
        counted *= sum(place < length + pad for place in places)
    divisor, padding_counts = _mean_rule(context)
    count = divisor or (counted if padding_counts else len(inside[0]) * len(inside[1]))
    return inside[0], inside[1], count


def _mean_rule(context: UnitContext) -> tuple[int | None, bool]:
    """(divisor_override, count_include_pad) of average pooling."""
    values = (
        vars(context.module) if context.module is not None else windows.arguments(context.function, *context.operands)
    )
    return values.get("divisor_override"), values.get("count_include_pad", True)


def _frozen(array: Array) -> Array:
    array = np.array(array, dtype=np.float64)
    array.flags.writeable = False
    return array
