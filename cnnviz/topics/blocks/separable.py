"""A depthwise separable convolution from its definition: each channel by its own kernel, then a mix of channels.

    depthwise  y[c, r, s] = Σ_i Σ_j w[c, i, j] · x_padded[c, t·r + i, t·s + j]
    pointwise  z[o, r, s] = Σ_c v[o, c] · y[c, r, s]

Source: A. Howard et al., MobileNets (2017), section 3.1, https://arxiv.org/abs/1704.04861
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array


def depthwise(
    x: Array, weights: Array, *, stride: tuple[int, int] = (1, 1), padding: tuple[int, int] = (0, 0)
) -> Array:
    """x: [C, H, W], weights: [C, kh, kw] -> [C, Ho, Wo] float64. Raises OperationError where shapes do not fit."""
    if len(x) != len(weights):
        raise OperationError(
            f"{len(x)} channels and {len(weights)} kernels: a depthwise step has one kernel a channel."
        )
    (up, left), (kh, kw) = padding, weights.shape[1:]
    padded = np.pad(np.asarray(x, np.float64), ((0, 0), (up, up), (left, left)))
    if padded.shape[1] < kh or padded.shape[2] < kw:
        raise OperationError(f"The kernel of {kh} × {kw} is larger than the padded map: add padding.")
    windows = sliding_window_view(padded, (kh, kw), axis=(1, 2))[:, :: stride[0], :: stride[1]]
    result: Array = np.einsum("crsij,cij->crs", windows, np.asarray(weights, np.float64), optimize=True)
    return result


def pointwise(x: Array, weights: Array) -> Array:
    """x: [C, H, W], weights: [O, C] -> [O, H, W] float64. Raises OperationError where shapes do not fit."""
    if weights.shape[1] != len(x):
        raise OperationError(f"A 1×1 convolution over {weights.shape[1]} channels cannot read a map of {len(x)}.")
    flat = np.asarray(x, np.float64).reshape(len(x), -1)
    return (np.asarray(weights, np.float64) @ flat).reshape(len(weights), *x.shape[1:])


def costs(inputs: int, outputs: int, kernel: int, side: int) -> dict[str, tuple[int, int]]:
    """Weights and MACs of both kinds of convolution on a map of side × side outputs, without biases."""
    cells = side * side
    weights = {
        "plain": inputs * outputs * kernel * kernel,
        "depthwise": inputs * kernel * kernel,
        "pointwise": inputs * outputs,
    }
    return {name: (count, count * cells) for name, count in weights.items()}


def ratio(outputs: int, kernel: int) -> float:
    """Separable over plain, in weights and in MACs alike: 1/outputs + 1/kernel²."""
    return 1 / outputs + 1 / kernel**2
