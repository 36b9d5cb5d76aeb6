"""What one wants to know of an activation function before using it, computed from the function alone."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnnviz.operations import activation
from cnnviz.topics.activations.records import Facts

Array = np.ndarray

FAR = 1e4  # a value that still grows here has no end
_WIDE = np.concatenate([-np.geomspace(FAR, 12.0, 200), np.linspace(-12.0, 12.0, 4801), np.geomspace(12.0, FAR, 200)])


def facts(name: str, p: float | None = None) -> Facts:
    """Range, value and slope at 0, the steepest place, the mean for x ~ N(0, 1). Raises as `activation.value`."""
    used = activation.parameter(name, p)

    def value(x: Array) -> Array:
        return activation.value(name, x, used)

    def slope(x: Array) -> Array:
        return activation.slope(name, x, used)

    lowest, highest = _extreme(value, -1), _extreme(value, 1)
    steepest_at, steepest = _extreme(slope, 1)
    grid = np.linspace(0.0, 30.0, 301)
    return Facts(
        name,
        used,
        low=_bounded(lowest[1]),
        high=_bounded(highest[1]),
        at_zero=float(value(np.zeros(1))[0]),
        slope_at_zero=float(slope(np.zeros(1))[0]),
        steepest=steepest,
        steepest_at=steepest_at,
        mean=round(mean_output(name, used), 9) + 0.0,
        odd=bool(np.abs(value(grid) + value(-grid)).max() < 1e-12),
    )


def mean_output(name: str, p: float | None = None) -> float:
    """E f(x) for x ~ N(0, 1): 0 for a zero-centred function. By Simpson's rule on ±12, every corner being a node."""
    x = np.linspace(-12.0, 12.0, 4801)
    density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    weights = np.ones(len(x))
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return float((weights * activation.value(name, x, p) * density).sum() * (x[1] - x[0]) / 3)


def saturation(name: str, threshold: float, p: float | None = None) -> tuple[tuple[float, float], ...]:
    """The stretches of x in ±12 on which |f′| < threshold, to a two-hundredth."""
    x = np.linspace(-12.0, 12.0, 4801)
    quiet = np.abs(activation.slope(name, x, p)) < threshold
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    return tuple((float(x[start]), float(x[end - 1])) for start, end in edges.reshape(-1, 2))


def _extreme(function: Callable[[Array], Array], sign: int) -> tuple[float, float]:
    """(x, value) of the largest (sign 1) or smallest value: a wide grid, then three finer ones around the best."""
    grid = _WIDE
    for _ in range(4):
        values = sign * function(grid)
        best = values.max()
        at = grid[values >= best - 1e-15 * max(1.0, abs(best))]
        centre = float(at[np.argmin(np.abs(at))])
        step = float(np.diff(grid)[max(0, int(np.searchsorted(grid, centre)) - 1)])
        grid = np.unique(np.append(np.linspace(centre - step, centre + step, 401), centre))
    return round(centre, 6) + 0.0, round(float(sign * best), 12)  # the last digits are rounding's


def _bounded(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) > FAR / 1000 else value


def samples(name: str, p: float | None = None) -> Array:
    """[25, 3]: x from −6 to 6, f(x), f′(x). None of these x is a corner, so that every way of computing agrees."""
    x = np.linspace(-6.0, 6.0, 25) + 0.013
    return np.stack([x, activation.value(name, x, p), activation.slope(name, x, p)], axis=1)
