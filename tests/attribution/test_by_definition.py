"""Every method that no sum binds, written down once more from its formula, on drawn networks in float64 to 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnnviz import attribution
from cnnviz.attribution import occlusion, rise
from cnnviz.records.attribution import Target
from tests.attribution.test_laws import CLASSES, SIDE, bends, drawn, pools, seeds


def rest(model: Any, maps: torch.Tensor) -> torch.Tensor:
    """The scores of what follows the pooling."""
    return model.head(maps.mean((2, 3)))


def pooled(model: Any, x: torch.Tensor, gate: Any = None) -> torch.Tensor:
    """`Small` as far as its pooling; gate: in the place of its two rectifiers."""
    bend, relu = (gate(6.0) if isinstance(model.bend, nn.ReLU6) else gate(float("inf")), gate(float("inf"))) if gate \
        else (model.bend, torch.tanh if model.smooth else functional.relu)  # fmt: skip
    made = bend(model.norm(model.one(x)))
    return model.pool(made + relu(model.two(made)))


def found(method: str, model: nn.Module, x: torch.Tensor, **options: Any) -> np.ndarray:
    return attribution.explain(model, x, method, Target(1), layer="pool", **options).native


def same(one: np.ndarray, other: torch.Tensor) -> bool:
    return np.allclose(one, other.detach().numpy(), rtol=1e-9, atol=1e-11)


@settings(max_examples=8, deadline=None)
@given(seeds, bends, pools)
def test_maps_weighed_by_slopes(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    maps = pooled(model, x).detach().requires_grad_()
    (slope,) = torch.autograd.grad(rest(model, maps)[0, 1], maps)
    a, g = maps.detach()[0], slope[0]
    assert same(found("layer_cam", model, x), (a * g.clamp_min(0)).sum(0))
    assert same(found("hires_cam", model, x), (a * g).sum(0))
    below = 2 * g**2 + g**3 * a.sum((1, 2), keepdim=True)
    weights = torch.where(g == 0, 0, g**2 / below * g.clamp_min(0)).sum((1, 2))
    assert same(found("grad_cam_plus", model, x), (weights[:, None, None] * a).sum(0))


@settings(max_examples=6, deadline=None)
@given(seeds, bends)
def test_maps_weighed_by_what_they_do(seed: int, bend: str) -> None:
    model, x = drawn(seed, bend=bend)
    base = torch.randn_like(x) / 2
    with torch.no_grad():
        maps, score = pooled(model, x), float(model(x)[0, 1])
        lost, seen = [], []
        for channel in range(maps.shape[1]):
            without = maps.clone()
            without[:, channel] = 0
            lost.append(score - rest(model, without)[0, 1])
            one = functional.interpolate(maps[:, channel : channel + 1], (SIDE, SIDE), mode="bilinear")
            mask = (one - one.min()) / (one.max() - one.min()).clamp_min(1e-12)
            seen.append(model(x * mask + base * (1 - mask))[0, 1])
        ablated = (torch.stack(lost)[:, None, None] * maps[0]).sum(0) / abs(score)
        weights = torch.softmax(torch.stack(seen) - model(base)[0, 1], 0)
    assert same(found("ablation_cam", model, x), ablated)
    assert same(found("score_cam", model, x, baseline=base), (weights[:, None, None] * maps[0]).sum(0))


class Gate(torch.autograd.Function):
    """A rectifier that is closed above `top`; forward_gate: whether its own slope counts in the backward pass."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, top: float, forward_gate: bool) -> torch.Tensor:
        ctx.save_for_backward((x > 0) & (x < top) if forward_gate else torch.ones_like(x, dtype=torch.bool))
        return x.clamp(0, top)

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> Any:
        (is_open,) = ctx.saved_tensors
        return slopes[0].clamp_min(0) * is_open, None, None


@settings(max_examples=12, deadline=None)
@given(
    seeds, st.sampled_from(("guided", "deconvolution")), st.sampled_from(("relu", "relu6")), pools, st.floats(0.5, 6)
)
def test_slopes_cut_at_rectifiers(seed: int, method: str, bend: str, pool: str, size: float) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    x, forward_gate = (size * x).requires_grad_(), method == "guided"  # large ones fill a ReLU6 somewhere

    def gate(top: float) -> Any:
        return lambda made: Gate.apply(made, top, forward_gate)

    (wanted,) = torch.autograd.grad(rest(model, pooled(model, x, gate))[0, 1], x)
    assert same(found(method, model, x.detach()), wanted[0].sum(0))


