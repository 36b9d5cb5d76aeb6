"""The whole network on one canvas: every number in the atlas and every edge, against a second, slower derivation."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from cnnviz.records import Activations, Layer
from cnnviz.topics.explore import canvas, connectivity
from cnnviz.topics.explore.canvas import Sizes, network, shrink


def node(
    key: str, values: np.ndarray, *inputs: str, kind: str = "convolution", group: str = "", operation: str = ""
) -> Layer:
    name, _, call = key.partition(":")
    return Layer(name, int(call or 0), kind, operation, name, inputs, group, np.asarray(values, dtype=np.float32))


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def small_net() -> Activations:
    """conv 6, ReLU, pool, flatten, linear 10: like the course's nets."""
    conv = noise(6, 24, 24)
    relu = np.maximum(conv, 0)
    pool = relu.reshape(6, 12, 2, 12, 2).max(axis=(2, 4))
    logits = noise(10, seed=3)
    return Activations(
        (
            node("input", noise(1, 28, 28, seed=1), kind="input", group="input"),
            node("conv1", conv, "input", group="conv1", operation="Conv2d 5×5, 1 → 6"),
            node("relu", relu, "conv1", kind="activation", group="conv1", operation="ReLU"),
            node("pool", pool, "relu", kind="pooling", group="conv1"),
            node("flatten", pool.reshape(-1), "pool", kind="flatten", group="conv1"),
            node("drop", pool.reshape(-1), "flatten", kind="dropout", group="conv1"),
            node("fc", logits, "drop", kind="linear", group="fc"),
        ),
        logits,
    )


def residual_net(width: int = 64) -> Activations:
    """A stem and one residual block, too wide to show every channel."""
    stem, one, two = noise(width, 16, 16), noise(width, 16, 16, seed=1), noise(width, 16, 16, seed=2)
    logits = noise(100, seed=4)
    return Activations(
        (
            node("input", noise(3, 32, 32, seed=5), kind="input", group="input"),
            node("conv1", stem, "input", group="conv1"),
            node("block.conv1", one, "conv1", group="block"),
            node("block.norm1", one * 3, "block.conv1", kind="normalization", group="block"),
            node("block.relu", np.maximum(one * 3, 0), "block.norm1", kind="activation", group="block"),
            node("block.conv2", two, "block.relu", group="block"),
            node("block.add", two + stem, "block.conv2", "conv1", kind="addition", group="block"),
            node("block.relu:1", np.maximum(two + stem, 0), "block.add", kind="activation", group="block"),
            node(
                "pool",
                np.maximum(two + stem, 0).mean((1, 2), keepdims=True),
                "block.relu:1",
                kind="pooling",
                group="fc",
            ),
            node("fc", logits, "pool", kind="linear", group="fc"),
        ),
        logits,
    )


def layers_of(drawn: canvas.Canvas) -> dict[str, Any]:
    return {entry["key"]: entry for entry in drawn.layout["layers"]}


def tile(drawn: canvas.Canvas, key: str, index: int) -> np.ndarray:
    entry = layers_of(drawn)[key]
    size = entry["height"] * entry["width"]
    start = entry["offset"] + index * size
    flat = np.frombuffer(drawn.folded if entry["folded"] else drawn.atlas, np.uint8)[start : start + size]
    return flat.reshape(entry["height"], entry["width"])


# ------------------------------------------------------------------------------------------------------- what is shown
def test_a_small_net_shows_every_channel_and_hides_what_only_passes_on() -> None:
    drawn = network(small_net())
    entries = layers_of(drawn)
    assert drawn.layout["small"] is True
    assert "drop" not in entries
    assert all(entry["channels"] is None for entry in entries.values())
    assert [group["layers"] for group in drawn.layout["groups"]] == [
        ["input"], ["conv1", "relu", "pool", "flatten"], ["fc"],
    ]  # fmt: skip


