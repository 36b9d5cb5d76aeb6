"""A neuron that tells two handwritten digits apart, at many learning rates, and the rate that kills it."""

from __future__ import annotations

import numpy as np

from cnnviz.datasets import digits
from cnnviz.operations import OperationError
from cnnviz.records import Array
from cnnviz.topics.activations import dying_neuron
from cnnviz.topics.activations.records import Deaths

EXAMPLES = 160
SIDE = 8
RATES = np.geomspace(0.005, 1.0, 33)
STEPS = 80


def pair(one: int, other: int) -> tuple[Array, Array]:
    """([N, 64] in [0, 1], [N]: 1.0 for `one`, 0.0 for `other`): the first 160 of scikit-learn's digits of these two.

    Raises OperationError where both are the same digit.
    """
    if one == other:
        raise OperationError(f"Both digits are {one}: choose two different ones to tell apart.")
    pictures, labels = digits.originals()
    chosen = np.flatnonzero((labels == one) | (labels == other))[:EXAMPLES]
    return pictures[chosen].reshape(len(chosen), -1) / 16.0, (labels[chosen] == one).astype(np.float64)


def deaths(one: int, other: int, *, slope: float = 0.01) -> Deaths:
    """33 learning rates from 0.005 to 1, 80 steps each, with ReLU and with a leaky ReLU of that slope."""
    inputs, labels = pair(one, other)
    inputs = inputs.astype(np.float64)
    relu = dying_neuron.train("relu", inputs, labels, RATES, steps=STEPS)
    leaky = dying_neuron.train("leaky_relu", inputs, labels, RATES, steps=STEPS, slope=slope)
    dead = relu.dead_at >= 0
    kills, spares = dying_neuron.threshold("relu", inputs, labels, RATES, dead, steps=STEPS)
    first = int(np.flatnonzero(dead)[0]) if dead.any() else len(dead)
    return Deaths(
        relu, leaky, inputs, labels, SIDE, (one, other), kills, spares, bool((~dead[first:]).any()),
        dying_neuron.longest_rate(inputs),
    )  # fmt: skip
