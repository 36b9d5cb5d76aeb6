"""The twin of a network for many passes says what the network says, or is not used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from cnnviz import attribution
from cnnviz.attribution import together, twin
from cnnviz.records.attribution import Target
from tests.attribution.test_laws import CLASSES, SIDE, bends, drawn, pools, seeds


@settings(max_examples=12, deadline=None)
@given(seeds, bends, pools)
def test_many_images_get_what_each_gets_alone(seed: int, bend: str, pool: str) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    asked = attribution.AttributionRequest(model, x, Target(1))
    assert asked.twin is not None
    assert asked.twin.merged == 1  # one -> norm; two has no norm behind it
    batch = torch.randn(5, 2, SIDE, SIDE, dtype=x.dtype)
    values, gradients = asked.gradient(batch)
    alone = [asked.gradient(one[None]) for one in batch]
    assert torch.allclose(values, torch.cat([value for value, _ in alone]), rtol=1e-10, atol=1e-12)
    assert torch.allclose(asked.values(batch), values, rtol=1e-10, atol=1e-12)
    assert torch.allclose(gradients, torch.cat([one for _, one in alone]), rtol=1e-9, atol=1e-11)


def test_it_shares_the_networks_numbers_and_leaves_them_alone() -> None:
    model, x = drawn(1)
    before = {name: (value.data_ptr(), value.clone()) for name, value in model.state_dict().items()}
    asked = attribution.AttributionRequest(model, x, Target(1))
    asked.gradient(x.repeat(5, 1, 1, 1))
    assert asked.twin is not None
    shared = dict(asked.twin.model.state_dict())
    assert shared["two.weight"].data_ptr() == before["two.weight"][0]
    assert all(torch.equal(kept, model.state_dict()[name]) for name, (_, kept) in before.items())
    assert all(value.requires_grad for value in model.parameters())
    assert not any(value.requires_grad for value in asked.twin.model.parameters())


class Odd(nn.Module):
    """A convolution and its normalisation, used in a way that must not be merged."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.one, self.norm, self.way = nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), way
        self.head = nn.Linear(6 * 36, CLASSES)
        nn.init.uniform_(self.norm.running_var, 0.5, 2)
        if way == "hooked":
            self.one.register_forward_hook(lambda module, given, made: made + 1)
        if way == "batch":
            self.norm = nn.BatchNorm2d(6, track_running_stats=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made = self.one(x)
        found = self.norm(made)
        if self.way == "twice":
            found = self.norm(found)
        if self.way == "read":
            found = found + made
        if self.way == "open":
            found = found + self.one.weight.sum()
        return self.head(found.relu().contiguous().view(len(x), -1))


@pytest.mark.parametrize("way", ["hooked", "batch", "twice", "read", "open"])
def test_what_must_not_be_merged_is_not(way: str) -> None:
    torch.manual_seed(0)
    model, x = Odd(way).double().eval(), torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)
    asked = attribution.AttributionRequest(model, x, Target(1))
    found = asked.twin
    assert found is None or found.merged == 0
    if way != "batch":  # where an image's numbers hang on its neighbours there is nothing to compare
        batch = torch.randn(4, 2, SIDE, SIDE, dtype=x.dtype)
        assert torch.allclose(asked.values(batch), model(batch)[:, 1], rtol=1e-10)


def test_a_network_that_views_its_maps_gets_them_as_it_wants_them() -> None:
    class Viewing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.head = nn.Conv2d(2, 6, 3), nn.Linear(6 * 36, CLASSES)

        def forward(self, x: torch.Tensor) -> Any:
            return self.head(self.one(x).view(len(x), -1))

    torch.manual_seed(0)
    model, x = Viewing().double().eval(), torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)
    asked = attribution.AttributionRequest(model, x, Target(1))
    assert isinstance(asked.twin, twin.Twin)
    batch = torch.randn(4, 2, SIDE, SIDE, dtype=x.dtype)
    assert torch.allclose(asked.values(batch), model(batch)[:, 1], rtol=1e-12)


@pytest.mark.parametrize("method", ["rise", "smoothgrad", "expected_gradients", "integrated_gradients", "occlusion"])
def test_a_map_does_not_hang_on_how_many_images_go_at_a_time(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = drawn(2)
    few = {"masks": 13, "samples": 13, "steps": 13, "per_side": 4}
    wanted = attribution.explain(model, x, method, Target(1), seed=5, **few)
    monkeypatch.setattr(together, "_MOST", 3)
    found = attribution.explain(model, x, method, Target(1), seed=5, **few)
    assert np.allclose(found.map, wanted.map, rtol=1e-9, atol=1e-11)
