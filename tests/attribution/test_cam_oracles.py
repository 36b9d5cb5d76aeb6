"""The class activation maps against two libraries, on drawn networks in float64; each difference by name.

Both hang hooks on a module, cut at zero and by default stretch to 0 … 1; compared is what they have before the stretch.
`pip install torchcam grad-cam` brings them; neither is asked for at run time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from torch.nn import functional

from cnnviz import attribution
from cnnviz.records.attribution import Target
from tests.attribution.test_by_definition import pooled, rest
from tests.attribution.test_laws import bends, drawn, pools, seeds

CLASS = 1
TORCHCAM = {"grad_cam": "GradCAM", "layer_cam": "LayerCAM"}
GRAD_CAM = {"grad_cam": "GradCAM", "hires_cam": "HiResCAM", "layer_cam": "LayerCAM"}


def ours(method: str, model: torch.nn.Module, x: torch.Tensor) -> np.ndarray:
    return attribution.explain(model, x, method, Target(CLASS), layer="pool").native


def near(one: np.ndarray, other: np.ndarray, share: float = 1e-6) -> bool:
    return np.allclose(one, other, rtol=share, atol=share * max(1e-9, float(np.abs(one).max())))


def of_torchcam(name: str, model: torch.nn.Module, x: torch.Tensor) -> np.ndarray:
    """Its map, cut at zero: [h, w]."""
    methods = pytest.importorskip("torchcam.methods")
    with getattr(methods, name)(model, target_layer="pool") as extractor:
        scores = model(x.clone().requires_grad_())
        (found,) = extractor(CLASS, scores, normalized=False)
    made: np.ndarray = found[0].detach().numpy()
    return made


@pytest.mark.parametrize("method", TORCHCAM)
@settings(max_examples=4, deadline=None)
@given(seeds, bends, pools)
def test_torchcam_agrees(method: str, seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    assert near(np.maximum(ours(method, model, x), 0), of_torchcam(TORCHCAM[method], model, x))


def enlarged(maps: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(maps, x.shape[-2:], mode="bilinear", align_corners=False)


def scaled(maps: torch.Tensor) -> torch.Tensor:
    low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    return (maps - low) / (high - low).clamp_min(1e-12)


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_torchcams_score_cam_scales_before_it_enlarges(seed: int) -> None:
    """torchcam 0.5.0: its masks need not reach 1. Wang et al. (2020), equation 6, scale what was enlarged, as ours."""
    model, x = drawn(seed)
    maps = pooled(model, x).detach()
    found = {}
    for name, masks in (("ours", scaled(enlarged(maps, x))), ("theirs", enlarged(scaled(maps), x))):
        with torch.no_grad():
            weights = torch.softmax(model(x * masks[0, :, None])[:, CLASS], 0)
        found[name] = np.maximum((weights[:, None, None] * maps[0]).sum(0).numpy(), 0)
    assert near(np.maximum(ours("score_cam", model, x), 0), found["ours"])
    assert near(of_torchcam("ScoreCAM", model, x), found["theirs"])


def test_torchcams_grad_cam_plus_divides_a_copy() -> None:
    """torchcam 0.5.0: `alpha[idx][mask].div_(…)` writes into a copy, so its weights are Σ g² max(0, g)."""
    model, x = drawn(3)
    maps = pooled(model, x).detach().requires_grad_()
    (slope,) = torch.autograd.grad(rest(model, maps)[0, CLASS], maps)
    a, g = maps.detach()[0], slope[0]
    weights = (g**2 * g.clamp_min(0)).sum((1, 2))
    theirs = of_torchcam("GradCAMpp", model, x)
    assert near((weights[:, None, None] * a).sum(0).clamp_min(0).numpy(), theirs)
    assert not near(np.maximum(ours("grad_cam_plus", model, x), 0), theirs)


def of_grad_cam(name: str, model: Any, x: torch.Tensor) -> np.ndarray:
    """Its map before it is cut and stretched: [h, w]."""
    library = pytest.importorskip("pytorch_grad_cam")
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    targets = [ClassifierOutputTarget(CLASS)]
    with getattr(library, name)(model=model, target_layers=[model.pool]) as extractor:
        extractor(input_tensor=x, targets=targets)
        kept = extractor.activations_and_grads
        activations = kept.activations[0].numpy()
        gradients = kept.gradients[0].numpy() if kept.gradients else None
        found: np.ndarray = extractor.get_cam_image(x, model.pool, targets, activations, gradients, False)
    return found[0]


@pytest.mark.parametrize("method", GRAD_CAM)
@settings(max_examples=4, deadline=None)
@given(seeds, bends, pools)
def test_grad_cam_agrees(method: str, seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    assert near(ours(method, model, x), of_grad_cam(GRAD_CAM[method], model, x), 1e-5)


@settings(max_examples=4, deadline=None)
@given(seeds, bends, pools)
def test_grad_cams_grad_cam_plus_adds_a_millionth(seed: int, bend: str, pool: str) -> None:
    """grad-cam 1.5.7: 1e-6 stands beside 2 g² + ΣA g³ in α's denominator, which is no larger where slopes are small."""
    model, x = drawn(seed, bend=bend, pool=pool)
    maps = pooled(model, x).detach().requires_grad_()
    (slope,) = torch.autograd.grad(rest(model, maps)[0, CLASS], maps)
    a, g = maps.detach()[0], slope[0]
    alpha = g**2 / (2 * g**2 + a.sum((1, 2), keepdim=True) * g**3 + 1e-6)
    weights = (g.clamp_min(0) * torch.where(g != 0, alpha, 0)).sum((1, 2))
    assert near((weights[:, None, None] * a).sum(0).numpy(), of_grad_cam("GradCAMPlusPlus", model, x), 1e-5)


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_grad_cams_ablation_cam_turns_with_a_negative_score(seed: int) -> None:
    """grad-cam 1.5.7 divides by the score, ours by its size. Where maps hold no zero it puts −1e7 for "off", not 0."""
    model, x = drawn(seed, bend="relu")
    assume(float(pooled(model, x).detach().min()) == 0)
    with torch.no_grad():
        sign = float(torch.sign(model(x)[0, CLASS]))
    assert near(sign * ours("ablation_cam", model, x), of_grad_cam("AblationCAM", model, x), 1e-5)
