"""What a layer's units made of many images, and the pieces of images that drive one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records import Field


@dataclass(frozen=True, eq=False)
class Responses:
    """A layer's highest and lowest cell of every channel in every image.

    high, low: [N, C] float32. high_at, low_at: [N, C] int32, which cell, counted along the rows of `cells` (h, w);
    a vector's units have one cell. mean: [C] float64, over all cells of all images. field: what a cell sees.
    size: (H, W) of the images. seconds: what it took.
    """

    layer: str
    high: np.ndarray
    high_at: np.ndarray
    low: np.ndarray
    low_at: np.ndarray
    mean: np.ndarray
    cells: tuple[int, int]
    field: Field
    size: tuple[int, int]
    seconds: float

    @property
    def images(self) -> int:
        """How many images went through."""
        return len(self.high)

    @property
    def channels(self) -> int:
        """How many channels the layer has."""
        return self.high.shape[1]


@dataclass(frozen=True)
class Patch:
    """The piece of an image that a cell sees. box: (top, left, bottom, right) in pixels, half-open, not clipped."""

    image: int
    cell: tuple[int, int]
    value: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Driving:
    """One channel's patches: what drives it highest, the highest first; what drives it lowest, the lowest first."""

    channel: int
    highest: tuple[Patch, ...]
    lowest: tuple[Patch, ...]


@dataclass(frozen=True, eq=False)
class Ways:
    """How alike images are at each layer, as rank correlations.

    made: the made image with the real ones, wide: half of its 95 % interval; real: the real ones among themselves;
    other: the real ones with images drawn at random. images, others: how many real ones, how many at random.
    """

    layers: tuple[str, ...]
    made: np.ndarray
    wide: np.ndarray
    real: np.ndarray
    other: np.ndarray
    images: int
    others: int


@dataclass(frozen=True, eq=False)
class Direction:
    """The way from one class's mean features to another's.

    vector: [C] float32 of length 1. along: [N] where each gallery image lies along it, NaN where it was not asked.
    ends: the two classes' means along it. right: the share of their images on their own side of the middle, each left
    out of the means in turn. images: how many of both classes.
    """

    vector: np.ndarray
    along: np.ndarray
    ends: tuple[float, float]
    right: float
    images: int

    def farthest(self, count: int) -> list[int]:
        """The images that lie farthest along, the farthest first."""
        known = np.flatnonzero(~np.isnan(self.along))
        return known[np.argsort(-self.along[known], kind="stable")][:count].tolist()


@dataclass(frozen=True)
class Cut:
    """A channel of a layer times `gain`; with a tap (input, row, column) only that number of its kernel."""

    layer: str
    channel: int
    gain: float
    tap: tuple[int, int, int] | None = None


@dataclass(frozen=True, eq=False)
class Operated:
    """What layers [C, h, w] or [C] and the outputs [K] were before the cuts and are after them, float32."""

    cuts: tuple[Cut, ...]
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]
    outputs_before: np.ndarray
    outputs_after: np.ndarray

    def most_changed(self, key: str, count: int) -> list[int]:
        """The channels of a layer that changed most, by the length of the difference; unchanged ones left out."""
        gap = (self.after[key] - self.before[key]).reshape(len(self.before[key]), -1)
        length = np.sqrt((gap.astype(np.float64) ** 2).sum(1))
        order = np.argsort(-length, kind="stable")
        return [int(channel) for channel in order[:count] if length[channel] > 0]

    def changed(self, key: str) -> int:
        """In how many of a layer's channels a cell changed at all."""
        gap = self.after[key] != self.before[key]
        return int(gap.reshape(len(gap), -1).any(1).sum())


@dataclass(frozen=True)
class Round:
    """One round of the game. options: four channels in the order in which they stand; channel: the right one."""

    channel: int
    options: tuple[int, ...]
