"""Shapes: six kinds of figure in random colours, sizes, places and turns, with the mask of where the figure is.

Each figure is the set of points with a signed distance below 0 (Hart 1996, "Sphere tracing"), so that edges are smooth
and a whole data set is a few array operations.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from cnnviz.datasets.kinds import Dataset, Info, Source
from cnnviz.records import Array

SIDE = 32
COUNTS = {"train": 6000, "test": 1000}
SEEDS = {"train": 1, "test": 2}
RADII = (6.0, 11.0)  # pixels, centre to the farthest point
CONTRAST = (90.0, 166.0)  # levels by which figure and ground differ, in each channel
NOISE = 6.0  # levels, standard deviation


def _circle(x: Array, y: Array, r: Array) -> Array:
    return np.hypot(x, y) - 0.9 * r


def _ring(x: Array, y: Array, r: Array) -> Array:
    return np.abs(np.hypot(x, y) - 0.75 * r) - 0.2 * r


def _square(x: Array, y: Array, r: Array) -> Array:
    return np.maximum(np.abs(x), np.abs(y)) - r / np.sqrt(2)


def _triangle(x: Array, y: Array, r: Array) -> Array:
    slope = np.sqrt(3) / 2
    return np.maximum(y, slope * np.abs(x) - y / 2) - r / 2


def _star(x: Array, y: Array, r: Array) -> Array:
    """Five points: folded into one tenth of the turn, it is the side of one line from the tip to the inner corner."""
    fifth = 2 * np.pi / 5
    angle = np.arctan2(y, x)
    angle = np.abs(angle - fifth * np.round(angle / fifth))
    radius, corner = np.hypot(x, y), 0.42
    across, along = corner * np.sin(fifth / 2), 1 - corner * np.cos(fifth / 2)
    return ((radius * np.cos(angle) - r) * across + radius * np.sin(angle) * along) / np.hypot(across, along)


def _cross(x: Array, y: Array, r: Array) -> Array:
    x, y = np.abs(x), np.abs(y)
    wide, thin = 0.95 * r, 0.3 * r
    return np.minimum(np.maximum(x - wide, y - thin), np.maximum(x - thin, y - wide))


FIGURES: dict[str, Callable[[Array, Array, Array], Array]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "cross": _cross,
    "ring": _ring,
}

INFO = Info(
    title="shapes",
    shape=(3, SIDE, SIDE),
    classes=tuple(FIGURES),
    mean=(0.4971, 0.4961, 0.5045),
    std=(0.3245, 0.3251, 0.3249),
    sentence="6,000 and 1,000 coloured figures of 32 × 32 pixels, drawn from a seed; always there.",
    masks=True,
)


def find(root: Path) -> str:
    """Where it is, in words; "" where it is not here."""
    return f"drawn from seeds {SEEDS['train']} and {SEEDS['test']}"


def read(root: Path, split: str) -> Dataset:
    """One split as tensors. Raises DatasetError for files that are damaged."""
    images, labels, masks = draw(COUNTS[split], SEEDS[split])
    tensors = (torch.from_numpy(values) for values in (images, labels, masks))
    image, label, mask = tensors
    return Dataset("shapes", split, image, label, INFO.classes, find(root), masks=mask)


def draw(count: int, seed: int) -> tuple[Array, Array, Array]:
    """([N, 3, 32, 32] uint8, [N] int64, [N, 32, 32] bool); each class as often as the others, in random order."""
    random = np.random.RandomState(seed)  # numpy froze its stream: the same images with any version
    labels = random.permutation(np.arange(count) % len(FIGURES)).astype(np.int64)
    coverage = _coverage(labels, random)
    ground, figure = _colours(count, random)
    colours = ground + coverage[:, None] * (figure - ground)
    colours += NOISE * random.standard_normal(colours.shape).astype(np.float32)
    return colours.round().clip(0, 255).astype(np.uint8), labels, coverage >= 0.5


def _coverage(labels: Array, random: np.random.RandomState) -> Array:
    """[N, 32, 32] float32: the part of each pixel that the figure covers. The figure is never cut by the border."""
    count = len(labels)
    radius = random.uniform(*RADII, count)
    centres = radius + 1 + random.uniform(size=(2, count)) * (SIDE - 2 * radius - 2)
    turn = random.uniform(0, 2 * np.pi, count)
    middles = np.arange(SIDE) + 0.5
    across = middles[None, None, :] - centres[0][:, None, None]
    down = middles[None, :, None] - centres[1][:, None, None]
    cos, sin = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    x, y = (cos * across + sin * down).astype(np.float32), (cos * down - sin * across).astype(np.float32)
    coverage = np.empty((count, SIDE, SIDE), dtype=np.float32)
    for label, figure in enumerate(FIGURES.values()):
        those = labels == label
        coverage[those] = 0.5 - figure(x[those], y[those], radius[those].astype(np.float32)[:, None, None])
    return coverage.clip(0, 1)


def _colours(count: int, random: np.random.RandomState) -> tuple[Array, Array]:
    """The ground, which changes from one side to the other [N, 3, 32, 32], and the figure's colour [N, 3, 1, 1]."""
    start = random.uniform(0, 256, (count, 3)).astype(np.float32)
    figure = (start + random.uniform(*CONTRAST, (count, 3))) % 256
    towards = np.sign(start - figure) * random.uniform(0, 60, (count, 3))  # away from the figure's colour
    turn = random.uniform(0, 2 * np.pi, count)
    place = np.linspace(-0.5, 0.5, SIDE)
    ramp = np.cos(turn)[:, None, None] * place[None, None, :] + np.sin(turn)[:, None, None] * place[None, :, None] + 0.5
    ground = start[:, :, None, None] + towards[:, :, None, None] * ramp[:, None]
    return ground.clip(0, 255).astype(np.float32), figure.astype(np.float32)[:, :, None, None]


SOURCE = Source(INFO, find, read)
