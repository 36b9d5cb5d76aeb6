"""LRP-α1β0: relevance flows only along products above zero, so that a score above zero gives a map without negatives.

Theory: each unit shares its relevance among what pushed it up (a positive input times a positive weight, or both
negative) and leaves out what held it down. No share is larger than the whole, so nothing grows in the backward pass;
what biases above zero take is counted, and so is the relevance of units that nothing pushed up. For inputs that are
not negative it is the z⁺ rule. Where two branches are added, they share by their parts above zero.
Formula: R_i = Σ_j (x_i w_ij)⁺ / (Σ_k (x_k w_kj)⁺ + b_j⁺) R_j.
Source: S. Bach et al. (2015), https://doi.org/10.1371/journal.pone.0130140; z⁺: G. Montavon et al. (2017),
https://doi.org/10.1016/j.patcog.2016.11.008
"""

from __future__ import annotations

from cnnviz.attribution import relevance
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.entries import REGISTRY, Method
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """α1β0 at every layer with weights."""
    return relevance.flown(asked, "lrp_alpha_beta", relevance.Rules(dense="positive", maps="positive"))


REGISTRY.add(
    "lrp_alpha_beta",
    Method(
        "lrp_alpha_beta", "LRP-α1β0", "rules", compute,
        r"R_i=\sum_j \frac{(x_i w_{ij})^+}{\sum_k (x_k w_{kj})^+ + b_j^+}R_j",
        "Bach et al.: On Pixel-Wise Explanations", 2015, "https://doi.org/10.1371/journal.pone.0130140",
        lambda asked: 5,
    ),
)  # fmt: skip
