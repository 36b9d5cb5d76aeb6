"""What a trial of many maps has measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GROUPS: dict[str, tuple[str, ...]] = {
    "mask": ("energy", "pointing", "overlap"),
    "fills": ("deletion", "insertion", "deletion_blur", "insertion_blur", "road"),
    "square": ("grid_pg", "di_full"),
    "random": ("rank", "ssim"),
    "noise": ("sensitivity",),
}
MEASURES = tuple(measure for group in GROUPS.values() for measure in group)
LOWER = frozenset({"deletion", "deletion_blur", "rank", "ssim", "sensitivity"})  # less is better
ANEW = "noise_anew"  # the control that is drawn anew for each network


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
    """contestants: methods, then controls. images: how many.

    agreement: [k, k], mean rank correlation of their maps; [0, 0] where none was asked for.
    share: of the pixels that the mean mask covers, which is the constant map's energy, computed by hand.
    absent: method or measure → why it has nothing to show on this network.
    stages: down to where weights were drawn anew, from the last layer on; scores then hold "rank:1", "rank:2", …
    layers: how many with weights the stages have together.
    empty: share of the pixels around the objects that are the baseline itself.
    """

    contestants: tuple[Contestant, ...]
    agreement: np.ndarray
    images: int
    share: float
    absent: dict[str, str]
    stages: tuple[str, ...] = ()
    layers: int = 0
    empty: float = 0.0

    @property
    def measures(self) -> tuple[str, ...]:
        """What every contestant has a number for."""
        return tuple(one for one in MEASURES if all(one in each.scores for each in self.contestants))
