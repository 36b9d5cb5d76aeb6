"""Two recordings on one canvas: a shared scale, their difference, how far apart they are; and a network in training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnviz import capture, modes
from cnnviz.figures import maps
from cnnviz.records import Activations
from cnnviz.topics.explore import canvas, captions, compared
from tests.support import ROOT
from tests.support.waiting import PATIENCE

RUN = "run:mnist-lenet5-df3d2154"
vectors = arrays(np.float32, 12, elements=st.floats(-100, 100, width=32))


class Net(nn.Module):
    def __init__(self, seed: int, width: int = 5) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.conv, self.norm = nn.Conv2d(1, width, 3), nn.BatchNorm2d(width)
        self.drop, self.fc = nn.Dropout(0.5), nn.Linear(width, 4)
        self.norm.running_mean.fill_(0.7)  # type: ignore[union-attr]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.drop(torch.relu(self.norm(self.conv(x)))).mean((2, 3)))


def recorded(seed: int = 0, of: int = 1, *, training: bool = False, width: int = 5) -> Activations:
    x = torch.randn(1, 1, 11, 9, generator=torch.Generator().manual_seed(of))
    return capture.activations(Net(seed, width).eval(), x, training=training)


@given(vectors, vectors)
def test_the_distance_is_a_share_and_the_same_both_ways(one: np.ndarray, other: np.ndarray) -> None:
    found = compared.distance(one, other)
    assert 0 <= found <= 1 + 1e-9
    assert found == pytest.approx(compared.distance(other, one))
    assert compared.distance(one, one) == 0
    if np.abs(one).max() > 1e-3:
        assert compared.distance(one, -one) == pytest.approx(1)
        assert compared.distance(3 * one, 3 * other) == pytest.approx(found, abs=1e-5)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 9), st.integers(10, 19), st.integers(1, 9))
def test_tiles_of_both_stand_on_one_scale_and_the_difference_on_its_own(seed: int, other: int, of: int) -> None:
    first, second = recorded(seed, of), recorded(other, of)
    alone = canvas.network(first)
    both = canvas.network(first, second=compared.Second(second, ("one", "other")))
    stride = both.layout["second"]["stride"]
    assert len(both.atlas) == 3 * stride == 3 * len(alone.atlas)
    entries = np.frombuffer(both.atlas, np.uint8).astype(np.float64) - 128
    for line in both.layout["layers"]:
        if line["kind"] == "input":
            continue
        size = len(first[line["key"]].values.ravel())  # tiles are not shrunk: every map has fewer than 40 cells a side
        tiles = [entries[at * stride + line["offset"] :][:size] for at in range(3)]
        values = [record[line["key"]].values.ravel() for record in (first, second)]
        step = line["limit"] / 127
        clipped = [np.clip(one, -line["limit"], line["limit"]) for one in values]
        assert np.abs(tiles[0] * step - clipped[0]).max() <= step
        assert np.abs(tiles[1] * step - clipped[1]).max() <= step
        spread = line["spread"]
        apart = np.clip(values[0] - values[1], -spread, spread)
        assert np.abs(tiles[2] * (spread / 127) - apart).max() <= spread / 127 + 1e-9
        expected = np.linalg.norm(values[0] - values[1]) / (np.linalg.norm(values[0]) + np.linalg.norm(values[1]))
        assert line["differs"] == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_the_same_twice_differs_nowhere() -> None:
    both = canvas.network(recorded(), second=compared.Second(recorded(), ("one", "other")))
    stride = both.layout["second"]["stride"]
    assert {line["differs"] for line in both.layout["layers"]} == {0}
    assert both.atlas[:stride] == both.atlas[stride : 2 * stride]
    assert set(both.atlas[2 * stride :]) == {128}


def test_another_structure_is_said() -> None:
    assert "[5, 9, 7]" in compared.mismatch(recorded(), recorded(width=6))
    with pytest.raises(ValueError, match="conv is"):
        canvas.network(recorded(), second=compared.Second(recorded(width=6), ("one", "other")))


def test_in_training_a_norm_takes_the_pictures_own_mean_and_nothing_stays() -> None:
    model = Net(3).eval()
    x = torch.randn(1, 1, 11, 9, generator=torch.Generator().manual_seed(4))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    chance = torch.get_rng_state()
    seen = capture.activations(model, x, training=True)
    again = capture.activations(model, x, training=True)
    assert np.allclose(seen["norm"].values.mean(axis=(1, 2)), 0, atol=1e-5)
    assert (seen["drop"].values == 0).mean() > (seen["relu"].values == 0).mean() + 0.1
    assert all(np.array_equal(one.values, other.values) for one, other in zip(seen, again, strict=True))
    assert not any(module.training for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(chance, torch.get_rng_state())
    assert not np.allclose(capture.activations(model, x)["norm"].values.mean(axis=(1, 2)), 0, atol=1e-2)


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params.update({"network": RUN, "picture": "drawn-three", **link})
    app.run()
    app.run()  # the first run of a session ends with the canvas
    assert not app.exception
    return app


def test_the_link_holds_what_is_compared_and_another_network_forgets_it() -> None:
    app = opened(against=f"{RUN}@0", shown="difference", layer="conv2", channel="3")
    assert app.selectbox(key="explore.against").value == f"{RUN}@0"
    assert any("step 0" in line.value and "100 % where one" in line.value for line in app.caption)
    app.selectbox(key="explore.against").set_value("picture:digit-on-paper").run()
    assert app.query_params["against"] == "picture:digit-on-paper"
    app.selectbox(key="picker.network").set_value("efficientnet_lite0").run()
    assert not app.exception
    assert "against" not in app.query_params


def test_what_does_not_go_on_one_canvas_is_a_sentence() -> None:
    for against in ("resnet18", "run:nothing", "untrained:nothing", "picture:nothing"):
        assert any("one canvas" in line.value for line in opened(against=against).warning), against


class Plain(nn.Module):
    """Nothing in it works otherwise in training: a dropout that drops nothing, a norm that keeps no statistics."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.drop = nn.BatchNorm2d(1, track_running_stats=False), nn.Dropout(0.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.drop(torch.relu(self.norm(x))).mean((2, 3))


