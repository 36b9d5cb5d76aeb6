"""Which unit was it: one channel's patches, and the maps of four channels on one image to choose from."""

from __future__ import annotations

import numpy as np

from cnnviz.topics.looks_for.records import Responses, Round

OPTIONS = 4
ALIKE = 0.8  # correlation of two maps that a person could not tell apart


def drawn(found: Responses, maps: np.ndarray, seed: int) -> Round | None:
    """A round from a seed; None where there are no four channels whose maps differ. maps: [C, h, w] of one image."""
    if maps.ndim != 3 or len(maps) != found.channels:
        return None
    dice = np.random.default_rng(seed)
    alive = np.flatnonzero((maps.reshape(len(maps), -1).std(1) > 1e-6) & (found.high.std(0) > 1e-6))
    chosen: list[int] = []
    for channel in dice.permutation(alive).tolist():
        if all(abs(_alike(maps[channel], maps[other])) < ALIKE for other in chosen):
            chosen.append(int(channel))
        if len(chosen) == OPTIONS:
            return Round(chosen[0], tuple(dice.permutation(chosen).tolist()))
    return None


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
