"""The five ways to enlarge, each from what it needs: an image made small first, then brought back.

Nearest, bilinear and the transposed convolution start from the mean of every window; unpooling from its maximum and
the switch; pixel shuffle from all of its cells, as channels.
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.operations.pooling import pool
from cnnviz.records.pooling import Enlarged, PoolingSetting, Upsampled
from cnnviz.topics.pooling import upsampling
from cnnviz.topics.pooling.loss import psnr

Array = np.ndarray


def all_ways(x: Array, factor: int, *, span: float = 1.0) -> tuple[Enlarged, ...]:
    """x: [C, H, W], sides divisible by the factor: made small and enlarged again in every way.

    Raises: OperationError where the sides do not divide.
    """
    if x.shape[1] % factor or x.shape[2] % factor:
        raise OperationError(f"{x.shape[1]} × {x.shape[2]} cells do not divide by {factor}: choose another factor.")
    window = (factor, factor)
    small = pool(x, PoolingSetting("average", window, window)).values
    ways: list[tuple[str, Array, Upsampled]] = [
        ("nearest", small, upsampling.nearest(small, factor)),
        ("bilinear, align_corners=False", small, upsampling.bilinear(small, x.shape[1:])),
        ("bilinear, align_corners=True", small, upsampling.bilinear(small, x.shape[1:], align_corners=True)),
        ("transposed, window divides by stride", small, _even(small, factor)),
        ("transposed, window does not", small, _uneven(small, factor)),
    ]
    greatest = pool(x, PoolingSetting("max", window, window))
    ways.append(("max unpooling", greatest.values, upsampling.unpool(greatest)))
    parts = split(x, factor)
    ways.append(("pixel shuffle", parts, upsampling.shuffle(parts, factor)))
    return tuple(Enlarged(name, one, made.values, psnr(x, made.values, span)) for name, one, made in ways)


def split(x: Array, factor: int) -> Array:
    """[C, H, W] → [C·r², H/r, W/r]: every r-th cell is a channel, what pixel shuffle undoes."""
    channels, height, width = x.shape
    cells = x.reshape(channels, height // factor, factor, width // factor, factor)
    return cells.transpose(0, 2, 4, 1, 3).reshape(-1, height // factor, width // factor)


def tent(factor: int) -> Array:
    """[2r, 2r] (r even) or [2r − 1, 2r − 1] kernel with which a transposed convolution interpolates bilinearly."""
    size = 2 * factor - factor % 2
    row = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    return np.outer(row, row)


def _even(small: Array, factor: int) -> Upsampled:
    """Window 2r, stride r, padding r/2 (r even); r odd: window 2r − 1, padding (r − 1)/2."""
    padding = (2 * factor - factor % 2 - factor) // 2
    return upsampling.transposed(small, tent(factor), stride=(factor, factor), padding=(padding, padding))


def _uneven(small: Array, factor: int) -> Upsampled:
    """Window r + 1 of equal weights: neighbours overlap in single rows and columns, which come out too bright."""
    size = factor + 1
    kernel = np.full((size, size), (factor / size) ** 2)
    made = upsampling.transposed(small, kernel, stride=(factor, factor), padding=(0, 0))
    cut = made.values[:, : small.shape[1] * factor, : small.shape[2] * factor]
    return Upsampled(made.kind, made.x, cut, made.sources, made.weights, made.coverage)
