"""Whether a network is as often right as it is sure: reliability by confidence, and the expected calibration error.

C. Guo, G. Pleiss, Y. Sun, K. Weinberger: On Calibration of Modern Neural Networks, 2017,
https://arxiv.org/abs/1706.04599: ECE = Σ over bins of n_bin / n · |accuracy − mean confidence|.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.outputs.chances import probabilities
from cnnviz.records import Array

BINS = 10


@dataclass(frozen=True, eq=False)
class Calibration:
    """One number a bin of confidence, [BINS]; NaN where no image fell.

    edges: [BINS + 1], from 0 to 1. counts: images. confidence: their mean probability of what the network said.
    accuracy: the share of them that is right. error: the expected calibration error, in [0, 1].
    """

    edges: Array
    counts: Array
    confidence: Array
    accuracy: Array
    error: float

    @property
    def n(self) -> int:
        """All images."""
        return int(self.counts.sum())


def of(logits: Array, labels: Array, *, bins: int = BINS) -> Calibration:
    """logits: [N, K], N of at least 1; labels: [N]. A confidence on an edge belongs to the bin below it."""
    chances = probabilities(logits)
    sure = chances.max(axis=1)
    right = chances.argmax(axis=1) == np.asarray(labels)
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, weights=sure, minlength=bins) / counts
        accuracy = np.bincount(place, weights=right, minlength=bins) / counts
    apart = np.nan_to_num(np.abs(accuracy - confidence))
    return Calibration(edges, counts, confidence, accuracy, float((counts * apart).sum() / len(sure)))
