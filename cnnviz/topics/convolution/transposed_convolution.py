"""Transposed convolution: every input cell lays its multiple of the kernel down, s apart; what overlaps is added.

    size: s·(n − 1) + d·(k − 1) + output_padding + 1 − 2p

Seen from an output: row r is reached from input row i through kernel row t where s·i + d·t − p = r. With a stride some
outputs are reached more often than others: their number, the coverage, is the checkerboard of generated images.

Sources: Dumoulin and Visin (2016), https://arxiv.org/abs/1603.07285; Odena, Dumoulin and Olah, Deconvolution and
checkerboard artifacts (2016), https://distill.pub/2016/deconv-checkerboard/
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array
from cnnviz.topics.convolution.board_captions import REFUSED
from cnnviz.topics.convolution.padding import pad
from cnnviz.topics.convolution.records import ConvolutionSetting, Padded


def reading(x: Array, weights: Array, setting: ConvolutionSetting) -> tuple[Padded, Array, Array]:
    """The input as it is, and for each output row and column the input row and column behind each tap, −1 for none.

    Raises OperationError for what PyTorch's transposed convolution does not take.
    """
    if setting.mode != "zeros" or not isinstance(setting.padding, tuple):
        raise OperationError(
            "A transposed convolution takes off what padding added, so only a number of zeros makes sense: "
            "choose the mode zeros and a number."
        )
    tables = []
    for axis, name in ((0, "rows"), (1, "columns")):
        stride, padding, dilation = setting.stride[axis], setting.padding[axis], setting.dilation[axis]
        extra = setting.output_padding[axis]
        if padding < 0 or extra < 0:
            raise OperationError("Padding and output padding cannot be negative: choose 0 or more.")
        most = max(stride, dilation)
        if extra >= most:
            raise OperationError(REFUSED["output_padding_too_large"].format(extra=extra, most=most, less=most - 1))
        size, kernel = x.shape[1 + axis], weights.shape[2 + axis]
        outputs = stride * (size - 1) + dilation * (kernel - 1) + extra + 1 - 2 * padding
        if outputs < 1:
            raise OperationError(REFUSED["nothing_left"].format(padding=padding, side=name))
        start = np.arange(outputs)[:, None] + padding - dilation * np.arange(kernel)[None, :]
        place = start // stride
        tables.append(np.where((start % stride == 0) & (place >= 0) & (place < size), place, -1))
    return pad(x, (0, 0, 0, 0)), tables[0], tables[1]