def test_a_deep_net_shows_the_channels_with_most_energy_and_the_same_ones_along_a_chain() -> None:
    recording = residual_net()
    drawn = network(recording)
    entries = layers_of(drawn)
    assert drawn.layout["small"] is False
    relu = recording["block.relu"].values.astype(np.float64)
    strongest = np.sort(np.argsort((relu**2).mean(axis=(1, 2)))[-8:]).tolist()
    for key in ("block.conv1", "block.norm1", "block.relu"):
        assert entries[key]["channels"] == strongest
    final = recording["block.relu:1"].values.astype(np.float64)
    assert entries["block.relu:1"]["channels"] == np.sort(np.argsort((final**2).mean(axis=(1, 2)))[-8:]).tolist()
    assert entries["block.conv2"]["channels"] == entries["block.relu:1"]["channels"]
    assert entries["pool"]["channels"] is None  # a vector shows every cell


def test_tiles_are_means_over_squares() -> None:
    values = noise(3, 9, 7)
    small = shrink(values, 4)
    assert small.shape == (3, 3, 3)
    for row in range(3):
        for column in range(3):
            block = values[:, 3 * row : 3 * row + 3, 3 * column : 3 * column + 3]
            assert small[:, row, column] == pytest.approx(block.mean(axis=(1, 2)), rel=1e-4, abs=1e-6)
    assert shrink(values, 9) is values or np.array_equal(shrink(values, 9), values)


def test_the_atlas_holds_each_tile_where_the_layout_says() -> None:
    recording = small_net()
    drawn = network(recording)
    entry = layers_of(drawn)["conv1"]
    for channel in range(6):
        wanted = 128 + np.clip(np.rint(recording["conv1"].values[channel] * 127.0 / entry["limit"]), -127, 127)
        assert np.abs(tile(drawn, "conv1", channel).astype(int) - wanted).max() <= 1  # the limit is sent with 5 digits


def test_zero_is_entry_128_so_that_a_relu_shows_the_negative_half_gone() -> None:
    recording = small_net()
    drawn = network(recording)
    entries = layers_of(drawn)
    assert entries["conv1"]["limit"] == entries["relu"]["limit"] == entries["pool"]["limit"]
    before, after = tile(drawn, "conv1", 2).astype(int), tile(drawn, "relu", 2).astype(int)
    assert (after[recording["conv1"].values[2] <= 0] == 128).all()
    assert (after[before > 128] == before[before > 128]).all()


def test_a_normalisation_between_them_takes_the_range_over() -> None:
    entries = layers_of(network(residual_net()))
    assert entries["block.norm1"]["limit"] == entries["block.relu"]["limit"] != entries["block.conv1"]["limit"]
    assert entries["block.add"]["limit"] == entries["block.relu:1"]["limit"] != entries["block.conv2"]["limit"]


def test_what_is_clipped_is_counted() -> None:
    values = noise(4, 20, 20)
    values[0, 0, 0] = 500.0
    drawn = network(Activations((node("conv", values),), np.zeros(2)))
    entry = layers_of(drawn)["conv"]
    assert entry["limit"] < 10
    assert entry["clipped"] == pytest.approx(float((np.abs(values) > entry["limit"]).mean()), abs=1e-3)
    assert tile(drawn, "conv", 0)[0, 0] == 255
    assert entry["maximum"][0] == 500.0


def test_dead_channels_are_named_and_the_input_never_is() -> None:
    values = noise(4, 6, 6)
    values[1], values[3] = 0.0, -2.0
    blank = node("input", np.zeros((1, 8, 8)), kind="input")
    entries = layers_of(network(Activations((blank, node("conv", values, "input")), np.zeros(2))))
    assert entries["conv"]["dead"] == [1, 3]
    assert entries["input"]["dead"] == []


def test_tooltip_numbers_are_those_of_the_whole_channel_not_of_the_tile() -> None:
    values = noise(2, 112, 112)
    entry = layers_of(network(Activations((node("conv", values),), np.zeros(2))))["conv"]
    assert entry["mean"] == pytest.approx(values.mean(axis=(1, 2)), rel=1e-4, abs=1e-7)
    assert entry["maximum"] == pytest.approx(values.max(axis=(1, 2)), rel=1e-4)


