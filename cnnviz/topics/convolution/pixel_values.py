"""An image as numbers from 0 to 1, at the size that is asked for."""

from __future__ import annotations

import numpy as np
from PIL import Image

from cnnviz.records.activations import Array

LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow's "L" mode weighs red, green and blue


def square(image: Image.Image, size: int, *, grey: bool, decimals: int = 2) -> Array:
    """The middle square, averaged to size × size: [1 or 3, size, size], rounded so that cells can show it."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    small = image.convert("RGB").resize((size, size), Image.Resampling.BOX, (left, top, left + side, top + side))
    return np.round(_channels(small, grey=grey), decimals)


def whole(image: Image.Image, longest: int, *, grey: bool) -> Array:
    """The whole image with its long side at most `longest`: [1 or 3, H, W] float64."""
    small = image.convert("RGB")
    if max(small.size) > longest:
        small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    elif max(small.size) < longest // 2:
        factor = longest // max(small.size)
        small = small.resize((small.width * factor, small.height * factor), Image.Resampling.NEAREST)
    return _channels(small, grey=grey)


def _channels(image: Image.Image, *, grey: bool) -> Array:
    values = np.asarray(image, dtype=np.float64) / 255.0
    return (values @ LUMA)[None] if grey else np.ascontiguousarray(values.transpose(2, 0, 1))
