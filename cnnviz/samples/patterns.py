"""Images drawn by a formula, on which one sees at once what a filter answers to. Each is [side, side, 3] uint8."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from cnnviz.records import Array

SIDE = 256


def _grid() -> tuple[Array, Array]:
    """x to the right and y down, both from -1 to 1, at the pixels' middles."""
    place = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
    return np.meshgrid(place, place)


def _grey(values: Array) -> Array:
    """values: [side, side] in [0, 1]."""
    return np.repeat(np.rint(values.clip(0, 1) * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def checkerboard() -> Array:
    """Eight by eight fields, black and white."""
    fields = np.arange(SIDE) // (SIDE // 8)
    return _grey((fields[:, None] + fields[None, :]) % 2.0)


def grating() -> Array:
    """Stripes of one direction and one width: sin(2π · 8 · (x cos 30° + y sin 30°))."""
    x, y = _grid()
    turn = np.pi / 6
    return _grey(0.5 + 0.5 * np.sin(2 * np.pi * 4 * (x * np.cos(turn) + y * np.sin(turn))))


def rings() -> Array:
    """A zone plate, cos(π · 16 · r²): every direction, and every width, finer towards the rim."""
    x, y = _grid()
    return _grey(0.5 + 0.5 * np.cos(np.pi * 16 * (x**2 + y**2)))


def gradient() -> Array:
    """Red grows to the right, green downwards, blue against both."""
    x, y = _grid()
    return np.rint(np.stack([(x + 1) / 2, (y + 1) / 2, (2 - x - y) / 4], axis=2) * 255).astype(np.uint8)


def edge() -> Array:
    """One straight edge, upright, dark on the left."""
    x, _ = _grid()
    return _grey(np.where(x < 0, 0.15, 0.85))


def dot() -> Array:
    """One small white square on black: a convolution prints its own kernel around it."""
    x, y = _grid()
    return _grey((np.maximum(np.abs(x), np.abs(y)) < 8 / SIDE).astype(float))


def bars() -> Array:
    """The eight corners of the colour cube, from white to black."""
    colours = np.array([[i & 2, i & 4, i & 1] for i in range(7, -1, -1)], dtype=bool) * np.uint8(255)
    return np.tile(np.repeat(colours, SIDE // 8, axis=0)[None], (SIDE, 1, 1))


def star() -> Array:
    """A five-pointed star in one colour on another, as in the data set of shapes."""
    large = Image.new("RGB", (4 * SIDE, 4 * SIDE), (38, 70, 140))
    turns = np.pi / 2 + np.arange(10) * np.pi / 5
    reach = np.where(np.arange(10) % 2 == 0, 0.36, 0.36 * 0.42) * 4 * SIDE
    corners = np.stack([np.cos(turns) * reach, -np.sin(turns) * reach], axis=1) + 2 * SIDE
    ImageDraw.Draw(large).polygon([(float(x), float(y)) for x, y in corners], fill=(235, 170, 50))
    return np.asarray(large.resize((SIDE, SIDE), Image.Resampling.BOX))


PATTERNS: dict[str, tuple[str, Callable[[], Array]]] = {
    "checkerboard": ("checkerboard", checkerboard),
    "grating": ("grating", grating),
    "rings": ("rings, finer outwards", rings),
    "gradient": ("gradient", gradient),
    "edge": ("one edge", edge),
    "dot": ("one dot", dot),
    "bars": ("colour bars", bars),
    "star": ("star", star),
}

# A three, as points of a curve in a square of 1 × 1: written with one pen, drawn here and nowhere else.
THREE = ((0.29, 0.27), (0.36, 0.17), (0.50, 0.13), (0.65, 0.19), (0.68, 0.32), (0.59, 0.42), (0.46, 0.465),
         (0.60, 0.49), (0.71, 0.60), (0.70, 0.75), (0.58, 0.86), (0.42, 0.86), (0.29, 0.77))  # fmt: skip


def digit_on_paper() -> Array:
    """[480, 360, 3]: a three in black ink on white paper, lit from one corner, as a phone sees it. Width 360 pixels."""
    wide, high = 360, 480
    ink = Image.new("L", (2 * wide, 2 * high), 0)
    pen = ImageDraw.Draw(ink)
    for index, (x, y) in enumerate(_curve(THREE, 400) * 560 + (80, 200)):
        radius = 11 + 3 * np.sin(index / 40)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    cover = np.asarray(ink.resize((wide, high), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.8))) / 255
    down, across = np.mgrid[0:high, 0:wide] / high
    light = 225 - 85 * across - 45 * down + 20 * np.exp(-(((across - 0.2) ** 2 + (down - 0.25) ** 2) / 0.08))
    grain = np.random.RandomState(0).standard_normal((high, wide)) * 2.5
    paper = (light * (1 - 0.82 * cover) + grain)[:, :, None] * np.array([1.0, 0.98, 0.93])
    return paper.round().clip(0, 255).astype(np.uint8)


def drawn_three() -> Array:
    """[280, 280, 3]: the same three drawn with a round pen, black on white, as on the sheet that one draws on."""
    side, finer = 280, 4
    ink = Image.new("L", (finer * side, finer * side), 255)
    pen = ImageDraw.Draw(ink)
    path = _curve(THREE, 400)
    middle, radius = (path.min(axis=0) + path.max(axis=0)) / 2, 10.5 * finer
    for x, y in (path - middle) * 250 * finer + finer * side / 2:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return np.asarray(ink.resize((side, side), Image.Resampling.BOX).convert("RGB"))


def _curve(points: tuple[tuple[float, float], ...], count: int) -> Array:
    """[count, 2] on a smooth curve through the points (Catmull and Rom 1974)."""
    known = np.array([points[0], *points, points[-1]])
    at = np.linspace(0, len(points) - 1 - 1e-9, count)
    first, part = at.astype(int), (at % 1)[:, None]
    p0, p1, p2, p3 = (known[first + shift] for shift in range(4))
    return 0.5 * (
        2 * p1 + (p2 - p0) * part + (2 * p0 - 5 * p1 + 4 * p2 - p3) * part**2 + (3 * p1 - p0 - 3 * p2 + p3) * part**3
    )
