"""VGG's own plan, counted by hand, against what torchvision publishes of the same network."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz import models
from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import vgg
from cnnviz.topics.blocks.records import Line


def against_torchvision(name: str, lines: Sequence[Line], *, side: int = 224) -> tuple[Proof, ...]:
    """Parameters to the last one, MACs to the million that is published; only at the published 224 × 224."""
    spec = models.spec(name)
    if side != spec.input_shape[1] or spec.parameters is None or spec.macs is None:
        return ()
    parameters, macs = vgg.totals(lines)
    counted = f"{parameters:,} parameters of the expanded plan equal torchvision's {name}"
    rounded = f"{macs:,} multiply-adds, rounded to the million, equal those that torchvision publishes"
    return (
        Proof(counted, float(abs(parameters - spec.parameters)), 0.0),
        Proof(rounded, float(abs(round(macs / 1e6) * 1_000_000 - spec.macs)), 0.0),
    )
