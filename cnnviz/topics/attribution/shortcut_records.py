"""What a trial with a planted shortcut has measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def half_width(values: np.ndarray) -> float:
    """Half of the 95 % interval of a mean, by the normal law: 1.96 standard errors."""
    return float(1.96 * values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else float("inf")


@dataclass(frozen=True, eq=False)
class Pointed:
    """A method or a control. cue, twin: [n], the share of what speaks for the class that lies on the square, in the
    network that uses it and in the one that does not, on the same images."""

    name: str
    title: str
    is_control: bool
    cue: np.ndarray
    twin: np.ndarray

    def finds(self, share: float) -> bool:
        """Whether it points at the square where it is used: more than its area, and more than in the twin."""
        gap = self.cue - self.twin
        above = self.cue.mean() - half_width(self.cue) > share
        return bool(above and gap.mean() > half_width(gap))

    def alarms(self, share: float) -> bool:
        """Whether it points at the square in the network that does not use it: more than its area."""
        return bool(self.twin.mean() - half_width(self.twin) > share)


@dataclass(frozen=True, eq=False)
class PlantedShortcut:
    """methods: then controls. share: of the image that the square covers. images: how many. absent: method → why.

    right: network ("cue", "twin") → share of test images that it gets right with the square in its class's colour, in
    another class's colour, and without a square.
    """

    methods: tuple[Pointed, ...]
    images: int
    share: float
    right: dict[str, tuple[float, float, float]]
    absent: dict[str, str]
