"""Arrays as images, pixel by pixel: PNG bytes, enlargement without smoothing, the preparation as a strip."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from cnnviz.records import Array


def png(array: Array) -> bytes:
    """PNG bytes of uint8 [H, W] (grey), [H, W, 3] or [H, W, 4], lossless.

    Raises ValueError for any other type or shape: scale floats with a palette first, so that the scale is a decision.
    """
    array = np.asarray(array)
    if array.dtype != np.uint8:
        raise ValueError(f"a PNG needs uint8, found {array.dtype}; colour floats with figures.palettes first")
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))) or array.size == 0:
        raise ValueError(f"a PNG needs [H, W], [H, W, 3] or [H, W, 4] with pixels in it, found {list(array.shape)}")
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG", compress_level=1)  # 3 ms instead of 11 for an image on a page
    return buffer.getvalue()


def enlarge(array: Array, factor: int) -> Array:
    """Every pixel as a square of factor × factor: [H, W, …] → [H·factor, W·factor, …], no smoothing."""
    if factor < 1:
        raise ValueError(f"an image is enlarged by 1 or more, found {factor}")
    return np.repeat(np.repeat(array, factor, axis=0), factor, axis=1)


def enlarge_to(array: Array, size: int) -> Array:
    """Enlarged by the largest whole factor that keeps the long side within `size` pixels; never reduced."""
    return enlarge(array, max(1, size // max(array.shape[:2])))


def thumbnail_png(image: Image.Image, size: int) -> bytes:
    """PNG bytes of an RGB image whose long side is at most `size`; small ones are enlarged pixel by pixel."""
    if max(image.size) > size:
        image = image.copy()
        image.thumbnail((size, size), Image.Resampling.LANCZOS)
    return png(enlarge_to(np.asarray(image.convert("RGB")), size))


def rgb(array: Array) -> Array:
    """uint8 [H, W] or [H, W, 1] or [H, W, 3] → uint8 [H, W, 3]."""
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[:, :, None]
    return np.broadcast_to(array, (*array.shape[:2], 3)) if array.shape[2] == 1 else array


def fit(array: Array, size: int) -> Array:
    """As large as fits a size × size square, centred, transparent around it: uint8 [size, size, 4].

    Small images are enlarged by a whole factor, pixel by pixel; larger ones are reduced with area averaging.
    """
    picture = rgb(array)
    height, width = picture.shape[:2]
    largest = max(height, width)
    if largest <= size:
        picture = enlarge(picture, size // largest)
    else:
        scaled = (max(1, round(width * size / largest)), max(1, round(height * size / largest)))
        picture = np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize(scaled, Image.Resampling.BOX))
    canvas = np.zeros((size, size, 4), np.uint8)
    height, width = picture.shape[:2]
    top, left = (size - height) // 2, (size - width) // 2
    canvas[top : top + height, left : left + width, :3] = picture
    canvas[top : top + height, left : left + width, 3] = 255
    return canvas


def strip(steps: Sequence[tuple[str, Array]], *, size: int = 112, gap: int = 8) -> tuple[Array, tuple[str, ...]]:
    """The steps of a preparation from left to right, as one image, and their labels.

    steps: (label, uint8 [H, W] or [H, W, 3]). Returns uint8 [size, n·size + (n−1)·gap, 4], transparent between.
    """
    if not steps:
        raise ValueError("a strip needs at least one step, found none")
    space = np.zeros((size, gap, 4), np.uint8)
    tiles: list[Array] = []
    for _, picture in steps:
        tiles += [space, fit(picture, size)]
    return np.concatenate(tiles[1:], axis=1), tuple(label for label, _ in steps)
