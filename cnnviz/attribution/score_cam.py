"""Score-CAM: each of a layer's maps laid over the image as a mask; what the target then says is the map's weight.

Theory: no gradient at all. A channel counts by how much the target prefers the image seen through it over the baseline,
and a softmax over the channels makes weights of that. No sum is promised; the softmax favours few channels.
Formula: M = Σ_k w_k A_k, w = softmax_k (f(x ⊙ s(A_k) + x′ ⊙ (1 − s(A_k))) − f(x′)), s: enlarged and scaled to [0, 1].
Source: H. Wang et al.: Score-CAM (2020), https://arxiv.org/abs/1910.01279
"""

from __future__ import annotations

import torch
from torch.nn import functional

from cnnviz.attribution import cam
from cnnviz.attribution.asking import AttributionRequest, batches, stacked
from cnnviz.attribution.entries import REGISTRY, Method, of_cells
from cnnviz.attribution.parts_kept import once
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass for each channel of the layer."""
    values, _, value = cam.maps(asked)
    found = []
    for part in batches(len(values), asked.together_forwards):
        masks = functional.interpolate(values[part][None], asked.x.shape[-2:], mode="bilinear", align_corners=False)[0]
        low, high = masks.amin((1, 2), keepdim=True), masks.amax((1, 2), keepdim=True)
        masks = ((masks - low) / (high - low).clamp_min(1e-12))[:, None]
        seen = asked.x * masks + asked.zero * (1 - masks)
        found.append(once(asked, (part.start, part.stop), asked.values, seen))
        asked.done(part.stop / len(values))
    weights = torch.softmax(stacked(found) - asked.values(asked.zero), 0)
    return of_cells("score_cam", (weights[:, None, None] * values).sum(0), asked, value)


def pass_for_each_channel(asked: AttributionRequest) -> float:
    """How many passes it takes: one for every channel of the layer's maps, none where it has no maps."""
    shape = asked.shapes.get(asked.layer, (1, 0))
    return float(shape[1] if len(shape) == 4 else 0)


REGISTRY.add(
    "score_cam",
    Method(
        "score_cam", "Score-CAM", "layers", compute,
        r"\sum_k \operatorname{softmax}_k\bigl(f(x\odot s(A^k))-f(x')\bigr)\,A^k",
        "Wang et al.: Score-CAM", 2020, "https://arxiv.org/abs/1910.01279", pass_for_each_channel, slow=True,
    ),
)  # fmt: skip
