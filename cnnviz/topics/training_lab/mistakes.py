"""Which test images a network gets wrong: the surest first, of all classes or of one that is taken for another."""

from __future__ import annotations

from collections import Counter

import numpy as np

from cnnviz.outputs.chances import probabilities
from cnnviz.records import Array

Pair = tuple[int, int]  # true class, what the network says


def worst(logits: Array, labels: Array, *, pair: Pair | None = None, count: int = 8) -> Array:
    """Places of the mistakes, the one the network is surest of first; [≤ count] int64.

    logits: [N, K]; labels: [N]. pair: only of this true class, taken for this other one.
    """
    chances, labels = probabilities(logits), np.asarray(labels)
    said = chances.argmax(axis=1)
    wrong = said != labels
    if pair is not None:
        wrong &= (labels == pair[0]) & (said == pair[1])
    places = np.flatnonzero(wrong)
    order = np.argsort(-chances[places, said[places]], kind="stable")
    return places[order][:count]


def cell(logits: Array, labels: Array, pair: Pair, *, count: int = 8) -> Array:
    """Places of the images of one true class that the network takes for one class, right or wrong, the surest first.

    logits: [N, K]; labels: [N]. [≤ count] int64.
    """
    chances, labels = probabilities(logits), np.asarray(labels)
    true, said = pair
    places = np.flatnonzero((labels == true) & (chances.argmax(axis=1) == said))
    return places[np.argsort(-chances[places, said], kind="stable")][:count]


def pairs(logits: Array, labels: Array) -> tuple[tuple[Pair, int], ...]:
    """Every pair of classes that is confused, with how often; the commonest first, then in the classes' order."""
    said = np.asarray(logits).argmax(axis=1)
    found = Counter((int(true), int(one)) for true, one in zip(labels, said, strict=True) if true != one)
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))