@settings(max_examples=6, deadline=None)
@given(seeds, bends)
def test_means_over_drawn_images(seed: int, bend: str) -> None:
    model, x = drawn(seed, bend=bend)
    alone = attribution.explain(model, x, "gradient", Target(1))
    calm = attribution.explain(model, x, "smoothgrad", Target(1), samples=3, noise=0.0)
    assert np.allclose(calm.map, alone.map, rtol=1e-9, atol=1e-11)
    linear = nn.Sequential(nn.Flatten(), nn.Linear(2 * SIDE * SIDE, CLASSES)).double().eval()
    base = torch.randn_like(x)
    expected = attribution.explain(linear, x, "expected_gradients", Target(1), baselines=base, samples=5)
    weights = linear[1].weight[1].view(2, SIDE, SIDE)
    assert same(expected.map, (weights * (x - base)[0]).sum(0))


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_rise_is_the_slope_of_the_score_by_the_mask(seed: int) -> None:
    model, x = drawn(seed)
    record = attribution.explain(model, x, "rise", Target(1), masks=40, seed=seed)
    masks = rise._masks(attribution.AttributionRequest(model, x, Target(1)), 40, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        scores = model(x * masks)[:, 1].numpy()
    kept = masks[:, 0].half().double().numpy()
    for row, column in ((0, 0), (3, 5), (7, 7)):
        share = np.cov(kept[:, row, column], scores, bias=True)
        assert record.map[row, column] == pytest.approx(share[0, 1] / max(share[0, 0], 1e-9), rel=1e-6, abs=1e-9)


@settings(max_examples=6, deadline=None)
@given(seeds, bends, pools)
def test_maps_before_a_layer_that_knows_places(seed: int, bend: str, pool: str) -> None:
    """Each cell has a slope of its own there, so the methods differ."""
    model, x = drawn(seed, bend=bend, pool=pool, tail=False)
    maps = pooled(model, x).detach().requires_grad_()
    (slope,) = torch.autograd.grad(model.head(maps.flatten(1))[0, 1], maps)
    a, g = maps.detach()[0], slope[0]
    assert same(found("grad_cam", model, x), (g.mean((1, 2), keepdim=True) * a).sum(0))
    assert same(found("hires_cam", model, x), (a * g).sum(0))
    assert same(found("layer_cam", model, x), (a * g.clamp_min(0)).sum(0))
    assert not np.allclose(found("grad_cam", model, x), found("hires_cam", model, x))


def slopes(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Each image's gradient of class 1, one image at a time: [N, C, H, W]."""
    made = []
    for one in images:
        alone = one[None].clone().requires_grad_()
        made.append(torch.autograd.grad(model(alone)[0, 1], alone)[0])
    return torch.cat(made)


@settings(max_examples=6, deadline=None)
@given(seeds, bends, st.integers(2, 7))
def test_gradients_times_ways_and_means_of_them(seed: int, bend: str, count: int) -> None:
    """Where the network bends, too: input × gradient, integrated and expected gradients, SmoothGrad."""
    model, x = drawn(seed, bend=bend)
    base, target = torch.randn_like(x) / 2, Target(1)
    product = attribution.explain(model, x, "input_gradient", target, baseline=base)
    assert same(product.map, ((x - base) * slopes(model, x))[0].sum(0))
    shares = (torch.arange(count, dtype=x.dtype) + 0.5).view(-1, 1, 1, 1) / count
    walked = attribution.explain(model, x, "integrated_gradients", target, baseline=base, steps=count)
    assert same(walked.map, ((x - base) * slopes(model, base + shares * (x - base))).mean(0).sum(0))
    dice = torch.Generator().manual_seed(seed)
    noise = torch.stack([torch.randn(x.shape[1:], generator=dice, dtype=x.dtype) for _ in range(count)])
    calm = attribution.explain(model, x, "smoothgrad", target, samples=count, noise=0.2, seed=seed)
    assert same(calm.map, slopes(model, x + 0.2 * (x.max() - x.min()) * noise).mean(0).sum(0))
    dice.manual_seed(seed)
    given_, total = torch.randn(3, *x.shape[1:], dtype=x.dtype), torch.zeros_like(x)
    for _ in range(count):
        other = given_[torch.randint(3, (1,), generator=dice)]
        share = torch.rand(1, generator=dice, dtype=torch.float64).view(-1, 1, 1, 1)
        total += (x - other) * slopes(model, other + share * (x - other)) / count
    many = attribution.explain(model, x, "expected_gradients", target, baselines=given_, samples=count, seed=seed)
    assert same(many.map, total[0].sum(0))


@settings(max_examples=6, deadline=None)
@given(seeds, pools)
def test_where_nothing_has_a_kink_enough_steps_are_complete_to_a_millionth(seed: int, pool: str) -> None:
    model, x = drawn(seed, bend="tanh", pool="avg" if pool == "max" else pool)
    base = x + torch.randn_like(x) / 10
    with torch.no_grad():
        gained = float((model(x) - model(base))[0, 1])
    walked = attribution.explain(model, x, "integrated_gradients", Target(1), baseline=base, steps=256)
    assert walked.map.sum() == pytest.approx(gained, rel=1e-6, abs=1e-6)


@settings(max_examples=4, deadline=None)
@given(seeds, bends, st.integers(2, 5), st.integers(1, 3))
def test_a_window_takes_what_the_score_loses_without_it(seed: int, bend: str, per_side: int, wide: int) -> None:
    model, x = drawn(seed, bend=bend)
    base = torch.randn_like(x)
    record = attribution.explain(model, x, "occlusion", Target(1), baseline=base, per_side=per_side, wide=wide)
    asked = attribution.AttributionRequest(model, x, Target(1), settings={"per_side": per_side, "wide": wide})
    windows, _ = occlusion._windows(asked)
    lost = []
    for top, bottom, left, right in windows:
        covered = x.clone()
        covered[..., top:bottom, left:right] = base[..., top:bottom, left:right]
        with torch.no_grad():
            lost.append(float((model(x) - model(covered))[0, 1]))
    assert np.allclose(record.native.ravel(), lost, rtol=1e-6, atol=1e-9)


def test_every_method_has_a_law_or_its_formula_here() -> None:
    by_sum = {"gradient", "input_gradient", "integrated_gradients", "deeplift", "lrp", "lrp_alpha_beta",
              "lrp_composite", "grad_cam", "occlusion"}  # fmt: skip
    here = {"layer_cam", "hires_cam", "grad_cam_plus", "ablation_cam", "score_cam", "guided", "deconvolution",
            "smoothgrad", "expected_gradients", "rise"}  # fmt: skip
    assert by_sum | here == set(attribution.names())
