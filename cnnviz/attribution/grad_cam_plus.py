"""Grad-CAM++: the positive gradients, weighed so that each appearance of a thing counts, however small.

Theory: the weights of cells come from second and third derivatives of exp(f), which for piecewise linear networks are
powers of the first. They hold for a score that goes through an exponential; no sum is promised.
Formula: M = Σ_k w_k A_k, w_k = Σ_ij a_ij max(0, g_ij), a_ij = g² / (2g² + g³ ΣA_k), g = ∂f/∂A_k.
Source: A. Chattopadhay, A. Sarkar, P. Howlader, V. Balasubramanian: Grad-CAM++ (2018), https://arxiv.org/abs/1710.11063
"""

from __future__ import annotations

import torch

from cnnviz.attribution import cam
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.entries import REGISTRY, Method, of_cells
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass and one back; a cell without a gradient has no weight."""
    values, gradient, value = cam.maps(asked)
    below = 2 * gradient**2 + gradient**3 * values.sum((1, 2), keepdim=True)
    share = torch.where(below.abs() > 0, gradient**2 / torch.where(below == 0, 1, below), 0)
    weights = (share * gradient.clamp_min(0)).sum((1, 2))
    return of_cells("grad_cam_plus", (weights[:, None, None] * values).sum(0), asked, value)


REGISTRY.add(
    "grad_cam_plus",
    Method(
        "grad_cam_plus", "Grad-CAM++", "layers", compute,
        r"\sum_k \Bigl(\sum_{ij} \frac{g^2}{2g^2+g^3\sum A^k}\max(0,g)\Bigr) A^k",
        "Chattopadhay et al.: Grad-CAM++", 2018, "https://arxiv.org/abs/1710.11063", lambda asked: 4,
    ),
)  # fmt: skip
