"""Ablation-CAM: a layer's maps, each weighed by the share of the score that is lost when the map is switched off.

Theory: the slope of f along a channel, measured by taking the whole channel away instead of by the gradient; right
where gradients saturate. Where what follows is linear, Σ_k of the losses is f minus f with the layer blanked.
Formula: M = Σ_k (f − f_{A_k = 0}) / |f| · A_k.
Source: S. Desai, H. Ramaswamy: Ablation-CAM (2020), https://doi.org/10.1109/WACV45572.2020.9093360
"""

from __future__ import annotations

from dataclasses import replace

import torch

from cnnviz.attribution import cam, from_layer, laws
from cnnviz.attribution.asking import AttributionRequest, batches, linear_after, stacked
from cnnviz.attribution.entries import REGISTRY, Method, of_cells
from cnnviz.attribution.parts_kept import once
from cnnviz.attribution.score_cam import pass_for_each_channel
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass for each channel of the layer."""
    values, _, value = cam.maps(asked)
    found = []
    for part in batches(len(values), asked.together):
        channels = list(range(part.start, part.stop))
        found.append(once(asked, (part.start, part.stop), _without, asked, values, channels))
        asked.done(part.stop / len(values))
    lost = value - stacked(found)
    cells = (lost[:, None, None] * values).sum(0) / max(abs(value), 1e-12)
    law = None
    if linear_after(asked, asked.layer):
        claim = "What the channels lose one by one is what blanking them all loses"
        wanted = value - cam.blanked(asked)
        law = laws.total(float(lost.double().sum()), wanted, claim, share=1e-4, dtype=asked.x.dtype)
    return replace(of_cells("ablation_cam", cells, asked, value), law=law)


def _without(asked: AttributionRequest, values: torch.Tensor, channels: list[int]) -> torch.Tensor:
    made = values.repeat(len(channels), 1, 1, 1)
    made[range(len(channels)), channels] = 0
    return from_layer.values(asked, made)


REGISTRY.add(
    "ablation_cam",
    Method(
        "ablation_cam", "Ablation-CAM", "layers", compute, r"\sum_k \frac{f-f_{A^k=0}}{|f|}\,A^k",
        "Desai, Ramaswamy: Ablation-CAM", 2020, "https://doi.org/10.1109/WACV45572.2020.9093360",
        pass_for_each_channel, slow=True,
    ),
)  # fmt: skip
