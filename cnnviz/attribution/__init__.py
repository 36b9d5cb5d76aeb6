"""Why a network says what it says: nineteen ways to lay its answer out over the image, and what each one promises.

A family, one file a method: theory, formula and paper in its docstring. What is explained is a `Target` (a class, one
class minus another, a unit of any layer); what comes of it is an `Attribution`, a frozen record of numpy arrays, with
the method's law checked on that very map. The network is borrowed and comes back untouched.

>>> from cnnviz import attribution, images, networks, samples
>>> network = networks.open_network("efficientnet_lite0")       # doctest: +SKIP
>>> x = images.to_tensor(samples.read("chelsea"), network.spec)  # doctest: +SKIP
>>> found = attribution.explain(network.model, x, "grad_cam", Target(282), layer="head.relu6")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnnviz.attribution import (  # noqa: F401  each registers itself
    ablation_cam,
    deconvolution,
    deeplift,
    expected_gradients,
    grad_cam,
    grad_cam_plus,
    gradient,
    guided,
    hires_cam,
    input_gradient,
    integrated_gradients,
    layer_cam,
    lrp,
    lrp_alpha_beta,
    lrp_composite,
    occlusion,
    rise,
    score_cam,
    smoothgrad,
)  # isort: skip # fmt: skip
from cnnviz.attribution.asking import AttributionRequest, Progress
from cnnviz.attribution.entries import REGISTRY, Method
from cnnviz.attribution.errors import DoesNotFit, Stopped
from cnnviz.attribution.first_pass import FirstPass
from cnnviz.attribution.parts_kept import MethodParts
from cnnviz.records.attribution import Attribution, Target

__all__ = [
    "REGISTRY", "AttributionRequest", "DoesNotFit", "FirstPass", "Method", "MethodParts", "Stopped", "explain",
    "last_maps", "names",
]  # fmt: skip


def explain(
    model: nn.Module, x: torch.Tensor, method: str, target: Target, *, layer: str = "",
    baseline: torch.Tensor | None = None, seed: int = 0, progress: Progress | None = None, **settings: Any,
) -> Attribution:  # fmt: skip
    """One method's map for one image x [1, C, H, W].

    layer: whose cells the class activation maps weigh; the last with more than one cell by itself. baseline: what
    "nothing" looks like, zeros by themselves: the training images' mean colour. settings: a method's own numbers.
    Raises KeyError for an unknown method or layer, ValueError for an output that there is not, DoesNotFit, Stopped.
    """
    asked = AttributionRequest(model, x, target, layer, baseline, seed, settings, progress)
    asked.layer = asked.layer or last_maps(asked)
    return REGISTRY[method](asked)


ORDER = (
    "gradient", "input_gradient", "grad_cam", "hires_cam", "layer_cam", "grad_cam_plus", "guided", "deconvolution",
    "deeplift", "lrp", "lrp_alpha_beta", "lrp_composite", "smoothgrad", "integrated_gradients", "occlusion", "rise",
    "score_cam", "ablation_cam", "expected_gradients",
)  # fmt: skip


def names() -> tuple[str, ...]:
    """All methods, in the order of the page; one that `ORDER` does not know stands last."""
    return (*ORDER, *(name for name in REGISTRY if name not in ORDER))


def last_maps(asked: AttributionRequest) -> str:
    """The last layer before the target whose maps have more than one cell; "" where there is none."""
    found = ""
    for key in asked.before_target():
        shape = asked.shapes[key]
        if len(shape) == 4 and shape[2] * shape[3] > 1 and asked.nodes[key].kind != "input" and key != asked.stop:
            found = key
    return found
