"""The one door: a short text to a network, its expectations and where its weights come from."""

from __future__ import annotations

import pytest

from cnnviz import networks


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


def test_efficientnet_lite0_comes_with_its_weights() -> None:
    opened = networks.open_network("efficientnet_lite0")
    assert opened.provenance.kind == "pretrained"
    assert len(opened.spec.classes) == 1000
