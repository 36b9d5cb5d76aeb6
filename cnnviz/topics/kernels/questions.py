"""What can be asked about a layer's kernels, as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.records import Array
from cnnviz.topics.kernels.records import Bank, History, Likeness

Wanted = tuple[str, dict[str, Any]]
SHOWN = 8  # kernels, or pairs of them, that a question is drawn from


def size(bank: Bank) -> list[Wanted]:
    """How many parameters the layer has; nothing for a linear layer, whose rows are no kernels."""
    outputs, inputs, rows, columns = bank.shape
    return [] if bank.linear else [("parameters", {"inputs": inputs, "outputs": outputs, "kernel": (rows, columns)})]


def flat(weights: Array) -> list[Wanted]:
    """What kernels answer where nothing changes. weights: [O, I, kh, kw]."""
    kernels = [
        (f"kernel {at}", float(one[one > 0].sum()), float(one[one < 0].sum())) for at, one in enumerate(weights[:SHOWN])
    ]
    return [("flat_answer", {"kernels": kernels})]


def alike(found: Likeness, norms: Array) -> list[Wanted]:
    """The cosine of the pairs that are most alike, either way. norms: [O]."""
    pairs = []
    for first, second in found.pairs[:SHOWN]:
        lengths = float(norms[first]), float(norms[second])
        product = float(found.matrix[first, second]) * lengths[0] * lengths[1]
        pairs.append((f"kernels {first} and {second}", *lengths, product))
    return [("kernel_cosine", {"pairs": pairs})] if pairs else []


def learned(found: History) -> list[Wanted]:
    """How alike each kernel is to itself before training. Over all its inputs."""
    start, end = (found.weights[at].astype(np.float64).reshape(found.weights.shape[1], -1) for at in (0, -1))
    pairs = [
        (
            f"kernel {at} at the start and at the end",
            *(float(np.linalg.norm(one[at])) for one in (start, end)),
            float(start[at] @ end[at]),
        )
        for at in range(min(SHOWN, len(start)))
    ]
    return [("kernel_cosine", {"pairs": pairs})]
