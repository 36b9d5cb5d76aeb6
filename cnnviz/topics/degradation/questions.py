"""What can be asked about gradients and blocks of deep networks, as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.records.experiments import Results
from cnnviz.records.gradient_norms import gradient_norms
from cnnviz.topics.degradation.records import StartNorms, ratios

Wanted = tuple[str, dict[str, Any]]


def pulled(found: Results) -> list[Wanted]:
    """How far a step moves the first and the last layer of each network, by its last measured gradients."""
    asked: list[Wanted] = []
    for one in found.cells:
        norms = gradient_norms(one)
        if norms is not None and np.isfinite(norms.values[-1]).all():
            first, last = (float(norms.values[-1, at]) for at in (0, -1))
            asked.append(("step_ratio", {"first": first, "last": last, "rate": one.cell.config.lr}))
    return asked[-1:]


def added(found: Results) -> list[Wanted]:
    """What the blocks of the deepest network add at the end of its training, beside an x of length 1."""
    measured = [item for one in found.cells if (item := ratios(one)) is not None]
    if not measured:
        return []
    deepest = max(measured, key=lambda item: len(item.blocks))
    blocks = [(name, 1.0, float(ratio)) for name, ratio in zip(deepest.blocks, deepest.values[-1], strict=True)]
    return [("joined_norm", {"blocks": blocks})]


def begun(found: StartNorms) -> Wanted:
    """What the blocks add to an image before any training."""
    blocks = zip(found.blocks, found.x, found.branch, strict=True)
    return "joined_norm", {"blocks": [(name, float(x), float(branch)) for name, x, branch in blocks]}
