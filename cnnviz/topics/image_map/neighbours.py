"""Who lies near whom, and whether neighbours are of one class: k nearest, leave one out."""

from __future__ import annotations

import numpy as np

from cnnviz.topics.image_map import planes
from cnnviz.topics.image_map.records import Parted

K = 5


def nearest(values: np.ndarray, others: np.ndarray, k: int = K) -> np.ndarray:
    """[N + M, k] int64: the k nearest of `values` [N, D] to each of them, itself left out, and to `others` [M, D]."""
    everything = np.concatenate([values, others])
    squared = planes.distances(everything)[:, : len(values)]
    squared[np.arange(len(values)), np.arange(len(values))] = np.inf
    k = min(k, len(values) - 1)
    found = np.argpartition(squared, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(squared, found, 1), axis=1, kind="stable")
    return np.take_along_axis(found, order, 1)


def parted(layer: str, near: np.ndarray, labels: np.ndarray) -> Parted:
    """How often the nearest [N, k] vote for an image's own class; of equal votes the nearest one's counts."""
    votes = labels[near]
    counts = (votes[:, :, None] == votes[:, None]).sum(2) + np.linspace(0.5, 0, near.shape[1])
    said = votes[np.arange(len(near)), counts.argmax(1)]
    right = float((said == labels).mean())
    wide = 1.96 * np.sqrt(right * (1 - right) / len(labels))
    return Parted(layer, right, float(wide), float(np.bincount(labels).max() / len(labels)))
