"""Weight sharing, counted: one kernel for all places, one for each place, one weight for every pair of cells.

    convolution          O · (C·kh·kw + 1)
    locally connected    O · Ho·Wo · (C·kh·kw + 1)
    fully connected      O · Ho·Wo · (C·H·W + 1)

A convolution is the fully connected layer in which most weights are zero and the others repeat: `unrolled` shows it.
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array
from cnnviz.records.sharing import LayerCost, SharingComparison, Unrolled
from cnnviz.topics.convolution.convolution import convolve, padding_around
from cnnviz.topics.convolution.records import Convolution, ConvolutionSetting, Pair


def compare(
    shape: tuple[int, int, int], outputs: int, kernel: Pair, *, setting: ConvolutionSetting | None = None
) -> SharingComparison:
    """The three layers that turn [C, H, W] into the same [O, Ho, Wo].

    Raises OperationError if the kernel does not fit the padded input.
    """
    setting = setting or ConvolutionSetting()
    channels, high, wide = shape
    around = padding_around(kernel, setting)
    sizes = []
    for axis, size in enumerate((high, wide)):
        room = size + around[axis] + around[2 + axis] - setting.dilation[axis] * (kernel[axis] - 1) - 1
        if room < 0:
            raise OperationError(
                f"A {kernel[0]} × {kernel[1]} kernel is larger than the padded {high} × {wide} input: "
                "choose a smaller kernel or a larger input."
            )
        sizes.append(room // setting.stride[axis] + 1)
    cells, per = outputs * sizes[0] * sizes[1], channels * kernel[0] * kernel[1] // setting.groups
    everything = channels * high * wide
    return SharingComparison(
        shape,
        (outputs, sizes[0], sizes[1]),
        kernel,
        LayerCost("Convolution", outputs * per, outputs, cells * per),
        LayerCost("Locally connected", cells * per, cells, cells * per),
        LayerCost("Fully connected", cells * everything, cells, cells * everything),
    )


def unrolled(x: Array, kernel: Array) -> tuple[Unrolled, Convolution]:
    """The matrix that does what the kernel does to x [H, W], and the convolution itself."""
    found = convolve(x[None], kernel[None, None])
    (high, wide), (rows, columns) = x.shape, found.output.shape[1:]
    matrix = np.zeros((rows * columns, high * wide))
    tap = np.full(matrix.shape, -1)
    for r in range(rows):
        for c in range(columns):
            for i in range(kernel.shape[0]):
                for j in range(kernel.shape[1]):
                    at = (r * columns + c, found.rows[r, i] * wide + found.columns[c, j])
                    matrix[at], tap[at] = kernel[i, j], i * kernel.shape[1] + j
    return Unrolled(matrix, tap, np.asarray(kernel, np.float64), (high, wide, rows, columns)), found
