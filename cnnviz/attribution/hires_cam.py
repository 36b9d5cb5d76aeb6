"""HiResCAM: a layer's maps times the target's gradient by them, cell by cell.

Theory: input × gradient at a layer. Where what follows is linear, the sum of the map is f minus f with the layer
blanked, and each cell has exactly its share, which Grad-CAM's averaging does not promise.
Formula: M = Σ_k A_k ⊙ ∂f/∂A_k.
Source: R. Draelos, L. Carin: Use HiResCAM instead of Grad-CAM for faithful explanations (2020), https://arxiv.org/abs/2011.08891
"""

from __future__ import annotations

from dataclasses import replace

from cnnviz.attribution import cam, laws
from cnnviz.attribution.asking import AttributionRequest, linear_after
from cnnviz.attribution.entries import REGISTRY, Method, of_cells
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass and one back; where the rest is linear, its sum is held against blanking the layer."""
    values, gradient, value = cam.maps(asked)
    cells = (gradient * values).sum(0)
    if linear_after(asked, asked.layer):
        claim = "The sum of the map is f − f with this layer blanked"
        law = laws.total(float(cells.double().sum()), value - cam.blanked(asked), claim, share=0.0, dtype=asked.x.dtype)
    else:
        law = cam.pushed(asked, int(gradient.sum((1, 2)).abs().argmax()), values, gradient)
    return replace(of_cells("hires_cam", cells, asked, value), law=law)


REGISTRY.add(
    "hires_cam",
    Method(
        "hires_cam", "HiResCAM", "layers", compute, r"\sum_k A^k \odot \frac{\partial f}{\partial A^k}",
        "Draelos, Carin: Use HiResCAM instead of Grad-CAM", 2020, "https://arxiv.org/abs/2011.08891", lambda asked: 4,
    ),
)  # fmt: skip
