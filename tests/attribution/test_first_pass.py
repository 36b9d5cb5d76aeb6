"""What one request has seen serves the next target and the next method, and changes no number."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import attribution, capture
from cnnviz.attribution import cam, from_layer
from cnnviz.records.attribution import Target
from tests.attribution.test_laws import bends, drawn, pools, seeds

CAMS = ("grad_cam", "hires_cam", "layer_cam", "grad_cam_plus", "score_cam", "ablation_cam")


@settings(max_examples=8, deadline=None)
@given(seeds, bends, pools)
def test_another_target_needs_no_first_pass_and_gets_the_same_map(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    before = attribution.AttributionRequest(model, x, Target(1))
    for target in (Target(2), Target(0, "difference", 3), Target(4, "unit", layer="norm")):
        again = attribution.AttributionRequest(model, x, target, first=before.first)
        alone = attribution.AttributionRequest(model, x, target)
        assert again.stop == alone.stop
        again.layer, alone.layer = attribution.last_maps(again), attribution.last_maps(alone)
        assert again.layer == alone.layer
        for method in ("gradient", "grad_cam", "smoothgrad"):
            one, other = (attribution.REGISTRY[method](asked).map for asked in (again, alone))
            assert np.array_equal(one, other), method


def test_a_first_pass_is_made_once_and_holds_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = drawn(3)
    first = attribution.AttributionRequest(model, x, Target(1)).first
    assert first is not None
    assert model not in vars(first).values()
    calls = []
    model.register_forward_pre_hook(lambda *_: calls.append(1))
    attribution.AttributionRequest(model, x, Target(2), first=first)
    assert not calls
    attribution.AttributionRequest(model, x, Target(2))
    assert calls


def test_an_output_that_there_is_not_is_refused_as_ever() -> None:
    model, x = drawn(3)
    first = attribution.AttributionRequest(model, x, Target(1)).first
    with pytest.raises(ValueError, match="no output 9"):
        attribution.AttributionRequest(model, x, Target(9), first=first)


@settings(max_examples=12, deadline=None)
@given(seeds, bends, pools, st.sampled_from(["one", "norm", "bend", "two", "pool"]))
def test_a_recorded_layer_gives_the_same_slope_as_a_whole_pass(seed: int, bend: str, pool: str, layer: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    recording = capture.activations(model, x)
    alone = attribution.AttributionRequest(model, x, Target(1), layer)
    asked = attribution.AttributionRequest(model, x, Target(1), layer, recorded={layer: recording[layer].values})
    wanted, found = alone.at_layer(layer), from_layer.slope(asked)
    assert found is not None or layer != "pool"
    if found is not None:
        assert all(np.allclose(one, other, rtol=1e-6, atol=1e-9) for one, other in zip(found, wanted, strict=True))
    for method in ("grad_cam", "hires_cam"):
        maps = [attribution.REGISTRY[method](one).map for one in (asked, alone)]
        assert np.allclose(maps[0], maps[1], rtol=1e-6, atol=1e-9)


@settings(max_examples=12, deadline=None)
@given(seeds, bends, pools)
def test_the_last_maps_are_kept_and_give_the_slope_of_a_whole_pass(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    asked = attribution.AttributionRequest(model, x, Target(1))
    asked.layer = attribution.last_maps(asked)
    assert asked.first is not None
    assert list(asked.first.last) == [asked.layer]
    kept = asked.first.last[asked.layer].clone()
    found, wanted = from_layer.slope(asked), asked.at_layer(asked.layer)
    assert found is not None
    assert all(np.allclose(one, other, rtol=1e-6, atol=1e-9) for one, other in zip(found, wanted, strict=True))
    for method in CAMS:
        attribution.REGISTRY[method](asked)
    assert torch.equal(asked.first.last[asked.layer], kept), "a page keeps them for the next target"


@settings(max_examples=8, deadline=None)
@given(seeds, bends, pools)
def test_the_maps_of_a_layer_share_one_pass_and_are_those_of_each_alone(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    asked = attribution.AttributionRequest(model, x, Target(1), "pool")
    for method in CAMS:
        alone = attribution.explain(model, x, method, Target(1), layer="pool")
        assert np.array_equal(attribution.REGISTRY[method](asked).map, alone.map), method
    assert attribution.REGISTRY["layer_cam"](asked).passes == 0


@settings(max_examples=8, deadline=None)
@given(seeds, bends)
def test_input_times_gradient_reads_the_gradient_that_is_there(seed: int, bend: str) -> None:
    model, x = drawn(seed, bend=bend)
    asked = attribution.AttributionRequest(model, x, Target(1))
    gradient, product = (attribution.REGISTRY[name](asked) for name in ("gradient", "input_gradient"))
    alone = attribution.explain(model, x, "input_gradient", Target(1))
    assert np.array_equal(product.map, alone.map)
    assert (product.passes, alone.passes) == (3, 5)  # three of them for its law
    assert np.allclose(product.channels, gradient.channels * x[0].numpy(), atol=1e-12)


class _Ending(nn.Module):
    """Maps, and an end of the drawn kind behind them: some treat two images one by one, others mix or refuse them."""

    def __init__(self, end: str) -> None:
        super().__init__()
        self.first, self.maps = nn.Conv2d(3, 3, 1).double(), nn.Conv2d(3, 4, 3).double()
        self.head = nn.Linear(4, 5).double()
        self.pool, self.flat, self.end = nn.AdaptiveAvgPool2d(1), nn.Flatten(), end

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = self.maps(self.first(x).relu())
        if self.end == "modules":
            return self.head(self.flat(self.pool(maps)))
        if self.end == "mean":
            return self.head(maps.mean((2, 3)))
        if self.end == "flatten":
            return self.head(torch.flatten(nn.functional.adaptive_avg_pool2d(maps, 1), 1))
        if self.end == "all of them":  # the mean is over the images, too: two at a time would be mixed
            return self.head(torch.flatten(maps.mean((0, 2, 3), keepdim=True), 1))
        return self.head(self.pool(maps).view(1, -1))  # fits one image only


@pytest.mark.parametrize("end", ["modules", "mean", "flatten", "all of them", "view"])
@pytest.mark.parametrize("method", ["grad_cam", "hires_cam"])
def test_blank_maps_that_go_along_say_what_they_say_alone(end: str, method: str) -> None:
    torch.manual_seed(0)
    model, x = _Ending(end).eval(), torch.randn(1, 3, 8, 8, dtype=torch.float64)
    asked = attribution.AttributionRequest(model, x, Target(2), "maps")
    found = attribution.REGISTRY[method].compute(asked)
    assert found.value == pytest.approx(float(model(x)[0, 2].detach()), rel=1e-12)
    assert found.law is not None
    assert found.law.holds
    assert ("maps" in asked.blank) == (end not in ("all of them", "view"))
    alone = float(from_layer.values(asked, torch.zeros(asked.shapes["maps"], dtype=torch.float64))[0])
    assert cam.blanked(asked) == pytest.approx(alone, rel=1e-12)
    assert alone == pytest.approx(float(model.head.bias[2].detach()), rel=1e-12)
