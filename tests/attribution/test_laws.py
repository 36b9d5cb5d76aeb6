"""The laws of every attribution method, on small drawn networks in float64, and captum's Grad-CAM."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnnviz import anatomy, attribution
from cnnviz.attribution import from_layer, laws, occlusion
from cnnviz.records.attribution import Target

SIDE, CLASSES = 8, 4
CAMS = ("grad_cam", "hires_cam", "layer_cam", "grad_cam_plus", "score_cam", "ablation_cam")
seeds = st.integers(0, 10_000)


class Small(nn.Module):
    """Convolutions with an in-place, a functional and a module's activation, a skip and a pooling of either kind."""

    def __init__(self, bend: str = "relu", pool: str = "max", *, biases: bool = True, tail: bool = True) -> None:
        super().__init__()
        self.one = nn.Conv2d(2, 6, 3, padding=1, bias=biases)
        self.norm = nn.BatchNorm2d(6)
        self.two = nn.Conv2d(6, 6, 3, padding=1, bias=biases)
        self.bend = {"relu": nn.ReLU(inplace=True), "relu6": nn.ReLU6(), "tanh": nn.Tanh()}[bend]
        self.pool = nn.MaxPool2d(2) if pool == "max" else nn.AvgPool2d(2)
        self.head = nn.Linear(6, CLASSES, bias=biases) if tail else nn.Linear(6 * 16, CLASSES)
        self.tail, self.biases, self.smooth = tail, biases, bend == "tanh"
        if biases:
            nn.init.normal_(self.norm.running_mean)
            nn.init.normal_(self.norm.bias)
            nn.init.uniform_(self.norm.running_var, 0.5, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.one(x)
        x = self.bend(self.norm(x) if self.biases else x)
        y = torch.tanh(self.two(x)) if self.smooth else functional.relu(self.two(x), inplace=True)
        x = self.pool(x + y)
        return self.head(x.mean((2, 3)) if self.tail else x.flatten(1))


def drawn(seed: int, **options: object) -> tuple[nn.Module, torch.Tensor]:
    torch.manual_seed(seed)
    return Small(**options).double().eval(), torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)  # type: ignore[arg-type]


