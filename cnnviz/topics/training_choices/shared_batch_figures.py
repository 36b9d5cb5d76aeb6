"""A row of kernels' gradients as one palette PNG, and the range that all rows share."""

from __future__ import annotations

import numpy as np

from cnnviz.figures import maps, palettes, pictures
from cnnviz.records import Array
from cnnviz.topics.training_choices.records import SharedBatch

CELL = 14  # pixels of a weight


def limit(found: SharedBatch) -> float:
    """Of the colours: the largest gradient of any row."""
    return float(max(np.abs(one).max() for one in (found.parts, found.averaged, found.whole)))


def row(kernels: Array, high: float, *, theme: str) -> bytes:
    """PNG of kernels [n, h, w] side by side, zero in the middle of the palette; transparent between them."""
    entries = maps.quantise(kernels, maps.ColourLimits(-high, high))
    large = np.repeat(np.repeat(entries, CELL, axis=1), CELL, axis=2)
    gap = np.zeros((large.shape[1], CELL // 2), np.uint8)
    strip = np.concatenate([piece for kernel in large for piece in (kernel, gap)][:-1], axis=1)
    alpha = np.where(strip[..., None] > 0, 255, 0).astype(np.uint8)
    return pictures.png(np.concatenate([palettes.lut("weights", theme)[strip], alpha], axis=-1))
