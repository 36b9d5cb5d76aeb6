"""The blocks page as Streamlit runs it: every part, wrong numbers, links, and every snippet that it shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz import anatomy, capture, images, models, networks, samples
from cnnviz.topics.blocks import dense_channels, inception_branches, mobile_blocks, residual_blocks
from pages.networks.blocks import drawing, snippets
from tests.support.app import opened, written
from tests.support.snippets import run

PAGE = "pages/networks/blocks/page.py"
PARTS = ("Unit", "VGG", "Inception", "Residual", "Dense", "Mobile")
KINDS = ("Depthwise separable", "Inverted residual", "Squeeze-and-excitation", "Channel shuffle")


STARTS = ("from cnnviz import", "import torch", "from torch import nn")


@pytest.fixture(autouse=True)
def what_is_measured_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is computed once its box is opened; the tests find it there."""
    monkeypatch.setattr(drawing, "OPEN", True)


def codes(page: AppTest) -> list[str]:
    """The snippets: what runs as it stands, before the functions' own source."""
    return [item.value for item in page.code if item.value.startswith(STARTS)]


# ------------------------------------------------------------------------------------------------ the page
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_a_result_that_proves_itself(page: AppTest, part: str) -> None:
    opened(page, blocks__part=part)
    assert page.segmented_control(key="blocks.part").value == part
    assert not page.error
    assert ":green[:material/check_circle:]" in written(page)
    assert ":red[" not in written(page)
    assert page.expander
    assert codes(page)


@pytest.mark.parametrize("kind", KINDS)
def test_every_mobile_block_too(page: AppTest, kind: str) -> None:
    opened(page, blocks__part="Mobile", blocks__mobile=kind)
    assert not page.error
    assert ":green[:material/check_circle:]" in written(page)
    assert ":red[" not in written(page)


def test_it_opens_at_its_first_part_and_on_trained_weights(page: AppTest) -> None:
    opened(page)
    assert page.segmented_control(key="blocks.part").value == "Unit"
    assert str(page.selectbox(key="blocks.unit.network").value).startswith("VGG for CIFAR-10")
    assert not page.warning


def test_the_residual_block_is_taken_from_trained_weights_too(page: AppTest) -> None:
    opened(page, blocks__part="Residual")
    assert page.selectbox(key="blocks.residual.network").value == "EfficientNet-Lite0"
    assert not page.warning


def test_what_is_measured_is_computed_once_it_is_opened(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "OPEN", False)
    opened(page, blocks__part="Residual", blocks__residual__network="ResNet-20 (CIFAR)")
    assert "**Without stage2.1**" not in written(page)
    assert "How long x and F(x) are" not in written(page)


@pytest.mark.parametrize("asked", [
    {"blocks__part": "Inception", "blocks__inception__network": "GoogLeNet"},
    {"blocks__part": "Dense", "blocks__dense__network": "DenseNet-121"},
])  # fmt: skip
def test_random_weights_are_said(page: AppTest, asked: dict[str, str]) -> None:
    opened(page, **asked)
    assert any("not trained" in item.value for item in page.warning)


def test_another_block_of_inception_v3_is_opened_by_the_list(page: AppTest) -> None:
    opened(page, blocks__part="Inception", blocks__inception__network="Inception v3")
    assert "Two 3×3 kernels in a row" in written(page)
    page.selectbox(key="blocks.inception.block.inception_v3").set_value("Mixed_7c.cat_2").run()
    assert not page.exception
    assert "320 + 768 + 768 + 192 = **2048 channels**" in written(page)


def test_blocks_are_dropped_by_pills(page: AppTest) -> None:
    opened(page, blocks__part="Residual", blocks__residual__network="ResNet-20 (CIFAR)")
    assert "**Without stage2.1**" in written(page)
    page.button_group(key="blocks.dropped.resnet20").set_value(["stage1.0", "stage3.2"]).run()
    assert not page.exception
    assert "**Without stage1.0, stage3.2**" in written(page)
    page.button_group(key="blocks.dropped.resnet20").set_value([]).run()
    assert "**With nothing dropped**" in written(page)
    assert "These weights are random" in written(page)


def test_a_click_on_the_matrix_opens_that_layer(page: AppTest) -> None:
    opened(page, blocks__part="Dense", blocks__dense__network="DenseNet-121")
    assert "Where the 160 input channels of layer 4 come from" in written(page)
    page.selectbox(key="blocks.dense.layer.densenet121.features.denseblock1").set_value(1).run()
    assert "Where the 96 input channels of layer 2 come from" in written(page)


def test_groups_that_do_not_come_out_even_are_one_sentence(page: AppTest) -> None:
    opened(page, blocks__part="Mobile", blocks__mobile="Channel shuffle")
    page.number_input(key="blocks.shuffle.groups").set_value(5).run()
    assert not page.exception
    assert len(page.error) == 1
    assert "12 channels cannot be put into 5 equal groups" in page.error[0].value
    assert "[0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]" in written(page)


