"""Convolution from its definition: which cells each output reads, what each channel contributes, their sum.

    y[o, r, c] = b[o] + Σ_k Σ_i Σ_j  w[o, k, i, j] · x_padded[k, s·r + d·i, s·c + d·j]        (cross-correlation)
    size: ⌊(n + p_before + p_after − d·(k − 1) − 1) / s⌋ + 1

A "true" convolution reads the same window with the kernel turned by 180°. With groups, output channel o reads only the
input channels of its own group; as many groups as channels make it depthwise, a 1 × 1 kernel pointwise.

Source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), https://arxiv.org/abs/1603.07285
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array
from cnnviz.records.windows import Companion, SlidingWindow
from cnnviz.topics.convolution import board_captions, transposed_convolution
from cnnviz.topics.convolution.padding import pad
from cnnviz.topics.convolution.records import Convolution, ConvolutionSetting, Padded


def convolve(
    x: Array, weights: Array, bias: Array | None = None, *, setting: ConvolutionSetting | None = None
) -> Convolution:
    """x: [C, H, W]. weights: [O, C / groups, kh, kw]; of a transposed convolution as well. bias: [O], None: no bias.

    Raises OperationError where shapes, padding and kernel do not go together: one sentence with the remedy.
    """
    setting = setting or ConvolutionSetting()
    x, weights = np.asarray(x, np.float64), np.asarray(weights, np.float64)
    with_bias = bias is not None
    bias = np.zeros(len(weights)) if bias is None else np.asarray(bias, np.float64)
    check(x, weights, bias, setting)
    if setting.transposed:
        padded, rows, columns = transposed_convolution.reading(x, weights, setting)
    else:
        padded, rows, columns = reading(x, weights, setting)
    if setting.flipped:
        rows, columns = rows[:, ::-1], columns[:, ::-1]
    sums = channel_sums(padded.values, weights, rows, columns, groups=setting.groups)
    output = sums.sum(axis=1) + bias[:, None, None]
    return Convolution(setting, x, weights, bias, padded, rows, columns, sums, output, with_bias)


def reading(x: Array, weights: Array, setting: ConvolutionSetting) -> tuple[Padded, Array, Array]:
    """The padded input, and for each output row and column the rows [Ho, kh] and columns [Wo, kw] that it reads."""
    around = padding_around(weights.shape[2:], setting)
    padded = pad(x, around, setting.mode)
    tables = []
    for axis, name in ((0, "rows"), (1, "columns")):
        kernel, stride, dilation = weights.shape[2 + axis], setting.stride[axis], setting.dilation[axis]
        size, span = padded.values.shape[1 + axis], dilation * (kernel - 1) + 1
        if span > size:
            raise OperationError(board_captions.REFUSED["kernel_too_large"].format(span=span, side=name, size=size))
        outputs = (size - span) // stride + 1
        tables.append(np.arange(outputs)[:, None] * stride + np.arange(kernel)[None, :] * dilation)
    return padded, tables[0], tables[1]


def channel_sums(x: Array, weights: Array, rows: Array, columns: Array, *, groups: int = 1) -> Array:
    """What each input channel contributes to each output channel, [O, C / groups, Ho, Wo]: one tap after the other."""
    outputs, within, high, wide = weights.shape
    grouped = weights.reshape(groups, outputs // groups, within, high, wide)
    found = np.zeros((groups, outputs // groups, within, len(rows), len(columns)))
    for i in range(high):
        for j in range(wide):
            real = np.outer(rows[:, i] >= 0, columns[:, j] >= 0)
            read = np.where(real, x[:, np.maximum(rows[:, i], 0)][:, :, np.maximum(columns[:, j], 0)], 0.0)
            read = read.reshape(groups, 1, within, *real.shape)
            found += grouped[:, :, :, i, j, None, None] * read
    return found.reshape(outputs, within, len(rows), len(columns))


def padding_around(kernel: tuple[int, ...], setting: ConvolutionSetting) -> tuple[int, int, int, int]:
    """(top, left, bottom, right). "same" puts the odd one right and below, as PyTorch does."""
    if isinstance(setting.padding, tuple):
        down, right = setting.padding
        return down, right, down, right
    if setting.padding != "same":
        raise OperationError(f"There is no padding {setting.padding!r}: give two numbers, or “same”.")
    if setting.stride != (1, 1):
        raise OperationError(board_captions.REFUSED["same_with_stride"])
    total = [step * (size - 1) for step, size in zip(setting.dilation, kernel, strict=True)]
    return total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2


def check(x: Array, weights: Array, bias: Array, setting: ConvolutionSetting) -> None:
    """Raises OperationError for what no setting of the window could mend."""
    if x.ndim != 3 or weights.ndim != 4 or not x.size or not weights.size:
        raise OperationError(
            "A convolution needs numbers [C, H, W] and a kernel [O, C, kh, kw], "
            f"found {list(x.shape)} and {list(weights.shape)}."
        )
    if min(*setting.stride, *setting.dilation, setting.groups) < 1:
        raise OperationError("Stride, dilation and groups count from 1: choose 1 or more.")
    channels, outputs, groups = len(x), len(weights), setting.groups
    if channels % groups or outputs % groups:
        raise OperationError(
            board_captions.REFUSED["unequal_groups"].format(channels=channels, outputs=outputs, groups=groups)
        )
    if weights.shape[1] * groups != channels:
        raise OperationError(
            f"In {groups} groups each kernel reads {channels // groups} of {channels} channels, "
            f"but this one has {weights.shape[1]}: change the groups or the kernel."
        )
    if bias.shape != (outputs,):
        raise OperationError(f"{outputs} output channels need {outputs} biases, found {list(bias.shape)}.")


def window(found: Convolution) -> SlidingWindow:
    """The same as a window that slides, to be drawn: with coverage if transposed.

    A flipped kernel is drawn turned by 180°, as it is multiplied, with the output of the unturned one beside it.
    """
    flipped = found.setting.flipped
    rows, columns = (found.rows[:, ::-1], found.columns[:, ::-1]) if flipped else (found.rows, found.columns)
    made = SlidingWindow(
        "contributions" if found.setting.transposed else "products",
        found.padded.values,
        found.output,
        rows,
        columns,
        found.padded.around,
        sources=found.padded.sources,
        weights=found.weights[:, :, ::-1, ::-1] if flipped else found.weights,
        bias=found.bias,
        groups=found.setting.groups,
        names=("input", "kernel turned 180°" if flipped else "kernel", "output"),
    )
    companions = []
    if found.setting.transposed:
        companions.append(Companion("coverage: products per output", made.coverage.astype(np.float64)))
    if flipped:
        straight = channel_sums(found.padded.values, found.weights, rows, columns, groups=found.setting.groups)
        values = straight.sum(axis=1) + found.bias[:, None, None]
        companions.append(Companion("output without the flip", values, like_output=True))
    return replace(made, companions=tuple(companions), anchors=_anchors(found))


def _anchors(found: Convolution) -> tuple[Array, Array] | None:
    """Where an even kernel has no middle cell: the cell over which each output row and column stands."""
    if found.setting.transposed or not any(shift % 1 for shift in found.shift):
        return None
    first, steps = found.padded.around[:2], found.setting.stride
    rows, columns = (np.arange(n) * steps[a] + first[a] for a, n in enumerate(found.output.shape[1:]))
    return rows, columns
