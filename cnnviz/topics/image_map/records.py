"""Many images at many layers: their features, where they lie on a map, and how far classes have parted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ImageFeatures:
    """layers: in order, the pixels first. values: [N, D] float32 for each. answers: [N] int64, the largest
    output, −1 where there are not several numbers to choose from.

    seconds: what the pass took.
    """

    layers: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    answers: np.ndarray
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.answers)


@dataclass(frozen=True, eq=False)
class Plane:
    """A map of one layer. places: [N, 2] float64, mean 0, root mean square 1. kept: the share of the variance that the
    two axes of PCA keep; for t-SNE the divergence that is left."""

    places: np.ndarray
    kept: float


@dataclass(frozen=True)
class Parted:
    """How well a layer's neighbours know an image's class. right: the share of images whose k nearest others (leave
    one out) vote for its class; wide: half of the 95 % interval; chance: the share of the largest class."""

    layer: str
    right: float
    wide: float
    chance: float
