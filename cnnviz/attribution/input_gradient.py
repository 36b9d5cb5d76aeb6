"""Input × gradient: each number of the image times the gradient there.

Theory: the Taylor term towards the baseline of zeros. Where a network is piecewise linear and has no biases, the sum
over the image is f(x); with biases it is what of f(x) they have not made.
Formula: M = Σ_c x_c · ∂f/∂x_c.
Source: A. Shrikumar, P. Greenside, A. Shcherbina, A. Kundaje: Not Just a Black Box (2016), https://arxiv.org/abs/1605.01713
"""

from __future__ import annotations

from dataclasses import replace

from cnnviz.attribution import laws
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass forwards and one backwards; checked by making the image a little stronger and weaker."""
    values, gradient = asked.slope
    product = (asked.x - asked.zero) * gradient
    claim = "The sum of the map is how fast the score grows as the whole image gets stronger"
    law = laws.slope(asked, asked.x - asked.zero, float(product.double().sum()), claim)
    return replace(of_pixels("input_gradient", product, float(values[0])), law=law)


REGISTRY.add(
    "input_gradient",
    Method(
        "input_gradient", "Input × gradient", "gradients", compute,
        r"\sum_c (x_c - x'_c)\,\frac{\partial f}{\partial x_c}",
        "Shrikumar et al.: Not Just a Black Box", 2016, "https://arxiv.org/abs/1605.01713", lambda asked: 5,
    ),
)  # fmt: skip
