"""Ways to halve a map that differ in nothing else: keep every second cell, the mean, the maximum, or blur first.

Blurring before every second cell is kept (BlurPool) removes what the coarser grid cannot hold; MaxBlurPool takes the
maximum at every place first. [1 2 1]² / 16, edges reflected.

Source: Zhang, Making Convolutional Networks Shift-Invariant Again (2019), https://arxiv.org/abs/1904.11486
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnnviz.operations import OperationError

Array = np.ndarray

LEAST = 4  # cells a side: below, a reflected blur and a half have no meaning


def halve(x: Array, way: str) -> Array:
    """x: [C, H, W] → [C, ⌊H/2⌋, ⌊W/2⌋], as float as it came. way: one of WAYS.

    Raises: OperationError for maps under 4 × 4 cells, KeyError for another way.
    """
    if min(x.shape[-2:]) < LEAST:
        raise OperationError(f"A map of {x.shape[-2]} × {x.shape[-1]} is too small: {LEAST} × {LEAST} can be halved.")
    even = x[..., : x.shape[-2] // 2 * 2, : x.shape[-1] // 2 * 2]
    return WAYS[way][1](even)


def _stride(x: Array) -> Array:
    return x[..., ::2, ::2]


def _average(x: Array) -> Array:
    return (x[..., ::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, ::2] + x[..., 1::2, 1::2]) / x.dtype.type(4)


def _max(x: Array) -> Array:
    rows = np.maximum(x[..., ::2, :], x[..., 1::2, :])
    found: Array = np.maximum(rows[..., ::2], rows[..., 1::2])
    return found


def _blur(x: Array) -> Array:
    """[1 2 1] down and across, divided by 16, then every second cell."""
    wide = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(1, 1), (1, 1)], mode="reflect")
    rows = wide[..., :-2:2, :] + 2 * wide[..., 1:-1:2, :] + wide[..., 2::2, :]
    found: Array = (rows[..., :-2:2] + 2 * rows[..., 1:-1:2] + rows[..., 2::2]) / x.dtype.type(16)
    return found


def _max_blur(x: Array) -> Array:
    """The maximum of 2 × 2 at every place (the last row and column repeated), then blurred."""
    wide = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, 1), (0, 1)], mode="edge")
    rows = np.maximum(wide[..., :-1, :], wide[..., 1:, :])
    return _blur(np.maximum(rows[..., :-1], rows[..., 1:]))


WAYS: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "max": ("max pooling", _max),
    "average": ("average pooling", _average),
    "stride": ("stride: every second cell", _stride),
    "blur": ("anti-aliased stride (blur, then every second cell)", _blur),
    "max_blur": ("anti-aliased max (max, blur, then every second cell)", _max_blur),
}