# ------------------------------------------------------------------------------------------------------------ the edges
def test_edges_say_what_feeds_a_channel() -> None:
    entries = layers_of(network(small_net()))
    assert entries["conv1"]["sources"] == [("input", "all", 0)]
    assert entries["relu"]["sources"] == [("conv1", "same", 0)]
    assert entries["flatten"]["sources"] == [("pool", "cells", 144)]
    assert entries["fc"]["sources"] == [("flatten", "all", 0)]  # through the dropout that is not shown
    assert layers_of(network(residual_net()))["block.add"]["sources"] == [
        ("block.conv2", "same", 0), ("conv1", "same", 0),
    ]  # fmt: skip


def test_a_concatenation_shifts_and_groups_divide() -> None:
    a, b = noise(3, 4, 4), noise(5, 4, 4)
    recording = Activations(
        (
            node("a", a),
            node("b", b),
            node("cat", np.concatenate([a, b]), "a", "b", kind="concatenation"),
            node("depthwise", noise(8, 4, 4), "cat", operation="Conv2d 3×3, 8 → 8, 8 groups"),
            node("again", noise(8, 4, 4), "cat", operation="Conv2d 3×3, 8 → 8, groups=4"),
        ),
        np.zeros(2),
    )
    found = connectivity.sources(recording)
    assert found["cat"] == [("a", "shift", 0), ("b", "shift", 3)]
    assert found["depthwise"] == [("cat", "block", 8)]
    assert found["again"] == [("cat", "block", 4)]


# ----------------------------------------------------------------------------------------------------------- the groups
def test_the_picture_is_a_group_of_its_own() -> None:
    first = node("input", noise(3, 8, 8), kind="input", group="input")
    padded = node("pad", noise(3, 9, 9), "input", kind="padding", group="input")
    groups = network(
        Activations((first, padded, node("conv", noise(4, 4, 4), "pad", group="conv")), np.zeros(2))
    ).layout["groups"]
    assert [(group["label"], group["layers"]) for group in groups] == [
        ("input", ["input"]), ("prepare", ["pad"]), ("conv", ["conv"]),
    ]  # fmt: skip


def test_a_folded_group_is_stood_for_by_its_last_node_with_maps() -> None:
    head = [
        node("conv", noise(4, 4, 4), group="head"),
        node("pool", noise(4, 1, 1), "conv", kind="pooling", group="head"),
        node("flatten", noise(4), "pool", kind="flatten", group="head"),
    ]
    assert connectivity.groups(head)[0]["face"] == "conv"
    assert connectivity.groups(head)[0]["shape"] == [4, 4, 4]
    assert connectivity.groups([*head, node("fc", noise(4), "flatten", kind="linear", group="head")])[0]["face"] == "fc"


def test_more_than_forty_blocks_fold_into_their_parents() -> None:
    layers = [
        node(f"features.block{i // 10}.layer{i}", noise(2, 2, 2), group=f"features.block{i // 10}.layer{i}")
        for i in range(60)
    ]
    assert [group["label"] for group in connectivity.groups(layers)] == [f"features.block{i}" for i in range(6)]
    flat = [node(f"conv{i}", noise(2, 2, 2), group=f"conv{i}") for i in range(60)]
    assert len(connectivity.groups(flat)) == 60  # nothing to fold into


def test_kinds_are_counted_in_short_words() -> None:
    inside = [layer for layer in residual_net() if layer.group == "block"]
    assert connectivity.kinds(inside) == "2\u00a0conv, norm, 2\u00a0activation, sum"
    assert connectivity.kinds([node("x", noise(1, 2, 2), kind="convolution")]) == "convolution"


