"""Softmax with temperature, term by term, and its Jacobian."""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.topics.activations.records import Softmax

Array = np.ndarray


def softmax(logits: Array, temperature: float = 1.0) -> Softmax:
    """p_i = exp((z_i − m) / T) / Σ_j exp((z_j − m) / T), m the largest logit: nothing overflows.

    logits: [K], K ≥ 1. T → 0 gives the largest logit everything, T → ∞ gives each class 1/K.
    Raises OperationError for no logits, one that is not finite, or a T that is not above 0.
    Source: Bridle, "Training stochastic model recognition algorithms …" (1990); temperature: Hinton, Vinyals & Dean
    (2015), https://arxiv.org/abs/1503.02531
    """
    z = np.asarray(logits, dtype=np.float64)
    if z.ndim != 1 or not z.size or not np.isfinite(z).all():
        raise OperationError("Softmax needs a row of at least one finite logit: type numbers.")
    if not (np.isfinite(temperature) and temperature > 0):
        raise OperationError(f"The temperature is {temperature:g}; softmax divides by it: choose one above 0.")
    scaled = (z - z.max()) / temperature
    exponentials = np.exp(scaled)
    total = float(exponentials.sum())
    return Softmax(z, float(temperature), scaled, exponentials, total, exponentials / total)


def jacobian(result: Softmax) -> Array:
    """[K, K]: ∂p_i / ∂z_j = p_i (1[i = j] − p_j) / T. Every row and every column adds up to 0."""
    p = result.probabilities
    return (np.diag(p) - np.outer(p, p)) / result.temperature


def entropy(result: Softmax) -> float:
    """−Σ p ln p in nats: 0 for a certain answer, ln K for none."""
    p = result.probabilities[result.probabilities > 0]
    return float(-(p * np.log(p)).sum())
