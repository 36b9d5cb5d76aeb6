"""Gradient descent on two features of different scale: why normalising the inputs comes first.

The mean squared error of ŷ = w₁x₁ + w₂x₂ is a bowl whose curvature is the Hessian H = 2/n · XᵀX. Where one feature has
large values the bowl is a ravine; a learning rate above 2/λmax climbs its walls, and one below it crawls along the
floor, the slower the larger the condition number λmax/λmin.

LeCun et al., Efficient BackProp (1998), sections 4.3 and 5, http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.topics.batch_norm.records import Surface

Array = np.ndarray

SHARES = tuple(round(0.05 * step, 2) for step in range(1, 23))  # of the largest stable rate: 0.05 … 1.1
BEYOND = 1e6  # a path whose loss is so many times its first one is not followed further


def examples(spread: float, offset: float, *, count: int = 80, seed: int = 0) -> tuple[Array, Array]:
    """(features [n, 2], target [n]): the first feature of standard deviation 1, the second of `spread`; both of mean
    `offset` times their spread. The target depends on each as much as on the other; some noise is added."""
    random = np.random.default_rng(seed)
    plain = random.normal(size=(count, 2))
    scales = np.array([1.0, spread])
    features = (plain + offset) * scales
    target = (plain * np.array([1.0, -0.7])).sum(axis=1) + 0.3 * random.normal(size=count)
    return features, target - target.mean()


def standardised(features: Array) -> Array:
    """Each feature minus its mean, divided by its standard deviation: what BatchNorm does without γ and β.

    Raises OperationError where a feature has no spread.
    """
    spread = features.std(axis=0)
    if (spread == 0).any():
        raise OperationError("A feature has the same value in every example: choose one that varies.")
    return np.asarray((features - features.mean(axis=0)) / spread)


def surface(features: Array, target: Array, *, steps: int = 60, shares: tuple[float, ...] = SHARES) -> Surface:
    """The bowl, its minimum and curvature, and the path from one start for every learning rate `share` · 2/λmax.

    Raises OperationError where the features lie on one line: the minimum is then a line, not a point.
    """
    features, target = np.asarray(features, np.float64), np.asarray(target, np.float64)
    hessian = 2 / len(target) * features.T @ features
    values, axes = np.linalg.eigh(hessian)
    if values[0] <= 1e-12 * values[1]:
        raise OperationError("One feature is a multiple of the other: the loss has no single minimum; change one.")
    minimum = np.linalg.solve(features.T @ features, features.T @ target)
    least = float(loss(features, target, minimum))
    begin = minimum + axes @ (np.array([1.0, 1.0]) / np.sqrt(values))  # as far along either axis, seen by the loss
    rates = np.array(shares) * 2 / values[1]
    paths = np.stack([descend(features, target, begin, rate=rate, steps=steps) for rate in rates])
    losses = loss(features, target, paths)
    top = float(losses[0, 0] - least)
    levels = least + top * np.array([0.02, 0.1, 0.25, 0.5, 1.0, 1.75])
    return Surface(
        features, target, hessian, values, minimum, least, rates, paths, losses, levels,
        np.stack([_ellipse(minimum, values, axes, level - least) for level in levels]),
    )  # fmt: skip


def loss(features: Array, target: Array, weights: Array) -> Array:
    """Mean squared error at each point of weights [..., 2]."""
    errors = weights @ features.T - target
    found: Array = (errors**2).mean(axis=-1)
    return found


def gradient(features: Array, target: Array, weights: Array) -> Array:
    """dL/dw = 2/n · Xᵀ(Xw − y): [2]."""
    found: Array = 2 / len(target) * features.T @ (features @ weights - target)
    return found


def descend(features: Array, target: Array, begin: Array, *, rate: float, steps: int) -> Array:
    """[steps + 1, 2]: w ← w − rate · gradient, really taken; NaN from where it left every bound."""
    path = np.full((steps + 1, 2), np.nan)
    path[0] = begin
    far = BEYOND * max(float(loss(features, target, begin)), 1e-12)
    for step in range(steps):
        path[step + 1] = path[step] - rate * gradient(features, target, path[step])
        if loss(features, target, path[step + 1]) > far:
            path[step + 1] = np.nan
            break
    return path


def arrival(found: Surface, *, part: float = 0.01) -> tuple[int | None, ...]:
    """For each rate the first step whose excess loss is at most `part` of the first one's; None: not on this path."""
    excess = (found.losses - found.least) / (found.losses[:, :1] - found.least)
    steps = [np.flatnonzero(row <= part) for row in excess]
    return tuple(int(at[0]) if at.size else None for at in steps)


def _ellipse(centre: Array, values: Array, axes: Array, excess: float, points: int = 97) -> Array:
    """Points w with ½ (w − c)ᵀH(w − c) = excess: [P, 2]."""
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    found: Array = centre + (axes @ (np.sqrt(2 * excess / values)[:, None] * circle)).T
    return found
