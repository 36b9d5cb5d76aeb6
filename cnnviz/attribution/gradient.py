"""Gradient: how fast the target's value grows with each number of the image.

Theory: the first-order Taylor term of f at x. It says what a small change would do, not what the pixel has done; where
ReLUs saturate it is zero although the pixel matters.
Formula: M = Σ_c ∂f/∂x_c. The paper takes the largest size over the channels; here the sign is kept.
Source: K. Simonyan, A. Vedaldi, A. Zisserman: Deep Inside Convolutional Networks (2013), https://arxiv.org/abs/1312.6034
"""

from __future__ import annotations

from dataclasses import replace

from cnnviz.attribution import laws
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass forwards and one backwards; checked by a step along the gradient itself."""
    values, gradient = asked.slope
    length = float(gradient.double().norm())
    claim = "A small step along the map changes the score as fast as the map says"
    law = laws.slope(asked, gradient / max(length, 1e-30), length, claim)
    return replace(of_pixels("gradient", gradient, float(values[0])), law=law)


REGISTRY.add(
    "gradient",
    Method(
        "gradient", "Gradient", "gradients", compute, r"\sum_c \frac{\partial f}{\partial x_c}",
        "Simonyan, Vedaldi, Zisserman: Deep Inside Convolutional Networks", 2013, "https://arxiv.org/abs/1312.6034",
        lambda asked: 5,
    ),
)  # fmt: skip
