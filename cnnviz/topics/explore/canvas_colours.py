"""The canvas' colours: signed numbers to 255 steps about zero, and where the colours end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.records import Array


def limit(shown: Sequence[Array]) -> tuple[float, float]:
    """(range, share of the shown cells beyond it): the largest size, or the 99.5th percentile if that is under half."""
    sizes = np.abs(np.concatenate([cells.ravel() for cells in shown]))
    top = float(sizes.max())
    place = int(0.995 * (sizes.size - 1))
    keep = float(np.partition(sizes, place)[place]) if sizes.size >= 400 else top
    if not 0 < keep < top / 2:
        return top, 0.0
    return keep, float((sizes > keep).mean())


def signed(cells: Array, limit: float) -> Array:
    """uint8 of the cells' shape: 1 at −limit, 128 at zero, 255 at limit; what lies beyond has the end's colour."""
    scaled = np.rint(cells * np.float32(127.0 / limit if limit > 0 else 0.0))
    np.clip(scaled, -127, 127, out=scaled)
    return (scaled + np.float32(128)).astype(np.uint8)
