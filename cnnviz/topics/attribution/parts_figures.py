"""Parts as colours: all on the image, each cell in the colour of its strongest part; and each part by itself."""

from __future__ import annotations

import numpy as np
from PIL import Image

from cnnviz.records import Array
from cnnviz.topics.attribution.parts import Parts

SIDE = 448  # pixels of the longer side of what is drawn
# Told apart with any kind of colour vision: M. Okabe, K. Ito (2008), https://jfly.uni-koeln.de/color/
COLOURS = {
    "orange": (230, 159, 0), "blue": (0, 114, 178), "green": (0, 158, 115), "purple": (204, 121, 167),
    "yellow": (240, 228, 66), "sky blue": (86, 180, 233), "red": (213, 94, 0),
}  # fmt: skip
NAMES = tuple(COLOURS)
OPAQUE = 0.8  # of a colour where its part is strongest


def together(image: Array, found: Parts) -> Array:
    """The image in grey under all parts, [H, W, 3] uint8: each pixel in the colour of the part that is strongest there.

    image: [h, w, 3] uint8.
    """
    grey = _grey(image)
    maps = np.stack([_spread(one, grey.shape[:2]) for one in found.maps])
    winner, strength = maps.argmax(0), maps.max(0)
    table = np.array(list(COLOURS.values()), np.float64)[winner]
    return _over(grey, table, strength / max(float(strength.max()), 1e-12))


def alone(image: Array, found: Parts, part: int) -> Array:
    """The image in grey under one part's colour, as strong as it is there by its own largest, which a ring marks."""
    grey = _grey(image)
    values = _spread(found.maps[part], grey.shape[:2])
    colour = np.broadcast_to(np.array(COLOURS[NAMES[part]], np.float64), grey.shape)
    drawn = _over(grey, colour, values / max(float(values.max()), 1e-12))
    return _ringed(drawn, *_place(found, part, grey.shape[:2]))


def _place(found: Parts, part: int, size: tuple[int, ...]) -> tuple[float, float]:
    """The middle of the strongest cell, in pixels."""
    row, column = found.strongest(part)
    rows, columns = found.maps.shape[1:]
    return (row + 0.5) * size[0] / rows, (column + 0.5) * size[1] / columns


def _ringed(drawn: Array, down: float, across: float) -> Array:
    y, x = np.mgrid[: drawn.shape[0], : drawn.shape[1]] + 0.5
    away = np.hypot(y - down, x - across) - 0.04 * max(drawn.shape[:2])
    found = drawn.copy()
    found[np.abs(away) < 5] = 255
    found[np.abs(away) < 2.5] = 20
    return found


def _grey(image: Array) -> Array:
    """[H, W, 3] float64, SIDE pixels on the longer side."""
    scale = SIDE / max(image.shape[:2])
    size = (max(1, round(scale * image.shape[1])), max(1, round(scale * image.shape[0])))
    large = Image.fromarray(image).convert("L").resize(size, Image.Resampling.BICUBIC)
    return np.repeat(np.asarray(large, np.float64)[..., None], 3, axis=2)


def _spread(values: Array, size: tuple[int, ...]) -> Array:
    """Cells as large as the image, with soft edges; none negative."""
    large = Image.fromarray(values.astype(np.float32)).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.maximum(np.asarray(large, np.float64), 0)


def _over(grey: Array, colour: Array, share: Array) -> Array:
    opacity = OPAQUE * share[..., None]
    found: Array = np.rint(grey * (1 - opacity) + colour * opacity).astype(np.uint8)
    return found
