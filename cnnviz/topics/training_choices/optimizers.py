"""SGD, SGD with momentum and Adam from their definitions, one step after the other, in float64.

SGD: w ← w − η g. Momentum (Sutskever et al. 2013, as PyTorch has it): v ← μ v + g, w ← w − η v. Adam (Kingma and Ba
2015, https://arxiv.org/abs/1412.6980): m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², then
w ← w − η (m / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + ε).
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records import Array
from cnnviz.topics.training_choices.records import OptimizerPath

BETAS, EPSILON = (0.9, 0.999), 1e-8
KINDS = ("sgd", "adam")


def descend(kind: str, start: Array, gradients: Array, *, lr: float, momentum: float = 0.0) -> OptimizerPath:
    """The weights after each given gradient. start: [N]; gradients: [S, N]. momentum: SGD only."""
    if kind not in KINDS:
        raise OperationError(f"There is no optimiser {kind!r} here; choose {' or '.join(KINDS)}.")
    gradients = np.asarray(gradients, np.float64)
    if gradients.ndim != 2 or gradients.shape[1:] != np.shape(start):
        raise OperationError(
            f"Gradients {list(gradients.shape)} do not fit weights {list(np.shape(start))}: give [steps, weights]."
        )
    steps = _adam(gradients, lr) if kind == "adam" else _sgd(gradients, lr, momentum)
    weights = np.asarray(start, np.float64) - np.concatenate([np.zeros((1, len(start))), np.cumsum(steps, axis=0)])
    return OptimizerPath(kind + (f", momentum {momentum:g}" if momentum else ""), weights, gradients)


def _sgd(gradients: Array, lr: float, momentum: float) -> Array:
    velocity, steps = np.zeros(gradients.shape[1]), []
    for gradient in gradients:
        velocity = momentum * velocity + gradient
        steps.append(lr * velocity)
    return np.reshape(steps, gradients.shape)


def _adam(gradients: Array, lr: float) -> Array:
    first = second = np.zeros(gradients.shape[1])
    steps = []
    for t, gradient in enumerate(gradients, start=1):
        first = BETAS[0] * first + (1 - BETAS[0]) * gradient
        second = BETAS[1] * second + (1 - BETAS[1]) * gradient**2
        steps.append(lr * (first / (1 - BETAS[0] ** t)) / (np.sqrt(second / (1 - BETAS[1] ** t)) + EPSILON))
    return np.reshape(steps, gradients.shape)