# -------------------------------------------------------------------------------------------------------- the two ends
def test_the_picture_follows_the_tiles_as_rgb() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (200, 100, 3), dtype=np.uint8)
    drawn = network(small_net(), picture=picture)
    place = drawn.layout["picture"]
    assert place is not None
    assert max(place["height"], place["width"]) <= 96
    pixels = np.frombuffer(drawn.atlas, np.uint8)[place["offset"] :].reshape(place["height"], place["width"], 3)
    assert pixels[0, 0] == pytest.approx(picture[:3, :3].reshape(-1, 3).mean(axis=0), abs=1)


def test_without_a_picture_the_inputs_own_values_are_shown() -> None:
    drawn = network(small_net())
    place = drawn.layout["picture"]
    assert place is not None
    pixels = np.frombuffer(drawn.atlas, np.uint8)[place["offset"] :].reshape(28, 28, 3)
    assert (pixels[..., 0] == pixels[..., 2]).all()
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_scores_are_the_softmax_and_named() -> None:
    recording = small_net()
    names = tuple("abcdefghij")
    scores = network(recording, classes=names).layout["scores"]
    raised = np.exp(recording.logits.astype(np.float64))
    assert [score["label"] for score in scores] == list(names)
    assert [score["probability"] for score in scores] == pytest.approx(list(raised / raised.sum()), rel=1e-4)
    best = network(residual_net()).layout["scores"]
    assert len(best) == 10
    assert [score["probability"] for score in best] == sorted(
        (score["probability"] or 0 for score in best), reverse=True
    )
    assert best[0]["label"] == f"class {best[0]['index']}"


def shown(recording: Activations) -> list[float]:
    return [float(score["probability"] or 0) for score in network(recording).layout["scores"]]


def test_a_net_that_ends_with_a_softmax_is_not_softmaxed_again() -> None:
    shares = np.array([0.7, 0.2, 0.1], dtype=np.float32)
    recording = Activations((node("softmax", shares, kind="softmax"),), shares)
    assert shown(recording) == pytest.approx(shares)
    logs = Activations((node("log_softmax", np.log(shares), kind="softmax"),), np.log(shares))
    assert shown(logs) == pytest.approx(shares)


# ------------------------------------------------------------------------------------------------------------- the size
def test_a_huge_net_gets_fewer_and_smaller_tiles() -> None:
    values = noise(16, 40, 40)
    recording = Activations(tuple(node(f"conv{i}", values, group=f"g{i}") for i in range(400)), np.zeros(2))
    drawn = network(recording)
    assert len(drawn.atlas) + len(drawn.folded) <= canvas.ATLAS_BYTES
    assert layers_of(drawn)["conv0"]["height"] < 40


def test_the_layout_is_plain_and_the_digest_follows_the_picture() -> None:
    first, again = network(small_net()), network(small_net())
    json.dumps(first.layout, allow_nan=False)
    assert first.layout["digest"] == again.layout["digest"]
    other = network(small_net(), picture=np.zeros((28, 28, 1), dtype=np.uint8))
    assert other.layout["digest"] != first.layout["digest"]
    assert json.loads(first.layout_text) == json.loads(json.dumps(first.layout))


def test_a_network_that_diverged_is_still_drawn() -> None:
    values = noise(3, 4, 4)
    values[0] = np.nan
    drawn = network(
        Activations((node("conv", values), node("fc", np.full(3, np.nan), "conv", kind="linear")), np.full(3, np.nan))
    )
    json.dumps(drawn.layout, allow_nan=False)
    assert (tile(drawn, "conv", 0) == 128).all()


@pytest.mark.parametrize("shape", [(5,), (7, 12), (3, 5, 90)])
def test_any_shape_finds_its_place(shape: tuple[int, ...]) -> None:
    entry = layers_of(network(Activations((node("x", noise(*shape)),), np.zeros(2)), sizes=Sizes(tile=20)))["x"]
    assert entry["total"] == shape[0]
    assert max(entry["height"], entry["width"]) <= 20


def test_an_empty_recording_says_so() -> None:
    with pytest.raises(ValueError, match="no node at all"):
        network(Activations((), np.zeros(2)))
