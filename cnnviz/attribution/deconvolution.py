"""Deconvolution: the network run backwards, with a ReLU on what comes back and none of the forward pass's gates.

Theory: only max pooling's winners tie the map to this image; where a network has no pooling of that kind, the map is
the target's alone and the same for all images.
Formula: at a ReLU, g_in = g_out · [g_out > 0].
Source: M. Zeiler, R. Fergus: Visualizing and Understanding Convolutional Networks (2013), https://arxiv.org/abs/1311.2901
"""

from __future__ import annotations

from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.bends import through_rectifiers
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """One pass and one back."""
    values, gradient = through_rectifiers(asked, forward_gate=False)
    return of_pixels("deconvolution", gradient, float(values[0]))


REGISTRY.add(
    "deconvolution",
    Method(
        "deconvolution", "Deconvolution", "rules", compute, r"g_{in}=g_{out}\,[g_{out}>0]",
        "Zeiler, Fergus: Visualizing and Understanding Convolutional Networks", 2013,
        "https://arxiv.org/abs/1311.2901", lambda asked: 3,
    ),
)  # fmt: skip
