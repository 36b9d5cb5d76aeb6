"""A permutation of pixels from its definition: applied, undone, as a matrix, and what it does to neighbours.

An order p says that new pixel i shows old pixel p[i], pixels counted row by row: y_i = x_{p(i)}. As a matrix, y = P x
with P[i, p(i)] = 1 and zeros elsewhere; P is orthogonal, so its inverse is its transpose.
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.permutation import PixelOrder

Array = np.ndarray


def describe(order: Array, height: int, width: int) -> PixelOrder:
    """The order with its inverse and its effect. order: [H · W] whole numbers. Raises OperationError."""
    order = checked(order, height * width)
    rows, columns = np.divmod(order, width)
    here_rows, here_columns = np.divmod(np.arange(height * width), width)
    moved = order != np.arange(height * width)
    far = np.hypot(rows - here_rows, columns - here_columns)
    return PixelOrder(
        order=order,
        inverse=inverse(order),
        height=height,
        width=width,
        moved=float(moved.mean()),
        distance=float(far[moved].mean()) if moved.any() else 0.0,
        neighbours=_neighbours_kept(order.reshape(height, width)),
    )


def checked(order: Array, pixels: int) -> Array:
    """The order as int64. Raises OperationError where it is no permutation of so many pixels."""
    order = np.asarray(order).ravel().astype(np.int64)
    if len(order) != pixels:
        raise OperationError(f"an order of {len(order)} places cannot permute {pixels} pixels; it needs {pixels}")
    if not np.array_equal(np.sort(order), np.arange(pixels)):
        raise OperationError(f"this order names a pixel twice or leaves one out; use each of 0 to {pixels - 1} once")
    return order


def apply(values: Array, order: Array) -> Array:
    """y_i = x_{p(i)} for every image and channel. values: [..., H, W]; the same shape comes back."""
    values = np.asarray(values)
    order = checked(order, values.shape[-2] * values.shape[-1])
    return values.reshape(*values.shape[:-2], -1)[..., order].reshape(values.shape)


def inverse(order: Array) -> Array:
    """The order that undoes it: q(p(i)) = i."""
    result = np.empty_like(order)
    result[order] = np.arange(len(order))
    return result


def matrix(order: Array) -> Array:
    """P, [n, n] float64, with y = P x: one 1 in every row and in every column."""
    return np.eye(len(order))[np.asarray(order)]


def smoothness(maps: Array) -> float:
    """How alike cells are that lie side by side: their correlation over all maps, −1 to 1. maps: [C, H, W].

    Near 0 where the order of the cells means nothing; NaN where a map of one value or one cell leaves none to compare.
    """
    maps = np.asarray(maps, dtype=np.float64)
    centred = maps - maps.mean(axis=(1, 2), keepdims=True)
    pairs = [(centred[:, :, :-1], centred[:, :, 1:]), (centred[:, :-1], centred[:, 1:])]
    one = np.concatenate([first.ravel() for first, _ in pairs])
    other = np.concatenate([second.ravel() for _, second in pairs])
    size = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / size) if size > 0 else float("nan")


def _neighbours_kept(old: Array) -> float:
    """Share of side-by-side pairs of the result that were side by side before. old: [H, W], each cell's old place."""
    rows, columns = np.divmod(old, old.shape[1])
    across = np.abs(np.diff(rows, axis=1)) + np.abs(np.diff(columns, axis=1)) == 1
    down = np.abs(np.diff(rows, axis=0)) + np.abs(np.diff(columns, axis=0)) == 1
    pairs = across.size + down.size
    return float((across.sum() + down.sum()) / pairs) if pairs else 1.0
