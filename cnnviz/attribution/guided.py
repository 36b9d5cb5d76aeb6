"""Guided backpropagation: the gradient, with all that is negative cut at every ReLU in the backward pass.

Theory: none that names the target. The rule keeps edges that excite anything, and the map hardly changes with the
class or with the weights of the last layers (Adebayo et al., 2018; Nie et al., 2018): sharp is not the same as right.
Formula: at a ReLU, g_in = g_out · [x > 0] · [g_out > 0]; a ReLU6 is closed above 6, too.
Source: J. Springenberg, A. Dosovitskiy, T. Brox, M. Riedmiller: Striving for Simplicity (2014), https://arxiv.org/abs/1412.6806
"""

from __future__ import annotations

from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.bends import through_rectifiers
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass and one back."""
    values, gradient = through_rectifiers(asked, forward_gate=True)
    return of_pixels("guided", gradient, float(values[0]))


REGISTRY.add(
    "guided",
    Method(
        "guided", "Guided backpropagation", "rules", compute, r"g_{in}=g_{out}\,[x>0]\,[g_{out}>0]",
        "Springenberg et al.: Striving for Simplicity", 2014, "https://arxiv.org/abs/1412.6806", lambda asked: 3,
    ),
)  # fmt: skip
