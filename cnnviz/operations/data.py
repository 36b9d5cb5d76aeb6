"""Epochs, batches, and the mean and deviation of pixels, from their definitions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array
from cnnviz.records.batches import Constants, EpochPlan


def plan(examples: int, batch_size: int) -> EpochPlan:
    """⌈N / B⌉ steps, the last with what is left. Raises OperationError for an empty set or an empty batch."""
    if examples < 1:
        raise OperationError("An epoch needs images: choose a data set or a class that has some.")
    if batch_size < 1:
        raise OperationError(f"A batch of {batch_size} holds nothing: choose at least 1.")
    steps = -(-examples // batch_size)
    return EpochPlan(examples, batch_size, steps, examples - (steps - 1) * batch_size)


def mix(labels: Array, order: Array, *, batch_size: int, classes: int) -> Array:
    """[steps, K]: how many images of each class stand in each batch, taken in this order. labels, order: [N]."""
    steps = plan(len(order), batch_size).steps
    counts = np.zeros((steps, classes), np.int64)
    np.add.at(counts, (np.arange(len(order)) // batch_size, labels[order]), 1)
    return counts


def expected_distinct(counts: Sequence[int], batch_size: int) -> float:
    """How many different classes a batch drawn without replacement has on average. counts: images of each class.

    Σ_k 1 − C(N − n_k, B) / C(N, B): a class is missing where all B come from the others.
    """
    examples = sum(counts)
    if not 1 <= batch_size <= examples:
        raise OperationError(f"A batch of {batch_size} cannot be drawn from {examples} images: choose 1 to {examples}.")
    return sum(1 - _none(examples, count, batch_size) for count in counts)


def _none(examples: int, count: int, batch_size: int) -> float:
    """The chance that none of `count` images is drawn."""
    others = examples - count
    if batch_size > others:
        return 0.0
    logs = [math.lgamma(others + 1), -math.lgamma(others - batch_size + 1), -math.lgamma(examples + 1)]
    return math.exp(math.fsum([*logs, math.lgamma(examples - batch_size + 1)]))


def mean_and_deviation(counts: Array) -> tuple[Array, Array]:
    """([C], [C]) of pixels scaled to [0, 1], from how often each value 0…255 occurs in each channel, [C, 256].

    The deviation divides by the number of values, as for a whole population: N − 1 would change the tenth digit.
    """
    if counts.sum() == 0:
        raise OperationError("No pixel was counted: choose a data set that has images.")
    values = np.arange(256) / 255
    weights = counts / counts.sum(axis=1, keepdims=True)
    mean = weights @ values
    return mean, np.sqrt((weights * (values - mean[:, None]) ** 2).sum(axis=1))


def against(title: str, mean: Sequence[float], std: Sequence[float], *, true: tuple[Array, Array]) -> Constants:
    """Pasted constants beside the true mean and deviation: (x − m)/s has mean (μ − m)/s and deviation σ/s."""
    m, s = (np.resize(np.asarray(values, np.float64), true[0].shape) for values in (mean, std))
    away = max(float(np.abs(m - true[0]).max()), float(np.abs(s - true[1]).max()))
    return Constants(title, _plain(m), _plain(s), _plain((true[0] - m) / s), _plain(true[1] / s), away)


def _plain(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
