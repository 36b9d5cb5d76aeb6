"""How one whole map comes about: the maps that it reads, what each kernel makes of them, and their sum.

The products are computed a second time, in float64 where they are not too many, from what the call really read; their
sum plus the bias is the recorded map again (`records.Making.total`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnviz import capture
from cnnviz.anatomy import windows
from cnnviz.records import Activations, Array, Ingredient, Layer, Making
from cnnviz.units import unit_inputs
from cnnviz.units.unit_context import UnitContext

MOST = 6  # inputs that are told one by one
DOUBLE = (
    300_000  # cells; beyond, products are made in the network's own float32: for VGG-16's second layer 20 times faster
)
_CELLWISE = frozenset({"activation", "normalization", "dropout", "identity", "addition", "multiplication"})


def making(model: nn.Module, recording: Activations, key: str, channel: int, *, most: int = MOST) -> Making | None:
    """How map `channel` of a recorded layer comes about; None where it is none of maps, or no rule here tells.

    most: of how many inputs it is told one by one. Raises KeyError for an unknown key, ValueError for a channel that
    the layer does not have.
    """
    layer = recording[key]
    if layer.values.ndim != 3 or not layer.values.size or np.iscomplexobj(layer.values):
        return None
    if not 0 <= channel < len(layer.values):
        raise ValueError(f"{key} has no channel {channel}: it has {len(layer.values)}, 0 to {len(layer.values) - 1}")
    context = UnitContext(model, recording, layer, (channel, 0, 0))
    with capture.borrowed(model), torch.no_grad():
        if layer.kind == "convolution":
            return _convolution(context, channel, most)
        if layer.kind == "pooling":
            return _pooling(context, channel)
        return _cellwise(context, channel) if layer.kind in _CELLWISE else None


def _convolution(context: UnitContext, channel: int, most: int) -> Making | None:
    layer, data = context.layer, context.input
    if data is None or data.ndim != 3 or not context.is_single:
        return None
    weight, bias, groups = unit_inputs.weights(context)
    window = windows.of(context.module, context.function, *context.operands, size=data.shape[1:])
    if weight is None or window is None:
        return None
    wide = weight.shape[1]
    first = channel // (len(weight) // groups) * wide
    kernels = weight[channel].detach().cpu().double()
    products = _products(data[first : first + wide], kernels, window, layer.values.shape[1:])
    shares = np.einsum("chw,chw->c", products, products)
    order = np.argsort(-shares, kind="stable")
    shown, left = (order, order[:0]) if wide <= most else (order[: most - 1], order[most - 1 :])
    source = _source(context, data)
    ingredients = tuple(
        Ingredient(source, int(first + c), data[first + c], kernels[c].numpy(), products[c]) for c in sorted(shown)
    )
    reach = [(size - 1) * apart + 1 for size, apart in zip(window.kernel, window.dilation, strict=True)]
    rows, columns = [
        tuple((at * step - pad, at * step - pad + far) for at in range(length))
        for length, step, pad, far in zip(layer.shape[1:], window.stride, window.padding, reach, strict=True)
    ]
    return Making(
        layer.key, channel, "convolution", layer.operation, ingredients, layer.values[channel], rows, columns,
        bias=0.0 if bias is None else float(bias[channel]), others=len(left),
        rest=products[left].sum(axis=0) if len(left) else None,
    )  # fmt: skip


def _products(data: Array, kernels: torch.Tensor, window: windows.Window, size: Sequence[int]) -> Array:
    """[C, H, W]: every input map under its own kernel alone."""
    spread = [(0, 0)]
    for axis in (0, 1):
        last = (size[axis] - 1) * window.stride[axis] - window.padding[axis]
        beyond = last + (window.kernel[axis] - 1) * window.dilation[axis] + 1 - data.shape[1 + axis]
        spread.append((window.padding[axis], max(0, beyond)))
    padded = np.pad(data.astype(np.float64), spread, mode=unit_inputs.NUMPY_PADDING[window.mode])
    kind = torch.float64 if padded.size <= DOUBLE else torch.float32
    found = functional.conv2d(
        torch.from_numpy(padded)[None].to(kind), kernels[:, None].to(kind), stride=window.stride,
        dilation=window.dilation, groups=len(kernels),
    )  # fmt: skip
    result: Array = found[0, :, : size[0], : size[1]].double().numpy()
    return result


def _pooling(context: UnitContext, channel: int) -> Making | None:
    layer, data = context.layer, context.input
    if unit_inputs.pooling(context) is None or data is None:
        return None
    height, width = layer.shape[1:]
    rows, columns = [], []
    for row in range(height):
        places, _, _ = unit_inputs.pooled(context, (row, 0), data.shape[1:])
        if not places:
            return None
        rows.append((places[0], places[-1] + 1))
    for column in range(width):
        _, places, _ = unit_inputs.pooled(context, (0, column), data.shape[1:])
        if not places:
            return None
        columns.append((places[0], places[-1] + 1))
    read = Ingredient(_source(context, data), channel, data[channel])
    return Making(
        layer.key, channel, "pooling", layer.operation, (read,), layer.values[channel], tuple(rows), tuple(columns)
    )


def _cellwise(context: UnitContext, channel: int) -> Making | None:
    """Of operations that make each cell of the same cell of their inputs, and of nothing else that was recorded."""
    layer = context.layer
    read = [context.recording[key] for key in layer.inputs if key in context.recording]
    alike = read and len(read) == len(layer.inputs) and all(one.shape == layer.shape for one in read)
    if not alike or (layer.kind == "normalization" and not layer.operation.startswith("BatchNorm")):
        return None
    parts = tuple(Ingredient(one.key, channel, one.values[channel]) for one in read[:MOST])
    if len(parts) < len(read):
        return None
    rows, columns = (tuple((at, at + 1) for at in range(length)) for length in layer.shape[1:])
    return Making(layer.key, channel, layer.kind, layer.operation, parts, layer.values[channel], rows, columns)


def _source(context: UnitContext, data: Array) -> str:
    """The key of the recorded layer whose maps were read; "" where what was read is no layer's as it was recorded."""
    found: list[Layer] = [context.recording[key] for key in context.layer.inputs if key in context.recording]
    return found[0].key if found and found[0].shape == data.shape else ""
