"""Channel surgery by its laws: a gain of 1 is nothing, off is a network with zeros, and the network stays as it is."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import capture, networks
from cnnviz.topics.looks_for import surgery, surgery_captions, telling
from cnnviz.topics.looks_for.records import Cut, Operated


class Drawn(nn.Module):
    """Convolutions with and without what follows in place, a branch, a concatenation, a linear layer."""

    def __init__(self, seed: int, channels: int) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.first = nn.Conv2d(2, channels, 3, padding=1)
            self.relu = nn.ReLU(inplace=bool(seed % 2))
            self.second = nn.Conv2d(channels, 3, 3, stride=2, bias=bool(seed % 3))
            self.third = nn.Conv2d(channels, 2, 3, stride=2, groups=1)
            self.last = nn.Linear(5 * 9, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.first(x))
        x = torch.cat([self.second(x), self.third(x)], 1)
        return self.last(x.flatten(1))


DRAWN = st.tuples(st.integers(0, 9999), st.integers(2, 5))


def made(drawn: tuple[int, int]) -> tuple[nn.Module, torch.Tensor]:
    seed, channels = drawn
    return Drawn(seed, channels).eval(), torch.randn(1, 2, 8, 8, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=25, deadline=None)
@given(DRAWN, st.booleans())
def test_a_gain_of_one_changes_nothing_to_the_bit(drawn, tapped):
    model, x = made(drawn)
    found = surgery.operate(model, x, [Cut("first", 1, 1.0, (1, 0, 2) if tapped else None)], ["first", "relu", "cat"])
    assert np.array_equal(found.outputs_before, found.outputs_after)
    recorded = capture.activations(model, x)
    for key in ("first", "relu", "cat"):
        assert np.array_equal(found.before[key], found.after[key])
        assert np.array_equal(found.after[key], recorded[key].values)
        assert found.changed(key) == 0


@settings(max_examples=25, deadline=None)
@given(DRAWN, st.sampled_from(["first", "second", "third"]), st.integers(0, 1), st.booleans())
def test_off_is_a_network_whose_weights_are_zero(drawn, layer, channel, tapped):
    model, x = made(drawn)
    state = copy.deepcopy(model.state_dict())
    twin = copy.deepcopy(model)
    module = twin.get_submodule(layer)
    assert isinstance(module, nn.Conv2d)
    cut = Cut(layer, channel, 0.0, (1, 2, 0) if tapped else None)
    with torch.no_grad():
        if tapped:
            module.weight[channel, 1, 2, 0] = 0
        else:
            module.weight[channel] = 0
            if module.bias is not None:
                module.bias[channel] = 0
    found = surgery.operate(model, x, [cut], [layer, "cat", "last"])
    wanted = capture.activations(twin, x)
    for key in (layer, "cat", "last"):
        assert np.array_equal(found.after[key], wanted[key].values), key
    assert all(torch.equal(state[name], value) for name, value in model.state_dict().items())
    assert surgery.proof(model, x, found, "same").holds
    assert all(torch.equal(state[name], value) for name, value in model.state_dict().items())  # its twin shares them


@settings(max_examples=15, deadline=None)
@given(DRAWN, st.floats(0, 4, allow_nan=False))
def test_a_gain_acts_on_its_channel_and_on_what_reads_it_alone(drawn, gain):
    model, x = made(drawn)
    found = surgery.operate(model, x, [Cut("third", 1, gain)], ["second", "third"])
    assert np.allclose(found.after["third"][1], np.float32(gain) * found.before["third"][1], rtol=1e-5, atol=1e-6)
    assert np.array_equal(found.after["third"][0], found.before["third"][0])
    assert np.array_equal(found.after["second"], found.before["second"])
    assert set(found.most_changed("third", 3)) <= {1}


def test_two_cuts_act_together_and_the_proof_finds_a_wrong_one():
    model, x = made((4, 3))
    cuts = [Cut("first", 0, 0.0), Cut("first", 1, 2.0, (0, 1, 1)), Cut("second", 2, 3.0)]
    found = surgery.operate(model, x, cuts, ["cat"])
    assert surgery.proof(model, x, found, "same").holds
    other = surgery.operate(model, x, cuts[:2], ["cat"])
    wrong = type(found)(tuple(cuts), other.before, other.after, other.outputs_before, other.outputs_after)
    assert not surgery.proof(model, x, wrong, "same").holds
    assert surgery.proof(model, x, surgery.operate(model, x, [Cut("relu", 0, 0.0)], ["cat"]), "same") is None


def test_what_depends_on_a_layer_and_what_cannot_be_cut():
    network = networks.open_network("run:mnist-lenet5-df3d2154")
    x = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    recording = capture.activations(network.model, x)
    after = surgery.reached(recording, "conv2")
    assert after[0] == "conv2"
    assert "conv1" not in after
    assert surgery.kernel_of(network.model, recording, "conv2") == (6, 5, 5)
    with pytest.raises(KeyError, match="nothing"):
        surgery.operate(network.model, x, [Cut("nothing", 0, 0.0)], ["conv2"])
    with pytest.raises(ValueError, match="no channel 99"):
        surgery.operate(network.model, x, [Cut("conv2", 99, 0.0)], ["conv2"])
    with pytest.raises(ValueError, match="no tap"):
        surgery.operate(network.model, x, [Cut("conv2", 0, 0.0, (9, 0, 0))], ["conv2"])


def test_a_difference_of_one_colour_is_explained_and_no_other():
    before = np.random.default_rng(0).normal(size=(3, 4, 4)).astype(np.float32)
    step = np.array([1.0, -2.0, 0.5], np.float32)[:, None, None]
    nothing = np.zeros(1, np.float32)
    for after, is_flat in ((before + step, True), (before * 2, False)):
        found = Operated((), {"conv": before}, {"conv": after}, nothing, nothing)
        assert bool(surgery_captions.flat(found, "conv", [0, 1, 2])) == is_flat
        assert surgery_captions.maps(found, "conv", 3).startswith("All 3 channels of conv change")


@pytest.mark.parametrize("matters", [1, 2, 3])
def test_it_begins_with_a_channel_that_varies_and_that_the_answer_leans_on(matters: int) -> None:
    torch.manual_seed(matters)
    model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.AvgPool2d(6), nn.Flatten(), nn.Linear(4, 3)).eval()
    with torch.no_grad():
        model[0].weight[0] *= 5  # channel 0 is much the same everywhere, louder than all others, and weighs most
        model[0].bias.copy_(torch.tensor([50.0, 0.1, 0.1, 0.1]))
        model[4].weight.fill_(0.01)
        model[4].weight[:, matters] = 3.0
        model[4].weight[:, 0] = 5.0
    x = torch.randn(1, 2, 8, 8)
    recording = capture.activations(model, x)
    assert telling.channel(model, x, recording, "0") == matters
    assert telling.channel(model, x, recording, "1") == matters
    assert 0 <= telling.channel(model, x, recording, "4") < 3
