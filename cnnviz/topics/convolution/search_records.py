"""A kernel that is searched for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class KernelSearch:
    """All float64. number: the puzzle's, from 1. title: what its kernel is called; "" for one that was drawn.

    x: [H, W], what is convolved. hidden: [3, 3]. target: [H − 2, W − 2], its map. gram: [9, 9], the mean over the
    map's cells of p pᵀ, p being the nine pixels under the window. curvatures: [9], its eigenvalues, rising.
    """

    number: int
    title: str
    x: Array
    hidden: Array
    target: Array
    gram: Array
    curvatures: Array
    centred: bool

    @property
    def steepest(self) -> float:
        """The largest eigenvalue."""
        return float(self.curvatures[-1])

    @property
    def flattest(self) -> float:
        """The smallest eigenvalue, not below 0."""
        return max(float(self.curvatures[0]), 0.0)

    @property
    def largest_rate(self) -> float:
        """Plain gradient descent converges below this learning rate; inf over an image of zeros."""
        return 1.0 / self.steepest if self.steepest > 0 else math.inf

    @property
    def at_zero(self) -> float:
        """The loss of a kernel of zeros: the mean square of the target."""
        return float((self.target**2).mean())