def test_a_picture_too_small_for_five_pools_is_one_sentence(page: AppTest) -> None:
    opened(page, blocks__part="VGG", blocks__vgg__side="16")
    assert len(page.error) == 1
    assert "Block 5 would pool maps of 1 × 1" in page.error[0].value


@pytest.mark.parametrize("query", [
    {"blocks__part": "Nothing", "blocks__unit__network": "none"},
    {"blocks__part": "Mobile", "blocks__mobile": "Channel shuffle", "blocks__shuffle__channels": "1e999"},
    {"blocks__part": "Residual", "blocks__channels": "-1", "blocks__side": "x"},
])  # fmt: skip
def test_a_crooked_link_opens_something_sensible(page: AppTest, query: dict[str, str]) -> None:
    opened(page, **query)
    assert not page.error


# ------------------------------------------------------------------------------------------------ the snippets
@pytest.mark.parametrize("part", ["Unit", "Inception", "Residual", "Dense"])
def test_snippets_of_a_part_run_as_they_stand(page: AppTest, part: str) -> None:
    opened(page, blocks__part=part, blocks__inception__network="GoogLeNet", blocks__dense__network="DenseNet-121")
    found = [run(code) for code in codes(page)]
    last = found[0]
    if part in ("Inception", "Dense"):
        recorded = last["record"][
            {"Inception": "inception3a.cat", "Dense": "features.denseblock1.denselayer4.cat"}[part]
        ]
        np.testing.assert_array_equal(last["joined"], recorded.values)
    if part == "Unit":
        assert last["after"].shape == (64, 16, 16)
    if part == "Residual":
        np.testing.assert_allclose(last["x_"] + last["f"], last["total"], atol=1e-4)
        np.testing.assert_array_equal(last["plain"], last["record"].logits)
        assert found[1]["weights"] == [1_179_648, 69_632]


@pytest.mark.parametrize("kind", KINDS)
def test_snippets_of_mobile_blocks_run_as_they_stand(page: AppTest, kind: str) -> None:
    opened(page, blocks__part="Mobile", blocks__mobile=kind)
    found = run(codes(page)[0])
    if kind == "Depthwise separable":
        assert (found["weights"], found["plain"]) == (800, 4608)
    elif kind == "Inverted residual":
        assert len(found["wide"]) == 6 * len(found["narrow"])
    elif kind == "Squeeze-and-excitation":
        np.testing.assert_allclose(found["before"] * found["gates"], found["after"], atol=1e-6)
    else:
        assert torch.equal(found["back"], torch.arange(12))
        assert torch.equal(found["order"], found["theirs"])


@pytest.mark.parametrize("name", ["vgg11", "vgg16"])
def test_the_short_vgg_is_vgg(name: str) -> None:
    """At 32 × 32 pixels, where the head is small; its features are torchvision's."""
    found = run(snippets.vgg(name, side=32))
    made = found[name]
    theirs: Any = models.build(name, classes=2)
    ours = [tuple(weight.shape) for block in made[:5] for weight in block.parameters()]
    assert ours == [tuple(weight.shape) for weight in theirs.features.parameters()]
    assert made(torch.zeros(1, 3, 32, 32)).shape == (1, 1000)


# ------------------------------------------------------------------------------------------------ further networks
@pytest.mark.parametrize("choice", ["inception_v3", "squeezenet1_1"])
def test_branches_of_other_networks_add_up(choice: str) -> None:
    network = networks.open_network(choice)
    x = images.to_tensor(samples.read(samples.FIRST), network.spec)
    recording = capture.activations(network.model, x)
    rows = anatomy.inspect(network.model, network.spec.input_shape, run=True)
    for key in inception_branches.keys(recording):
        found = inception_branches.open_block(network.model, recording, key)
        inside = [row for row in rows if row.group == found.group and row.kind == "convolution"]
        shared = found.group.startswith("features") or "7b" in found.group or "7c" in found.group
        assert found.proof.holds
        assert sum(one.count for one in found.branches) == len(found.output)
        if not shared:  # a 1×1 that two branches read is counted in both
            assert found.cost.macs == sum(row.macs for row in inside)


def test_a_network_without_such_blocks_has_none() -> None:
    network = networks.open_network("run:mnist-cnn-19abe802")
    x = images.to_tensor(samples.read(samples.fitting(network.spec)), network.spec)
    recording = capture.activations(network.model, x)
    assert inception_branches.keys(recording) == ()
    assert residual_blocks.shortcuts(recording) == ()
    assert dense_channels.groups(recording) == ()
    assert mobile_blocks.depthwise(network.model, recording) == ()
    assert mobile_blocks.gated(recording) == ()
    assert mobile_blocks.shuffled(recording) == ()
