"""Making maps larger, from the definitions; for each value where it comes from and with which weight.

nearest y[i] = x[⌊i / s⌋] · bilinear: between the two nearest rows and columns · transposed convolution: every cell lays
its multiple of the kernel down, s apart, and what overlaps is added · max unpooling: each maximum at its switch, zeros
elsewhere · pixel shuffle: r² channels become one channel, r times larger.

Sources: Zeiler et al., Adaptive Deconvolutional Networks (2011); Odena et al., Deconvolution and Checkerboard Artifacts
(2016), https://distill.pub/2016/deconv-checkerboard; Shi et al., Real-Time Single Image and Video Super-Resolution
Using an Efficient Sub-Pixel Convolutional Neural Network (2016), https://arxiv.org/abs/1609.05158
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.pooling import Pair, Pooled, Upsampled

Array = np.ndarray

KINDS = {
    "nearest": "Nearest",
    "bilinear": "Bilinear",
    "transposed": "Transposed convolution",
    "unpool": "Max unpooling",
    "shuffle": "Pixel shuffle",
}


def nearest(x: Array, scale: int) -> Upsampled:
    """Every cell becomes scale × scale cells. x: [H, W] or [C, H, W]. Raises: OperationError for a scale below 1."""
    x = _maps(x)
    _at_least_one("The scale", scale)
    rows, columns = (np.arange(side * scale) // scale for side in x.shape[1:])
    places = (rows[:, None] * x.shape[2] + columns[None])[..., None]
    return _linear("nearest", x, places, np.ones(places.shape))


def bilinear(x: Array, size: Pair, *, align_corners: bool = False) -> Upsampled:
    """Between the four nearest cells, by distance. size: the output's rows and columns.

    align_corners: True puts the outermost cells' centres over each other (source i·(n−1)/(m−1)); False the images'
    edges (source (i + ½)·n/m − ½, not below 0).
    """
    x = _maps(x)
    _at_least_one("The output", min(size))
    (row, down), (column, right) = (
        _between(length, wanted, align_corners) for length, wanted in zip(x.shape[1:], size, strict=True)
    )
    places = row[:, None, :, None] * x.shape[2] + column[None, :, None, :]
    weights = down[:, None, :, None] * right[None, :, None, :]
    return _linear("bilinear", x, places.reshape(*size, 4), weights.reshape(*size, 4))


def transposed(
    x: Array, kernel: Array, *, stride: Pair = (1, 1), padding: Pair = (0, 0), output_padding: Pair = (0, 0)
) -> Upsampled:
    """s(i − 1) + k + output_padding − 2p rows and columns; the same kernel for each channel.

    Raises: OperationError where nothing would be left or the output padding is not below the stride.
    """
    x = _maps(x)
    size = _transposed_size(x.shape[1:], kernel.shape, stride, padding, output_padding)
    rows, columns = (_reaching(size[at], x.shape[1 + at], kernel.shape[at], stride[at], padding[at]) for at in range(2))
    held = (rows >= 0)[:, None, :, None] & (columns >= 0)[None, :, None, :]
    places = np.where(held, rows[:, None, :, None] * x.shape[2] + columns[None, :, None, :], -1)
    weights = np.where(held, kernel[None, None], 0.0)
    return _linear("transposed", x, places.reshape(*size, -1), weights.reshape(*size, -1))


def unpool(pooled: Pooled) -> Upsampled:
    """The maxima back at their switches, [C, H, W] as before the pooling; zero everywhere else.

    Raises: OperationError where the pooling kept no switches.
    """
    if pooled.switches is None:
        raise OperationError("Only max pooling keeps switches: choose max pooling, or restore by nearest or bilinear.")
    channels, *size = pooled.x.shape
    own = np.full((channels, size[0] * size[1]), -1)
    cells = np.arange(pooled.values.size).reshape(channels, -1)
    for channel in range(channels):
        own[channel, pooled.switches[channel].ravel()] = cells[channel]
    places = own.reshape(channels, *size, 1)
    return _gathered("unpool", pooled.values, places, (places >= 0).astype(np.float64))


def shuffle(x: Array, factor: int) -> Upsampled:
    """y[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w]. x: [C·r², H, W].

    Raises: OperationError where the channels do not divide by r².
    """
    x = _maps(x)
    _at_least_one("The factor", factor)
    channels, height, width = x.shape
    if channels % factor**2:
        raise OperationError(
            f"Pixel shuffle by {factor} makes one channel of {factor**2}; {channels} do not divide: take "
            f"{-(-channels // factor**2) * factor**2}."
        )
    cells = np.arange(x.size).reshape(channels // factor**2, factor, factor, height, width)
    places = cells.transpose(0, 3, 1, 4, 2).reshape(-1, height * factor, width * factor, 1)
    return _gathered("shuffle", x, places, np.ones(places.shape))


# ------------------------------------------------------------------------------------------------ how they are made
def _maps(x: Array) -> Array:
    x = np.asarray(x, dtype=np.float64)
    return x[None] if x.ndim == 2 else x


def _linear(kind: str, x: Array, places: Array, weights: Array) -> Upsampled:
    """The same sources in every channel. places, weights: [OH, OW, K]."""
    offsets = np.arange(len(x))[:, None, None, None] * x[0].size
    sources = np.where(places >= 0, places + offsets, -1)
    return _gathered(kind, x, sources, np.broadcast_to(weights, sources.shape))


def _gathered(kind: str, x: Array, sources: Array, weights: Array) -> Upsampled:
    values = (x.ravel()[np.maximum(sources, 0)] * weights).sum(-1)
    return Upsampled(kind, x, values, sources, weights, (sources[0] >= 0).sum(-1))


def _between(length: int, wanted: int, align_corners: bool) -> tuple[Array, Array]:
    """The two nearest cells of each output cell along one axis, and their weights: [wanted, 2] each."""
    if align_corners:
        at = np.arange(wanted) * ((length - 1) / (wanted - 1) if wanted > 1 else 0.0)
    else:
        at = np.maximum((np.arange(wanted) + 0.5) * (length / wanted) - 0.5, 0.0)
    low = np.minimum(at.astype(np.int64), length - 1)
    high, share = np.minimum(low + 1, length - 1), at - low
    return np.stack([low, high], -1), np.stack([1 - share, share], -1)


def _reaching(size: int, length: int, kernel: int, stride: int, padding: int) -> Array:
    """[size, kernel] int: the cell whose multiple of that weight falls here; −1 where there is none."""
    start = np.arange(size)[:, None] + padding - np.arange(kernel)[None]
    cell = start // stride
    return np.where((start % stride == 0) & (cell >= 0) & (cell < length), cell, -1)


def _transposed_size(size: tuple[int, ...], kernel: tuple[int, ...], stride: Pair, padding: Pair, extra: Pair) -> Pair:
    if min(stride) < 1 or min(padding) < 0 or min(extra) < 0:
        raise OperationError("The stride is 1 or more, paddings are 0 or more: raise what is below.")
    if any(more >= step for more, step in zip(extra, stride, strict=True)):
        raise OperationError(f"Output padding {max(extra)} must be below the stride: lower it, or raise the stride.")
    rows, columns = (stride[at] * (size[at] - 1) + kernel[at] + extra[at] - 2 * padding[at] for at in range(2))
    if min(rows, columns) < 1:
        raise OperationError(f"Padding {max(padding)} removes everything: {rows} × {columns} would be left. Lower it.")
    return rows, columns


def _at_least_one(what: str, number: int) -> None:
    if number < 1:
        raise OperationError(f"{what} is 1 or more, not {number}: raise it.")
