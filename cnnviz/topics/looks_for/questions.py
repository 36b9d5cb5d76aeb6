"""What can be asked about a layer's numbers and about a channel that was changed, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnviz.topics.looks_for.records import Operated

Wanted = tuple[str, dict[str, Any]]
GAINS = (0.5, 2.0, 3.0)
STRONGER = 2.0  # the gain by which it is tried whether the layer follows the channel in a straight line
SHOWN, STRAIGHT = 4, 1e-3  # cells to choose from; off the line by no more than that share of the largest value


def known(layer: str, shape: Sequence[int], image: Sequence[int]) -> Wanted:
    """By how many numbers a layer knows the image. shape: (C, h, w) or (C,); image: (C, H, W)."""
    return "layer_numbers", {"layers": [(layer, tuple(shape))], "image": tuple(image)}


def regained(off: Operated, stronger: Operated, seen: str, channel: str) -> list[Wanted]:
    """Cells that read a channel, if the layer follows it in a straight line (no other bend lies between).

    off, stronger: the channel times 0 and times `STRONGER`, nothing else changed; seen: the layer that is looked at.
    """
    whole, without, doubled = off.before[seen], off.after[seen], stronger.after[seen]
    if whole.ndim != 3:
        return []
    bent = np.abs(without + STRONGER * (whole - without) - doubled)
    fits = bent <= STRAIGHT * max(float(np.abs(whole).max()), 1e-12)
    gap = np.where(fits, np.abs(whole - without), 0.0)
    places = [np.unravel_index(int(one), gap.shape) for one in np.argsort(-gap, axis=None, kind="stable")[:SHOWN]]
    cells = [
        (f"row {row}, column {column} of channel {at}", float(whole[at, row, column]), float(without[at, row, column]))
        for at, row, column in places
        if gap[at, row, column] > 0
    ]
    return [("regained_cell", {"layer": seen, "channel": channel, "cells": cells, "gains": GAINS})] if cells else []
