"""A stack of equal convolutions along one axis: its receptive field by the recursion, and by autograd on real ones."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from cnnviz import anatomy
from cnnviz.records.proofs import Proof
from cnnviz.topics.receptive_field.records import FieldStack, StackLayer

WIDTH = 65  # pixels of the row that is drawn
LARGEST = {"kernel": 9, "stride": 4, "dilation": 4, "padding": 8, "depth": 8}


def build(kernel: int, stride: int, dilation: int, padding: int, depth: int) -> FieldStack:
    """The field after each layer: size += (k − 1) · d · jump, padding += p · jump, then jump *= s.

    cells: how many are left of a row of WIDTH pixels; 0 where the layer does not fit on it any more.
    Source: Araujo, Norris & Sim (2019), https://distill.pub/2019/computing-receptive-fields/
    """
    size, jump, before, cells = 1, 1, 0, WIDTH
    layers = []
    for _ in range(depth):
        cells = max(0, (cells + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1)
        size, before, jump = size + (kernel - 1) * dilation * jump, before + padding * jump, jump * stride
        layers.append(StackLayer(kernel, stride, dilation, padding, size, jump, before, cells))
    return FieldStack(WIDTH, tuple(layers))


def proofs(stack: FieldStack) -> tuple[Proof, ...]:
    """Held against anatomy's table, and against the gradient of each layer's middle cell on a stack in float64."""
    found = anatomy.inspect(network(stack), (1, 1, needed(stack)), run=True)[1:]
    pairs = zip(stack.layers, found, strict=True)
    table = max(_apart(layer, row.receptive_field.columns) for layer, row in pairs)
    widths = [extent(stack, index) for index in range(len(stack.layers))]
    apart = max(abs(width - layer.size) for width, layer in zip(widths, stack.layers, strict=True))
    return (
        Proof("Size, jump and padding of every layer equal those of the layer table", float(table), 0.0),
        Proof("Pixels from the first to the last with a gradient, on a real stack", float(apart), 0.0),
    )


def _apart(layer: StackLayer, column: object) -> int:
    size, stride, padding = (getattr(column, name) for name in ("size", "stride", "padding"))
    return max(abs(layer.size - size), abs(layer.jump - stride), abs(layer.field_padding - padding))


def needed(stack: FieldStack) -> int:
    """So many pixels that the last layer has a cell whose box lies on the row."""
    last = stack.layers[-1]
    return 2 * (last.size + last.field_padding + last.jump)


def network(stack: FieldStack) -> nn.Sequential:
    """The stack as real convolutions in float64 with positive weights, so that nothing cancels."""
    layers = []
    for one in stack.layers:
        layer = nn.Conv2d(1, 1, (1, one.kernel), (1, one.stride), (0, one.padding), (1, one.dilation), bias=False)
        nn.init.constant_(layer.weight, 1 / one.kernel)
        layers.append(layer.double())
    return nn.Sequential(*layers).eval()


def extent(stack: FieldStack, index: int) -> int:
    """How many pixels lie from the first to the last that a cell of this layer has a gradient by, clear of borders."""
    layer, row = stack.layers[index], needed(stack)
    x = torch.ones(1, 1, 1, row, dtype=torch.float64, requires_grad=True)
    cell = -(-layer.field_padding // layer.jump)  # the first whose box begins on the row
    value = network(FieldStack(row, stack.layers[: index + 1]))(x)[0, 0, 0, cell]
    (gradient,) = torch.autograd.grad(value, x)
    seen = np.flatnonzero(gradient.numpy().ravel())
    return int(seen[-1] - seen[0] + 1)
