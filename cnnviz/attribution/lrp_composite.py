"""LRP composite: the rule that suits each part of the network: ε for dense layers, α1β0 for convolutions, z^B first.

Theory: at the dense end few products decide, and ε keeps those of either sign; in convolutions the noise of many small
products is left out by α1β0; the first layer reads pixels, which have no natural zero but a least and a largest value,
l and h, and z^B measures a pixel's share from there. What is absorbed is counted at each layer; z^B absorbs nothing.
Where something other than a layer with weights reads the image, the first layer has its ordinary rule.
Formula: z^B: R_i = Σ_j (x_i w_ij − l_i w⁺_ij − h_i w⁻_ij) / Σ_k (x_k w_kj − l_k w⁺_kj − h_k w⁻_kj) R_j.
Source: M. Kohlbrenner et al.: Towards Best Practice in Explaining Neural Network Decisions with LRP (2020),
https://doi.org/10.1109/IJCNN48605.2020.9206975; z^B: G. Montavon et al. (2017),
https://doi.org/10.1016/j.patcog.2016.11.008
"""

from __future__ import annotations

from cnnviz.attribution import relevance
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.entries import REGISTRY, Method
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """ε, α1β0 and z^B, each in its part of the network."""
    return relevance.flown(asked, "lrp_composite", relevance.Rules(dense="epsilon", maps="positive", box=True))


REGISTRY.add(
    "lrp_composite",
    Method(
        "lrp_composite", "LRP composite", "rules", compute,
        r"R_i=\sum_j \frac{x_i w_{ij}-l_i w_{ij}^+-h_i w_{ij}^-}{\sum_k x_k w_{kj}-l_k w_{kj}^+-h_k w_{kj}^-}R_j",
        "Kohlbrenner et al.: Towards Best Practice in Explaining with LRP", 2020,
        "https://doi.org/10.1109/IJCNN48605.2020.9206975", lambda asked: 5,
    ),
)  # fmt: skip
