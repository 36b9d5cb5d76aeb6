"""What can be asked about many masks, a masked layer and its answers, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnnviz.topics.dropout.records import Averages, Disturbed, MaskOverlap, MonteCarlo

Wanted = tuple[str, dict[str, Any]]


def averages(found: Averages) -> Wanted:
    """How far the mean is off after one of the numbers of masks on show."""
    values = [round(float(one), 2) for one in found.x]
    return "mean_of_masks", {"values": values, "p": found.p, "counts": [int(one) for one in found.counts]}


def zeros(found: Disturbed) -> Wanted:
    """How much of the masked layer is 0, before and after."""
    share = float((found.values == 0).mean())
    return "zeros_after_dropout", {
        "layer": found.key, "zeros": share, "probabilities": [float(one) for one in found.probabilities],
    }  # fmt: skip


def unit(found: Disturbed, shown: int = 8) -> Wanted:
    """What becomes of one of the layer's own values, at the middle one of the probabilities below a half."""
    values = sorted({round(float(one), 2) for one in found.values.ravel()} - {0.0}, key=abs)[-shown:]
    below = [one for one in found.probabilities if 0 < one < 0.5]
    return "dropped_unit", {"values": values, "p": float(below[len(below) // 2]) if below else 0.25}


def answers(found: MonteCarlo, classes: Sequence[str]) -> Wanted:
    """What four of the masks say of the class that leads on average."""
    leading = int(found.mean.argmax())
    shares = [float(one) for one in found.samples[:, leading]]
    return "answer_of_masks", {
        "label": classes[leading], "shares": shares, "plain_share": float(found.plain[leading]),
    }  # fmt: skip


def overlap(found: MaskOverlap) -> Wanted:
    """How many units two masks both keep."""
    return "kept_by_both", {
        "units": found.units,
        "probabilities": [round(float(one), 2) for one in found.probabilities],
    }
