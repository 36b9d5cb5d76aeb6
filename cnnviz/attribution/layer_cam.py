"""LayerCAM: each cell of a layer's maps, weighed by the positive part of its own gradient.

Theory: HiResCAM without what a higher activation would take from the target; made for shallow layers, where one weight
a channel is too coarse. No sum is promised.
Formula: M = Σ_k A_k ⊙ max(0, ∂f/∂A_k).
Source: P.-T. Jiang et al.: LayerCAM (2021), https://doi.org/10.1109/TIP.2021.3089943
"""

from __future__ import annotations

from cnnviz.attribution import cam
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.entries import REGISTRY, Method, of_cells
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass and one back."""
    values, gradient, value = cam.maps(asked)
    return of_cells("layer_cam", (gradient.clamp_min(0) * values).sum(0), asked, value)


REGISTRY.add(
    "layer_cam",
    Method(
        "layer_cam", "LayerCAM", "layers", compute,
        r"\sum_k A^k \odot \max\Bigl(0,\frac{\partial f}{\partial A^k}\Bigr)",
        "Jiang et al.: LayerCAM", 2021, "https://doi.org/10.1109/TIP.2021.3089943", lambda asked: 4,
    ),
)  # fmt: skip
