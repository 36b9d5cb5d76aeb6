"""What a trial of many maps has measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MEASURES = ("energy", "pointing", "overlap", "deletion", "insertion", "deletion_blur", "insertion_blur")
LOWER = frozenset({"deletion", "deletion_blur"})  # less is better


@dataclass(frozen=True, eq=False)
class Contestant:
    """A method or a control. scores: measure → [n], a number an image."""

    name: str
    title: str
    is_control: bool
    scores: dict[str, np.ndarray]

    def mean(self, measure: str) -> float:
        """Over the images."""
        return float(self.scores[measure].mean())

    def half_width(self, measure: str) -> float:
        """Half of the 95 % interval of the mean, by the normal law: 1.96 standard errors."""
        values = self.scores[measure]
        return float(1.96 * values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else float("inf")


@dataclass(frozen=True, eq=False)
class Trial:
    """contestants: methods, then controls. agreement: [k, k], mean rank correlation of their maps. images: how many.

    share: of the pixels that the mean mask covers, which is the constant map's energy, computed by hand.
    absent: method → why it has no map on this network.
    """

    contestants: tuple[Contestant, ...]
    agreement: np.ndarray
    images: int
    share: float
    absent: dict[str, str]
