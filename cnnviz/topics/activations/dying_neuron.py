"""One neuron f(w·x + b) that learns to tell two things apart, at many learning rates at once.

Full-batch gradient descent on the mean squared error. With ReLU, one step that is too long pushes the sum w·x + b below
0 for every example: then f′ = 0 everywhere, the gradient is exactly 0, and no later step can change anything. A leaky
ReLU keeps the gradient alive.
Maas, Hannun & Ng (2013), https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError, activation
from cnnviz.topics.activations.records import Dying

Array = np.ndarray

LARGEST = 1e12  # beyond it a weight has run away: it stays where it is, and its loss is shown as infinite


def train(name: str, inputs: Array, labels: Array, rates: Array, *, steps: int = 60, slope: float = 0.01) -> Dying:
    """The neuron's way at every rate, all from the same start: weights of 0.1 · N(0, 1) from seed 0, bias 0.1.

    inputs: [N, D], labels: [N], rates: [R] above 0. name: "relu" or "leaky_relu" (then with that slope).
    Raises OperationError where the arrays do not fit or a rate is not above 0.
    """
    x, t, r = (np.asarray(a, dtype=np.float64) for a in (inputs, labels, rates))
    if x.ndim != 2 or t.shape != x.shape[:1] or not len(x):
        raise OperationError(f"Inputs are [N, D] and labels [N]; found {list(x.shape)} and {list(t.shape)}.")
    if not r.size or not (r > 0).all():
        raise OperationError("Learning rates are numbers above 0: give at least one.")
    p = slope if name == "leaky_relu" else None
    weights = np.tile(0.1 * np.random.default_rng(0).normal(size=x.shape[1]), (len(r), 1))
    bias = np.full(len(r), 0.1)
    kept: dict[str, list[Array]] = {part: [] for part in ("weights", "bias", "active", "losses", "gradient")}
    for _ in range(steps + 1):
        sums = weights @ x.T + bias[:, None]
        by_weights, by_bias, losses = gradients(name, sums, x, t, p)
        norm = np.sqrt((by_weights**2).sum(axis=1) + by_bias**2)
        for part, found in zip(kept, (weights, bias, (sums > 0).mean(axis=1), losses, norm), strict=True):
            kept[part].append(found)
        weights, bias = _step(weights, bias, by_weights, by_bias, r)
    stacked = {part: np.stack(values, axis=1) for part, values in kept.items()}
    return Dying(name, r, dead_at=_dead_at(stacked["gradient"]), **stacked)


def gradients(name: str, sums: Array, x: Array, t: Array, p: float | None) -> tuple[Array, Array, Array]:
    """By weights [R, D], by bias [R], and the mean squared error [R], of sums [R, N]."""
    error = activation.value(name, sums, p) - t
    back = 2.0 * error * activation.slope(name, sums, p) / len(t)
    return back @ x, back.sum(axis=1), (error**2).mean(axis=1)


def threshold(
    name: str, inputs: Array, labels: Array, rates: Array, dead: Array, *, steps: int = 60, rounds: int = 3
) -> tuple[float | None, float | None]:
    """(the smallest rate found that kills, the largest below it that does not), each round ten times as exact.

    rates, dead: [R] of a sweep, rates rising. (None, the largest rate) where none kills.
    """
    killing = np.flatnonzero(dead)
    if not killing.size:
        return None, float(rates[-1])
    first = int(killing[0])
    if first == 0:
        return float(rates[0]), None
    low, high = float(rates[first - 1]), float(rates[first])
    for _ in range(rounds):
        between = np.linspace(low, high, 11)
        found = train(name, inputs, labels, between, steps=steps).dead_at >= 0
        place = max(1, int(np.flatnonzero(found)[0]))
        low, high = float(between[place - 1]), float(between[place])
    return high, low


def longest_rate(inputs: Array) -> float:
    """2 / λ: beyond it gradient descent on the same loss without an activation diverges.

    λ: the largest eigenvalue of the Hessian 2/N Σ x̃ x̃ᵀ, x̃ being an input with a 1 for the bias.
    """
    extended = np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)
    return float(2.0 / np.linalg.eigvalsh(2.0 * extended.T @ extended / len(extended))[-1])


def _step(weights: Array, bias: Array, by_weights: Array, by_bias: Array, rates: Array) -> tuple[Array, Array]:
    """One step down, except where it would leave ±LARGEST."""
    moved, shifted = weights - rates[:, None] * by_weights, bias - rates * by_bias
    safe = (np.abs(moved).max(axis=1) < LARGEST) & (np.abs(shifted) < LARGEST)
    return np.where(safe[:, None], moved, weights), np.where(safe, shifted, bias)


def _dead_at(gradient: Array) -> Array:
    """[R]: the first step from which on the gradient is exactly 0, −1 where it is not at the end. [R, S + 1]."""
    still = np.flip(np.cumprod(np.flip(gradient == 0, axis=1), axis=1), axis=1).astype(bool)
    return np.where(still[:, -1], still.argmax(axis=1), -1)
