"""What can be asked about a block at hand, as plain values: some cells of it, its kernels, what its layers read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.topics.blocks.records import BlockStage, Gates, Kernel

CELLS = 12  # that a question is drawn from
Pair = tuple[float, float]


def residual(stages: Sequence[BlockStage], activation: str) -> list[Pair]:
    """(x, F(x)) at the cells where both are largest; with a ReLU6, only where it cuts nothing from above.

    stages: x, F(x), their sum, …; activation: the operation that reads the sum, "" for none.
    """
    x, branch = (stage.values.ravel() for stage in stages[:2])
    ceiling = 6.0 if "ReLU6" in activation else np.inf
    weights = np.where(x + branch < ceiling, np.minimum(np.abs(x), np.abs(branch)), -1.0)
    return _pairs(x, branch, weights)


def gated(found: Gates) -> list[Pair]:
    """(a cell's value, the gate of its channel): the strongest cell of the channels with the most different gates."""
    flat = found.before.reshape(len(found.gates), -1)
    strongest = np.take_along_axis(flat, np.abs(flat).argmax(1)[:, None], 1)[:, 0]
    return _pairs(strongest, found.gates, np.abs(strongest))


def parameters(kernel: Kernel) -> dict[str, object]:
    """A kernel without a bias, as the kind "parameters" takes it."""
    return {
        "inputs": kernel.inputs, "outputs": kernel.outputs, "kernel": kernel.size, "groups": kernel.groups,
        "bias": False,
    }  # fmt: skip


def work(kernel: Kernel) -> dict[str, object]:
    """A kernel whose maps stay as large as they are, as the kind "macs" takes it."""
    cells = kernel.map[0] * kernel.map[1]
    return {
        "inputs": kernel.inputs, "outputs": kernel.outputs, "kernel": kernel.size, "groups": kernel.groups,
        "cells": cells, "cells_in": cells,
    }  # fmt: skip


def _pairs(first: Array, second: Array, weights: Array) -> list[Pair]:
    """Where the weights are largest, rounded as they are read; none whose numbers would be 0."""
    places = np.argsort(-weights, kind="stable")[:CELLS]
    found = [(round(float(first[at]), 2), round(float(second[at]), 2)) for at in places if weights[at] > 0]
    return [pair for pair in found if all(pair)]
