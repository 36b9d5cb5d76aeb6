"""What can be asked about LeNet's layers and maps, as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.topics.lenet_then_and_now.records import FirstMaps, Lenets

Wanted = tuple[str, dict[str, Any]]
SIDE = 4  # cells a side of the corner whose windows are pooled


def partial(found: Lenets) -> Wanted:
    """The parameters of C3, whose maps read some of the maps before it."""
    inputs, _ = found.connections.shape
    return "partial_parameters", {"layer": "C3", "inputs": inputs, "reads": found.connections.sum(0).tolist()}


def pooled(found: FirstMaps) -> Wanted:
    """Windows of the liveliest map, where it is largest."""
    values = found.active[int(found.active.std(axis=(1, 2)).argmax())]
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    top, left = (min(max(0, int(at) - 1), size - SIDE) for at, size in zip((row, column), values.shape, strict=True))
    corner = values[top : top + SIDE, left : left + SIDE].round(2)
    return "pooled_window", {"values": corner.tolist(), "kernel": (2, 2), "kind": found.pooling}
