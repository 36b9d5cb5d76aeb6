"""Grad-CAM: a layer's maps, each weighed by the mean of the target's gradient over it.

Theory: where only mean pooling and one linear layer follow, the weights are the linear layer's over the number of
cells, and the map is the class activation map of Zhou et al. (2016), exactly; elsewhere it is a first-order guess that
averages the gradient's places away.
Formula: M = Σ_k α_k A_k, α_k = mean over the cells of ∂f/∂A_k. The paper cuts what is negative; here the sign is kept.
Source: R. Selvaraju et al.: Grad-CAM (2017), https://arxiv.org/abs/1610.02391
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
    weights = gradient.mean((1, 2))
    cells = (weights[:, None, None] * values).sum(0)
    even = float((gradient - weights[:, None, None]).abs().max()) <= 1e-6 * max(float(gradient.abs().max()), 1e-30)
    if even and linear_after(asked, asked.layer):
        claim = "The sum of the map is f − f with this layer blanked: it is the class activation map itself"
        law = laws.total(float(cells.double().sum()), value - cam.blanked(asked), claim, share=0.0, dtype=asked.x.dtype)
    else:
        law = cam.pushed(asked, int(weights.abs().argmax()), values, gradient)
    return replace(of_cells("grad_cam", cells, asked, value), law=law)


REGISTRY.add(
    "grad_cam",
    Method(
        "grad_cam", "Grad-CAM", "layers", compute,
        r"\sum_k \Bigl(\frac1{hw}\sum_{ij}\frac{\partial f}{\partial A^k_{ij}}\Bigr) A^k",
        "Selvaraju et al.: Grad-CAM", 2017, "https://arxiv.org/abs/1610.02391", lambda asked: 4,
    ),
)  # fmt: skip
