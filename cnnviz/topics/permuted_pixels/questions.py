"""What can be asked about pixels that change place, as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.records.permutation import Answers, FirstWeights, PermutedPictures

Wanted = tuple[str, dict[str, Any]]
LIT = 3  # pixels whose sum is asked for


def neighbours(found: PermutedPictures, blocks: tuple[int, ...]) -> Wanted:
    """Which pairs stay together when squares of one of these sides move as a whole."""
    return "neighbours_left", {"side": found.pictures.shape[-1], "blocks": list(blocks)}


def reordered(weights: FirstWeights, found: PermutedPictures) -> list[Wanted]:
    """What a unit of the trained network makes of three pixels of a digit that change place: the ones it weighs most.

    Of pixels that differ, since equal ones may change place unseen.
    """
    unit, digit = weights.plain[0].ravel(), found.pictures[0].ravel() / 255
    taken: dict[float, int] = {}
    for at in np.argsort(-np.abs(unit) * (digit > 0), kind="stable"):
        level = round(float(digit[at]), 2)
        if level > 0:
            taken.setdefault(level, int(at))
        if len(taken) == LIT:
            break
    if len(taken) < LIT:
        return []
    return [("reordered_sum", {"weights": [float(unit[at]) for at in taken.values()], "values": list(taken)})]


def moved(found: Answers) -> Wanted:
    """How many pixels of the digit are not black, before and after."""
    return "kept_by_order", {"pixels": found.picture.size, "bright": int((found.picture > 0).sum())}
