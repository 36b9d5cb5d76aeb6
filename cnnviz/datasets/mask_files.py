"""Masks of one's own: beside an image `cat.jpg` may lie `cat_mask.png`, light where the object is and dark elsewhere.

A file of such a name is a mask and never an image of its class, whether or not there is an image that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from cnnviz.images import decoding

MARK = "_mask.png"


def is_mask(name: str) -> bool:
    """Whether a file of this name is a mask.

    >>> is_mask("cat_mask.png"), is_mask("Cat_Mask.PNG"), is_mask("cat_mask.jpg"), is_mask("_mask.png")
    (True, True, False, False)
    """
    return len(name) > len(MARK) and name.lower().endswith(MARK)


def stem(name: str) -> str:
    """What an image and its mask have in common: an image's name without its ending, a mask's without the mark."""
    return name[: -len(MARK)] if is_mask(name) else name.rpartition(".")[0]


def by_stem(names: Iterable[str]) -> dict[str, str]:
    """Of the masks among these names of one folder: stem → name; of two that differ in case the first by name."""
    return {stem(name): name for name in sorted(names, reverse=True) if is_mask(name)}


def read(data: bytes | Path, size: tuple[int, int]) -> Image.Image:
    """A mask as grey levels of 0 and 255: what is at least half as light as its lightest pixel is the thing.

    size: (width, height) of its image. Raises decoding.ImageError for what cannot be read, is of another size or marks
    nothing.
    """
    image = decoding.read(data)
    if image.size != size:
        raise decoding.ImageError(
            "The mask has {} × {} pixels, its image {} × {}: both must be of one size.".format(*image.size, *size)
        )
    levels = np.asarray(image).max(-1).astype(int)
    if not levels.any():
        raise decoding.ImageError("The mask is black everywhere: it must be light where the object is.")
    return Image.fromarray(np.where(2 * levels >= levels.max(), 255, 0).astype(np.uint8))


def cut(mask: Image.Image) -> np.ndarray:
    """[height, width] bool of a mask that was made smaller."""
    return np.asarray(mask) > 127
