"""Networks trained over several learning rates: where each gets, how soon, and what happened on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class RateLine:
    """One network over the learning rates, float64 [R], ascending.

    accuracies: test accuracy of every seed at each rate, in [0, 1]. diverged: at each rate how many of its seeds had a
    loss that was no longer finite.
    """

    name: str
    rates: Array
    accuracies: tuple[Array, ...]
    diverged: tuple[int, ...]

    @property
    def means(self) -> Array:
        """[R], NaN where nothing has been trained."""
        return np.array([one.mean() if len(one) else np.nan for one in self.accuracies])

    @property
    def lowest(self) -> Array:
        """The worst seed's accuracy at each rate; NaN where there is none."""
        return np.array([one.min() if len(one) else np.nan for one in self.accuracies])

    @property
    def highest(self) -> Array:
        """The best seed's accuracy at each rate; NaN where there is none."""
        return np.array([one.max() if len(one) else np.nan for one in self.accuracies])


@dataclass(frozen=True)
class Span:
    """Neighbouring learning rates at which a network trains: the lowest, the highest, how many of the grid's.

    Where no rate does, count is 0 and both ends are NaN.
    """

    low: float
    high: float
    count: int

    @property
    def decades(self) -> float:
        """log₁₀(high / low); 0 for one rate and for none."""
        return math.log10(self.high / self.low) if self.count else 0.0


@dataclass(frozen=True, eq=False)
class HowSoon:
    """When training batches are first right to some share, for one network.

    shares: [S]. steps: [S, R], the median over the seeds, NaN where most of them never get there. most: [R], the
    largest share that a run reaches, the mean over the seeds.
    """

    name: str
    rates: Array
    shares: Array
    steps: Array
    most: Array


@dataclass(frozen=True, eq=False)
class Course:
    """One network at one learning rate over its steps: mean, lowest and highest over the seeds.

    steps: [S]; accuracy, loss: [3, S] of training batches. probed: [T]; means, deviations: [L, T], what its BatchNorm
    layers remember, the mean over the seeds; L = 0 without BatchNorm. seeds: how many runs.
    """

    name: str
    rate: float
    steps: Array
    accuracy: Array
    loss: Array
    probed: Array
    layers: tuple[str, ...]
    means: Array
    deviations: Array
    seeds: int
    diverged: int
