"""What the page on activation functions measures and draws: against the network, a copy of it, and the library."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from cnnviz import capture, images, networks, samples
from cnnviz.operations import OperationError, activation
from cnnviz.outputs import chances
from cnnviz.topics.activations import (
    captions,
    dying_neuron,
    dying_relu,
    figures,
    map_figures,
    maps,
    path_figures,
    tables,
)
from cnnviz.topics.activations import swap as activation_swap
from cnnviz.topics.activations.facts import facts
from cnnviz.topics.activations.softmax import softmax
from cnnviz.topics.activations.zigzag import zigzag
from pages.layers.activations import cache

LENET = "run:mnist-lenet5-df3d2154"


# ----------------------------------------------------------------------------------------------------- measurements
@pytest.fixture(scope="module")
def lenet() -> SimpleNamespace:
    network = networks.open_network(LENET)
    x = images.to_tensor(samples.read("digit-on-paper"), network.spec)
    return SimpleNamespace(model=network.model, x=x, recording=capture.activations(network.model, x), spec=network.spec)


def test_the_networks_own_function_gives_what_it_recorded(lenet: SimpleNamespace) -> None:
    found = maps.effects(lenet.recording, "activation1")
    assert found.own == "relu"
    assert found.largest == 0.0
    relu = next(effect for effect in found.effects if effect.name == "relu")
    assert relu.zeros == pytest.approx((lenet.recording["activation1"].values == 0).mean())
    assert relu.mean == pytest.approx(lenet.recording["activation1"].values.mean(), abs=1e-6)
    assert relu.counts.sum() == found.sampled == found.cells


@pytest.mark.parametrize("name", activation.names())
def test_a_channel_is_dead_where_every_slope_is_zero(lenet: SimpleNamespace, name: str) -> None:
    found = maps.effects(lenet.recording, "activation2")
    slopes = activation.slope(name, found.before)
    effect = next(effect for effect in found.effects if effect.name == name)
    assert effect.dead.tolist() == (slopes == 0).all(axis=(1, 2)).tolist()
    assert effect.saturated == pytest.approx((np.abs(slopes) < found.threshold).mean())


def test_counters_agree_with_the_recording(lenet: SimpleNamespace) -> None:
    found = maps.counters(lenet.recording)
    assert [one.key for one in found] == ["activation1", "activation2", "activation3", "activation4"]
    for one in found:
        values = lenet.recording[one.key].values.reshape(one.channels, -1)
        assert one.zeros == pytest.approx((values == 0).mean())
        assert one.dead == (values == 0).all(axis=1).sum()


def test_a_layer_that_is_no_activation_is_refused(lenet: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="choose another activation layer"):
        maps.effects(lenet.recording, lenet.recording.keys[1])


@pytest.mark.parametrize(
    ("words", "name"),
    [("ReLU", "relu"), ("ReLU6", "relu6"), ("relu_", "relu"), ("SiLU", "silu"), ("Hardswish", "hard_swish"),
     ("LeakyReLU slope 0.1", "leaky_relu"), ("GELU", "gelu"), ("PReLU", ""), ("Mish", "")],
)  # fmt: skip
def test_functions_are_known_by_their_words(words: str, name: str) -> None:
    assert maps.own_function(words) == name


def test_swapping_its_own_function_in_changes_nothing(lenet: SimpleNamespace) -> None:
    found = activation_swap.swap(lenet.model, lenet.x, ["activation1", "activation2"], "relu")
    np.testing.assert_array_equal(found.logits, found.original)
    np.testing.assert_allclose(found.original, lenet.recording.logits, atol=1e-5)
    assert (found.change == 0).all()


@pytest.mark.parametrize("name", ["tanh", "identity", "gelu"])
def test_a_swap_is_what_replacing_the_module_in_a_copy_gives(lenet: SimpleNamespace, name: str) -> None:
    import copy

    twin = copy.deepcopy(lenet.model)
    modules = {"tanh": torch.nn.Tanh(), "identity": torch.nn.Identity(), "gelu": torch.nn.GELU()}
    before = {key: value.clone() for key, value in lenet.model.state_dict().items()}
    twin.activation2 = modules[name]
    with torch.inference_mode():
        wanted = twin.eval()(lenet.x)[0].numpy()
    found = activation_swap.swap(lenet.model, lenet.x, ["activation2"], name)
    np.testing.assert_allclose(found.logits, wanted, atol=1e-5)
    assert found.keys[0] == "activation2"
    assert found.change[0] > 0
    assert all(torch.equal(value, before[key]) for key, value in lenet.model.state_dict().items())
    np.testing.assert_array_equal(capture.logits(lenet.model, lenet.x), lenet.recording.logits)


def test_functional_and_in_place_activations_can_be_swapped() -> None:
    class Small(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(1, 3, 3)
            self.relu = torch.nn.ReLU(inplace=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.relu(self.conv(x))
            return torch.nn.functional.relu(x - 0.1).flatten(1)

    torch.manual_seed(0)
    model, x = Small().eval(), torch.randn(1, 1, 6, 6)
    keys = [layer.key for layer in capture.activations(model, x).layers if layer.kind == "activation"]
    with torch.inference_mode():
        wanted = torch.tanh(torch.tanh(model.conv(x)) - 0.1).flatten(1)[0]
    np.testing.assert_allclose(activation_swap.swap(model, x, keys, "tanh").logits, wanted.numpy(), atol=1e-6)
    assert len(keys) == 2


def test_a_swap_at_no_layer_of_the_network_is_refused(lenet: SimpleNamespace) -> None:
    with pytest.raises(activation_swap.SwapError, match="no node 'nowhere'"):
        activation_swap.swap(lenet.model, lenet.x, ["nowhere"], "tanh")


def test_the_rate_that_kills_lies_where_the_sweep_says() -> None:
    found = dying_relu.deaths(8, 3)
    assert found.inputs.shape == (160, 64)
    assert 0 <= found.inputs.min() < found.inputs.max() <= 1
    assert found.threshold is not None
    assert found.alive_below is not None
    around = np.array([found.alive_below, found.threshold])
    ends = dying_neuron.train("relu", found.inputs, found.labels, around, steps=dying_relu.STEPS)
    assert ends.dead_at[0] == -1
    assert ends.dead_at[1] >= 0
    assert (found.leaky.dead_at == -1).all()
    with pytest.raises(OperationError, match="different"):
        dying_relu.deaths(4, 4)


# ---------------------------------------------------------------------------------------------------------- figures
def plain(data: dict) -> dict:
    """The header as JSON carries it; fails for anything that is not plain."""
    return json.loads(
        json.dumps({name: part for name, part in data.items() if not isinstance(part, bytes)}, allow_nan=False)
    )


def test_the_packets_hold_what_was_computed(lenet: SimpleNamespace) -> None:
    curves = plain(cache.curves())
    assert [one["name"] for one in curves["functions"]] == list(activation.names())
    x, value, slope = curves["checks"]["tanh"][3]
    assert (value, slope) == (pytest.approx(np.tanh(x)), pytest.approx(1 - np.tanh(x) ** 2))
    effects = maps.effects(lenet.recording, "activation1")
    packet = cache.map_packet(effects)
    values = np.frombuffer(packet["values"], dtype="<f4").reshape(packet["shape"])
    np.testing.assert_array_equal(values, effects.before[packet["channels"]])
    assert plain(packet)["own"] == "relu"


def test_a_vector_becomes_one_map_of_its_units(lenet: SimpleNamespace) -> None:
    packet = cache.map_packet(maps.effects(lenet.recording, "activation4"))
    values = np.frombuffer(packet["values"], dtype="<f4")
    known = values[np.isfinite(values)]
    np.testing.assert_array_equal(known, lenet.recording[lenet.recording["activation4"].inputs[0]].values)
    assert packet["vector"]
    assert packet["total"] == 84


def test_many_channels_are_thinned_to_the_liveliest_and_some_dead() -> None:
    random = np.random.default_rng(0)
    before = random.normal(size=(64, 112, 112)).astype(np.float32) * np.arange(64, dtype=np.float32)[:, None, None]
    before[5] = -1.0
    effect = SimpleNamespace(name="relu", dead=np.arange(64) == 5)
    shown = map_figures.channels_shown(SimpleNamespace(before=before, own="relu", effects=(effect,)))  # type: ignore[arg-type]
    assert shown[0] == 63
    assert shown[-1] == 5
    assert len(shown) == map_figures.CELLS // 112**2


def test_softmax_terms_keep_every_logit() -> None:
    z = np.random.default_rng(0).normal(size=50)
    found = figures.softmax_terms([softmax(z), softmax(z, 2.0)], [f"c{i}" for i in range(50)])
    rest = np.frombuffer(found["rest"], dtype="<f8")
    together = np.sort([*(one["logit"] for one in found["shown"]), *rest])
    np.testing.assert_array_equal(together, np.sort(z))
    assert found["shown"][0]["label"] == f"c{z.argmax()}"


def test_the_paths_and_the_deaths_travel_whole() -> None:
    both = [zigzag("sigmoid", steps=20), zigzag("tanh", steps=20)]
    packet = plain(path_figures.descents(both, cache.titles()))
    for sent, one in zip(packet["paths"], both, strict=True):
        inputs = np.array(sent["examples"])[:, 0]
        np.testing.assert_allclose(2 * np.array(sent["errors"])[:, None] * inputs, one.gradients, atol=1e-12)
    found = dying_relu.deaths(8, 3)
    sent = path_figures.deaths(found, cache.titles())
    weights = np.frombuffer(sent["blobs"]["weights0"], dtype="<f4").reshape(found.relu.weights.shape)
    np.testing.assert_allclose(weights, found.relu.weights, rtol=1e-6)
    assert found.relu.dead_at[plain(sent["meta"])["start"]] >= 0


def test_the_words_on_a_swap_follow_the_scores() -> None:
    names = ["cat", "dog", "cup"]
    before, same, other = (chances.scores(np.array(z), names) for z in ([3.0, 1, 0], [2.0, 1, 0], [0.0, 3, 1]))
    assert "stays **cat**" in captions.prediction(before, same, swapped=1)
    said = captions.prediction(before, other, swapped=2)
    assert "to **dog**" in said
    assert "cat falls to rank 3 of 3" in said
    assert "It is replaced in 2 layers" in said


def test_tables_have_a_line_for_everything(lenet: SimpleNamespace) -> None:
    def lines(text: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(text)))

    found = maps.effects(lenet.recording, "activation1")
    both = [zigzag("sigmoid", steps=20), zigzag("tanh", steps=20)]
    deaths = dying_relu.deaths(8, 3)
    swap = activation_swap.swap(lenet.model, lenet.x, ["activation1"], "tanh")
    assert len(lines(tables.facts([facts(name) for name in activation.names()]))) == len(activation.names()) + 1
    assert len(lines(tables.effects(found))) == len(activation.names()) + 1
    assert len(lines(tables.counters(maps.counters(lenet.recording)))) == 5
    assert len(lines(tables.descents(both))) == 2 * 21 + 1
    assert len(lines(tables.deaths(deaths))) == 2 * 33 + 1
    assert len(lines(tables.swapped(swap))) == len(swap.keys) + 1
    head, first, *_ = lines(tables.softmax([softmax(np.array([1.0, 2.0]))], ["a", "b"]))
    assert head[2] == "p at T = 1"
    assert float(first[2]) == pytest.approx(1 / (1 + np.e), rel=1e-9)