def close(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 1e-6 * max(1.0, abs(wanted))


bends = st.sampled_from(("relu", "relu6", "tanh"))
pools = st.sampled_from(("max", "avg"))


@settings(max_examples=15, deadline=None)
@given(seeds, bends, pools)
def test_the_gradient_is_autograds(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    y = x.clone().requires_grad_()
    (wanted,) = torch.autograd.grad(model(y)[0, 1] - model(y)[0, 2], y)
    found = attribution.explain(model, x, "gradient", Target(1, "difference", 2))
    assert np.allclose(found.channels, wanted[0].numpy(), atol=1e-12)
    assert found.law is not None
    assert found.law.holds


@pytest.mark.parametrize("method", ["gradient", "hires_cam"])
def test_a_value_that_was_written_over_unseen_still_has_its_gradient(method: str) -> None:
    model, x = drawn(4)
    wanted = attribution.explain(model, x, method, Target(1), layer="pool").map
    model.bend.inplace = 1  # in place, though nothing that looks for True sees it
    found = attribution.explain(model, x, method, Target(1), layer="pool").map
    assert np.abs(wanted).max() > 0
    assert np.allclose(found, wanted, atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(seeds, bends, pools)
def test_deeplift_and_integrated_gradients_sum_to_the_difference(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    base = torch.randn_like(x) / 2
    with torch.no_grad():
        delta = float(model(x)[0, 1] - model(base)[0, 1])
    lifted = attribution.explain(model, x, "deeplift", Target(1), baseline=base)
    assert close(lifted.map.sum(), delta)
    walked = attribution.explain(model, x, "integrated_gradients", Target(1), baseline=base)
    assert walked.law is not None
    assert walked.law.holds
    assert abs(walked.map.sum() - delta) <= 0.0201 * abs(delta) + 1e-6
    assert walked.path[0][0] == 0
    assert close(walked.path[-1][1] - walked.path[0][1], delta)


@settings(max_examples=10, deadline=None)
@given(seeds, bends, pools)
def test_relevance_is_conserved_with_what_is_absorbed(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    found = attribution.explain(model, x, "lrp", Target(2))
    assert found.law is not None
    assert found.law.difference <= 1e-6 * max(1, abs(found.value))


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_without_biases_and_epsilon_relevance_is_input_times_gradient_and_sums_to_the_score(seed: int) -> None:
    model, x = drawn(seed, biases=False)
    lrp = attribution.explain(model, x, "lrp", Target(0), epsilon=0.0)
    product = attribution.explain(model, x, "input_gradient", Target(0))
    assert np.allclose(lrp.map, product.map, atol=1e-9)
    assert close(product.map.sum(), product.value)


@settings(max_examples=10, deadline=None)
@given(seeds, bends)
def test_before_mean_pooling_and_a_linear_layer_grad_cam_is_the_class_activation_map(seed: int, bend: str) -> None:
    model, x = drawn(seed, bend=bend, pool="avg")
    found = attribution.explain(model, x, "grad_cam", Target(3), layer="pool")
    with torch.no_grad():
        one = model.bend(model.norm(model.one(x)))
        two = torch.tanh(model.two(one)) if bend == "tanh" else model.two(one).relu()
        cells = model.pool(one + two)[0]
        cam = (model.head.weight[3][:, None, None] * cells).sum(0) / cells[0].numel()
    assert np.allclose(found.native, cam.numpy(), atol=1e-10)
    assert found.law is not None
    assert found.law.holds
    assert "class activation map" in found.law.claim
    sharp = attribution.explain(model, x, "hires_cam", Target(3), layer="pool")
    assert np.allclose(sharp.native, cam.numpy(), atol=1e-10)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_covering_a_linear_network_takes_the_weights_times_the_difference(seed: int) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(2 * SIDE * SIDE, CLASSES)).double()
    x, base = torch.randn(2, 1, 2, SIDE, SIDE, dtype=torch.float64)
    weighed = (model[1].weight[1].detach().view(2, SIDE, SIDE) * (x - base)[0]).sum(0).numpy()
    found = attribution.explain(model, x, "occlusion", Target(1), baseline=base, per_side=SIDE, wide=1)
    assert np.allclose(found.map, weighed, atol=1e-9)
    assert np.allclose(found.native, weighed, atol=1e-9)
    for other in ("input_gradient", "integrated_gradients", "deeplift"):
        assert np.allclose(attribution.explain(model, x, other, Target(1), baseline=base).map, weighed, atol=1e-9)


class Straight(nn.Module):
    """Nothing bends: convolutions of drawn strides and paddings, a normalisation, a skip, mean pooling, linear."""

    def __init__(self, stride: int, groups: int, *, skip: bool, bent: bool = False) -> None:
        super().__init__()
        self.one = nn.Conv2d(2, 4, 3, padding=1, stride=stride)
        self.norm = nn.BatchNorm2d(4)
        self.two = nn.Conv2d(4, 4, 3, padding=1, groups=groups)
        self.pool, self.drop = nn.AvgPool2d(2), nn.Dropout(0.5)
        self.head = nn.Linear(4 * (8 // stride // 2) ** 2, CLASSES)
        self.skip, self.bent = skip, bent
        nn.init.normal_(self.norm.running_mean)
        nn.init.uniform_(self.norm.running_var, 0.5, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.one(x))
        y = self.two(x.relu() if self.bent else x)
        return self.head(self.drop(self.pool(x + y if self.skip else y)).flatten(1))


@settings(max_examples=12, deadline=None)
@given(seeds, st.sampled_from((1, 2)), st.sampled_from((1, 2, 4)), st.booleans(), st.integers(2, SIDE), st.booleans())
def test_where_nothing_bends_every_window_takes_the_weights_times_the_difference(
    seed: int, stride: int, groups: int, skip: bool, per_side: int, of_unit: bool
) -> None:
    torch.manual_seed(seed)
    model = Straight(stride, groups, skip=skip).double().eval()
    x, base = torch.randn(2, 1, 2, SIDE, SIDE, dtype=torch.float64)
    target = Target(2, "unit", layer="two", row=1, column=2) if of_unit else Target(1, "difference", 3)
    found = attribution.explain(model, x, "occlusion", target, baseline=base, per_side=per_side)
    with torch.no_grad():  # w by the network's own answers: f is affine
        pixels = torch.eye(2 * SIDE * SIDE, dtype=x.dtype).view(-1, 2, SIDE, SIDE)
        both = torch.cat([pixels, torch.zeros(1, 2, SIDE, SIDE, dtype=x.dtype)])
        if of_unit:
            values = model.two(model.norm(model.one(both)))[:, 2, 1, 2]
        else:
            values = model(both)[:, 1] - model(both)[:, 3]
        shares = ((values[:-1] - values[-1]).view(2, SIDE, SIDE) * (x - base)[0]).sum(0).numpy()
    windows, _ = occlusion._windows(attribution.AttributionRequest(model, x, target, settings={"per_side": per_side}))
    sums = [shares[top:bottom, left:right].sum() for top, bottom, left, right in windows]
    assert np.allclose(found.native.reshape(-1), sums, rtol=1e-6, atol=1e-9)
    assert found.law is not None
    assert f"each of the {len(windows)} windows" in found.law.claim
    assert found.law.holds
    assert found.law.difference <= 1e-6 * max(1.0, float(np.abs(sums).max()))
    bent = Straight(stride, groups, skip=skip, bent=True).double().eval()
    law = attribution.explain(bent, x, "occlusion", target, baseline=base, per_side=per_side).law
    assert law is not None
    assert "covered by itself" in law.claim


def test_a_window_that_takes_something_else_breaks_that_law() -> None:
    torch.manual_seed(1)
    model, x = Straight(1, 1, skip=True).eval(), torch.randn(1, 2, SIDE, SIDE)
    asked = attribution.AttributionRequest(model, x, Target(1))
    windows, _ = occlusion._windows(asked)
    lost = attribution.explain(model, x, "occlusion", Target(1)).native.reshape(-1).copy()
    law = occlusion._weighed(asked, windows, lost, asked.value())
    assert law is not None
    assert law.holds
    lost[7] += 1e-2
    law = occlusion._weighed(asked, windows, lost, asked.value())
    assert law is not None
    assert not law.holds


@settings(max_examples=4, deadline=None)
@given(seeds, st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
def test_outside_a_units_receptive_field_every_map_of_pixels_is_zero(seed: int, row: int, column: int) -> None:
    model, x = drawn(seed)
    unit = Target(3, "unit", layer="two", row=row, column=column)
    outside = np.ones((SIDE, SIDE), bool)
    outside[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = False
    pixels = ("gradient", "input_gradient", "integrated_gradients", "smoothgrad", "guided", "deeplift", "lrp")
    for method in (*pixels, "lrp_alpha_beta", "lrp_composite"):
        assert not attribution.explain(model, x, method, unit).map[outside].any(), method
    covered = attribution.explain(model, x, "occlusion", unit, per_side=SIDE, wide=1)
    assert np.abs(covered.map[outside]).max(initial=0) < 1e-12


@settings(max_examples=4, deadline=None)
@given(seeds, st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
def test_what_a_cell_does_not_see_is_checked_on_its_map(seed: int, row: int, column: int) -> None:
    model, x = drawn(seed)
    field = next(one for one in anatomy.inspect(model, (2, SIDE, SIDE)) if one.name == "two").receptive_field
    unit = Target(3, "unit", layer="two", row=row, column=column)
    found = attribution.explain(model, x, "gradient", unit)
    law = laws.outside(found, field, row, column, "{} {} {} {}")
    assert law is not None
    assert law.holds
    box = (max(0, row - 2), min(SIDE, row + 3) - 1, max(0, column - 2), min(SIDE, column + 3) - 1)
    assert law.claim == "{} {} {} {}".format(*box)
    everywhere = attribution.explain(model, x, "gradient", Target(3, "unit", layer="two"))
    broken = laws.outside(everywhere, field, row, column, "")
    assert broken is not None
    assert not broken.holds
    for method in ("occlusion", "hires_cam"):
        windows = attribution.explain(model, x, method, unit, layer="bend")
        assert laws.outside(windows, field, row, column, "") is None, method


@pytest.mark.parametrize("method", attribution.names())
def test_the_model_comes_back_untouched(method: str) -> None:
    model, x = drawn(3)
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    drawing = torch.get_rng_state()
    kept = x.clone()
    found = attribution.explain(model, x, method, Target(1), masks=20, samples=4, layer="pool")
    assert model.training
    assert all(module.training for module in model.modules())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert torch.equal(drawing, torch.get_rng_state())
    assert torch.equal(x, kept)
    assert all(value.grad is None for value in model.parameters())
    assert found.map.shape == (SIDE, SIDE)
    assert np.isfinite(found.map).all()
    assert found.law is None or found.law.holds, found.law


def test_captums_grad_cam_agrees() -> None:
    captum = pytest.importorskip("captum.attr")  # the rest of it: test_captum_oracles.py

    torch.manual_seed(1)
    model = nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(6, 5, 3), nn.ReLU(), nn.Flatten(),
        nn.Linear(20, CLASSES),
    ).double().eval()  # fmt: skip
    x = torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)
    cam = captum.LayerGradCam(model, model[4]).attribute(x, target=1)
    found = attribution.explain(model, x, "grad_cam", Target(1), layer="4")
    assert np.allclose(found.native, cam[0, 0].detach().numpy(), atol=1e-10)


def test_what_does_not_fit_says_why() -> None:
    model, x = drawn(0, bend="tanh")
    with pytest.raises(attribution.DoesNotFit, match="Tanh"):
        attribution.explain(model, x, "guided", Target(0))
    with pytest.raises(attribution.DoesNotFit, match="maps of a layer"):
        attribution.explain(model, x, "grad_cam", Target(0), layer="mean")
    with pytest.raises(ValueError, match="no output 9"):
        attribution.explain(model, x, "gradient", Target(9))
    with pytest.raises(attribution.Stopped):
        attribution.explain(model, x, "occlusion", Target(0), progress=lambda share: True)


@settings(max_examples=15, deadline=None)
@given(seeds, bends, pools, st.sampled_from(("one", "bend", "two", "relu", "pool", "add")))
def test_from_a_layer_on_is_as_if_all_had_been_computed(seed: int, bend: str, pool: str, wanted: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    asked = attribution.AttributionRequest(model, x, Target(1))
    asked.layer = next((key for key in asked.nodes if key.split(".")[-1].startswith(wanted)), "pool")
    made = torch.randn(3, *asked.shapes[asked.layer][1:], dtype=x.dtype)

    def change(key: str, compute: Any, args: tuple[Any, ...]) -> Any:
        found = compute()
        return made.clone() if key == asked.layer else found

    every = asked.values(x.expand(3, -1, -1, -1), change)
    assert torch.allclose(from_layer.values(asked, made), every, atol=1e-12)


def test_what_a_way_depends_on_is_computed_after_all() -> None:
    class Forked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two, self.head = nn.Conv2d(2, 6, 3), nn.Conv2d(6, 6, 1), nn.Linear(6, CLASSES)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.one(x)
            y = self.two(x)
            return self.head((2 * y if float(x.abs().sum()) > 0 else y.relu()).mean((2, 3)))

    torch.manual_seed(0)
    model, x = Forked().double().eval(), torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)
    asked = attribution.AttributionRequest(model, x, Target(1), layer="two")
    made = torch.randn(2, *asked.shapes["two"][1:], dtype=x.dtype)
    with torch.no_grad():
        assert torch.allclose(from_layer.values(asked, made), model.head((2 * made).mean((2, 3)))[:, 1])
