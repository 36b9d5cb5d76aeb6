"""Padding: what stands around an input, and which of its own cells each added cell repeats.

input a b c d, two cells each side
zeros      0 0 | a b c d | 0 0        reflect    c b | a b c d | c b   (the edge itself is not repeated)
replicate  a a | a b c d | d d        circular   c d | a b c d | a b
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array
from cnnviz.topics.convolution.board_captions import REFUSED
from cnnviz.topics.convolution.records import MODES, Padded


def pad(x: Array, around: tuple[int, int, int, int], mode: str = "zeros") -> Padded:
    """x: [C, H, W]. around: (top, left, bottom, right), none negative.

    Raises OperationError for an unknown mode and for more padding than the input has cells to give.
    """
    top, left, bottom, right = around
    if min(around) < 0:
        raise OperationError(f"Padding cannot be negative, found {min(around)}: choose 0 or more.")
    rows = sources(x.shape[1], top, bottom, mode, side="rows")
    columns = sources(x.shape[2], left, right, mode, side="columns")
    values = x[:, np.maximum(rows, 0)][:, :, np.maximum(columns, 0)]
    real = np.outer(rows >= 0, columns >= 0)
    return Padded(np.where(real, values, 0.0), around, (rows, columns))


def sources(size: int, before: int, after: int, mode: str, *, side: str = "cells") -> Array:
    """For each of before + size + after places: the place of the input that it repeats, −1 for a zero."""
    if mode not in MODES:
        raise OperationError(f"There is no padding mode {mode!r}: choose one of {', '.join(MODES)}.")
    most = {"reflect": size - 1, "circular": size}.get(mode, max(before, after))
    if max(before, after) > most:
        raise OperationError(
            REFUSED["repeats"].format(mode=mode, size=size, side=side, most=most, asked=max(before, after))
        )
    place = np.arange(-before, size + after)
    if mode == "zeros":
        return np.where((place >= 0) & (place < size), place, -1)
    if mode == "replicate":
        return np.clip(place, 0, size - 1)
    if mode == "circular":
        return place % size
    return np.where(place < 0, -place, np.where(place >= size, 2 * (size - 1) - place, place))
