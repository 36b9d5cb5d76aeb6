"""The one door: a short text to a network, its expectations and where its weights come from."""

from __future__ import annotations

import pytest
import torch

from cnnviz import capture, models, networks


def test_a_run_and_its_snapshot_are_named_by_one_text() -> None:
    choice = networks.run_choice("digits-lenet5-0a1b2c3d", 40)
    assert choice == "run:digits-lenet5-0a1b2c3d@40"
    assert networks.split(choice) == ("digits-lenet5-0a1b2c3d", 40)
    assert networks.split("run:digits-lenet5-0a1b2c3d") == ("digits-lenet5-0a1b2c3d", None)


def test_a_snapshot_that_is_no_number_is_refused() -> None:
    with pytest.raises(KeyError, match="a snapshot is a step number"):
        networks.split("run:digits-lenet5-0a1b2c3d@last")


def test_a_wrong_name_is_answered_with_the_close_ones() -> None:
    with pytest.raises(KeyError, match="lenet5"):
        networks.open_network("lenet_5")


def test_random_weights_are_never_passed_off_as_trained() -> None:
    opened = networks.open_network("lenet5")
    assert opened.provenance.kind == "random"
    assert "random" in opened.provenance.label
    assert not opened.model.training


def test_layers_of_ones_own_open_as_they_are() -> None:
    layers = (("conv", 4, 3, 1, 1, 1, 1), ("relu",), ("flatten",), ("linear", 0))
    choice = networks.layers_choice(layers, "shapes")
    assert choice == "layers:shapes/conv 4 3 1 1 1 1, relu, flatten, linear 0"
    one, two = (networks.open_network(choice) for _ in range(2))
    assert one.provenance.kind == "random"
    assert one.spec.input_shape == (3, 32, 32)
    recording = capture.activations(one.model, torch.ones(1, 3, 32, 32))
    assert recording["conv1"].shape == (4, 32, 32)
    assert len(recording[recording.keys[-1]].values) == len(one.spec.classes)
    assert all(torch.equal(a, b) for a, b in zip(one.model.parameters(), two.model.parameters(), strict=True))
    assert networks.by_itself(choice)
    assert not networks.by_itself("resnet18")


@pytest.mark.parametrize("rest", ["nowhere/flatten", "digits/", "digits/relu", "digits/strange 1", "digits"])
def test_layers_that_cannot_be_opened_are_one_sentence(rest: str) -> None:
    with pytest.raises((KeyError, models.ModelError)) as caught:
        networks.open_network(f"layers:{rest}")
    assert len(str(caught.value)) > 20


def test_efficientnet_lite0_comes_with_its_weights() -> None:
    opened = networks.open_network("efficientnet_lite0")
    assert opened.provenance.kind == "pretrained"
    assert len(opened.spec.classes) == 1000