@pytest.mark.parametrize(
    "module",
    [
        Plain(), Net(0), nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), nn.Sequential(nn.Conv2d(1, 2, 3), nn.RReLU()),
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout2d(0.5)), nn.InstanceNorm2d(1),
        nn.InstanceNorm2d(1, track_running_stats=True), nn.AlphaDropout(0.3), nn.GroupNorm(1, 1),
    ],
    ids=lambda module: type(module).__name__,
)  # fmt: skip
def test_a_network_works_otherwise_in_training_exactly_where_its_modules_say_so(module: nn.Module) -> None:
    x = torch.randn(1, 1, 11, 9, generator=torch.Generator().manual_seed(7))
    twice = [capture.activations(module.eval(), x, training=training) for training in (False, True)]
    assert modes.trains_otherwise(module) is not compared.same(*twice)


def test_training_mode_is_offered_only_where_it_differs_and_a_link_is_told_why() -> None:
    app = opened(against="training")
    assert any("no dropout and no BatchNorm" in line.value for line in app.warning)
    assert captions.IN_TRAINING not in opened().selectbox(key="explore.against").options
    deep = opened(network="efficientnet_lite0", picture="chelsea")
    assert captions.IN_TRAINING in deep.selectbox(key="explore.against").options


def test_the_same_twice_is_called_the_same_and_not_dead() -> None:
    app = opened(against=RUN, shown="difference", layer="conv1")
    assert any("The same numbers in every layer" in line.value for line in app.caption)
    values = np.zeros((2, 3, 3), np.float32)
    values[1, 0, 0] = 1
    layer = replace(recorded()["conv"], values=values)
    apart = maps.mosaic_data(layer, difference=True)["meta"]["channels"]
    assert (apart["dead"], apart["same"]) == ([], [0])
    alone = maps.mosaic_data(layer)["meta"]["channels"]
    assert (alone["dead"], alone["same"]) == ([0], [])
