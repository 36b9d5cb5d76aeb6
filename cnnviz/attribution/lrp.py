"""LRP-ε: the score as a quantity that flows back through the layers, each taking what it has contributed.

Theory: a unit's relevance is shared out in proportion to the products that made it; what biases and ε absorb is lost
on the way and is counted here: Σ over the image + absorbed = f(x). Batch normalisation counts with its convolution as
one layer. Computed as gradient × input with each layer's gradient scaled by z / (z + ε·sign z), which is the same.
Formula: R_i = x_i Σ_j w_ij R_j / (z_j + ε sign z_j); ε a share of the layer's root mean square.
Source: S. Bach et al. (2015), https://doi.org/10.1371/journal.pone.0130140; G. Montavon et al. (2019),
https://doi.org/10.1007/978-3-030-28954-6_10
"""

from __future__ import annotations

from cnnviz.attribution import relevance
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.entries import REGISTRY, Method
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """ε at every layer with weights."""
    return relevance.flown(asked, "lrp", relevance.Rules(dense="epsilon", maps="epsilon"))


REGISTRY.add(
    "lrp",
    Method(
        "lrp", "LRP-ε", "rules", compute, r"R_i=\sum_j \frac{x_i w_{ij}}{z_j+\varepsilon\operatorname{sign} z_j}R_j",
        "Bach et al.: On Pixel-Wise Explanations", 2015, "https://doi.org/10.1371/journal.pone.0130140",
        lambda asked: 3,
    ),
)  # fmt: skip
