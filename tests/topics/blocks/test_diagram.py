"""Blocks as diagrams: rows that no line crosses, and maps, ranges and constants that are those of the recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from cnnviz import capture, images, networks, samples
from cnnviz.topics.blocks import (
    channel_shuffle,
    diagram,
    diagram_captions,
    diagram_figures,
    diagram_layout,
    diagram_words,
    mobile_blocks,
    residual_blocks,
    vgg,
)
from cnnviz.topics.blocks.records import Diagram, Places

APART = 0.3  # rows: a box reaches less than half a row up and down
Graph = dict[str, tuple[str, ...]]


# ------------------------------------------------------------------------------------------------ where boxes stand
def _composed(draw: Any, start: str, end: str, depth: int, found: list[tuple[str, str]]) -> None:
    """Parts behind each other or side by side, down to single lines."""
    kind = draw(some.sampled_from(("line", "series", "parallel"))) if depth else "line"
    if kind == "line":
        found.append((start, end))
        return
    ways = 1 if kind == "series" else draw(some.integers(2, 4))
    for way in range(ways):
        middle = f"{start}{end}{way}"
        _composed(draw, start, middle, depth - 1, found)
        _composed(draw, middle, end, depth - 1, found)


@some.composite
def blocks(draw: Any) -> Graph:
    """A graph of one source and one sink, in an order in which it can run."""
    lines: list[tuple[str, str]] = []
    _composed(draw, "a", "z", 3, lines)
    if draw(some.booleans()):
        lines.append(("a", "z"))  # a way around everything
    return _sorted(lines)


def _sorted(lines: list[tuple[str, str]]) -> Graph:
    left = {name for line in lines for name in line}
    found: Graph = {}
    while left:
        ready = sorted(name for name in left if all(one not in left for one, two in lines if two == name))
        for name in ready:
            found[name] = tuple(dict.fromkeys(one for one, two in lines if two == name))
        left -= set(ready)
    return {name: found[name] for name in [*(key for key in found if key != "z"), "z"]}


def _over(places: Places, edge: tuple[str, str], name: str) -> bool:
    return places.rank[edge[0]] < places.rank[name] < places.rank[edge[1]]


@given(blocks(), some.sampled_from([(), ("z",)]))
def test_no_two_boxes_share_a_place_and_no_line_runs_through_a_box(graph: Graph, straight: tuple[str, ...]) -> None:
    places = diagram_layout.laid_out(graph, straight=straight)
    assert not places.buses
    for one in graph:
        for two in graph:
            if one < two and places.rank[one] == places.rank[two]:
                assert abs(places.lane[one] - places.lane[two]) >= 1 - 1e-9
    for edge, row in places.wires.items():
        for name in graph:
            assert not _over(places, edge, name) or abs(places.lane[name] - row) > APART
    for one, row in places.wires.items():
        for two, other in places.wires.items():
            together = places.rank[one[0]] < places.rank[two[1]] and places.rank[two[0]] < places.rank[one[1]]
            assert one >= two or not together or one[1] == two[1] or one[0] == two[0] or abs(row - other) > APART / 2


@given(some.integers(3, 8), some.data())
def test_in_any_other_graph_too_each_line_goes_to_a_later_rank_and_far_ones_run_above(size: int, data: Any) -> None:
    graph: Graph = {"n0": ()}
    for place in range(1, size):
        read = data.draw(some.lists(some.integers(0, place - 1), min_size=1, max_size=place, unique=True))
        graph[f"n{place}"] = tuple(f"n{other}" for other in sorted({*read, place - 1}))
    places = diagram_layout.laid_out(graph)
    assert len({(places.rank[name], places.lane[name]) for name in graph}) == size
    for name, read in graph.items():
        for other in read:
            distance = places.rank[name] - places.rank[other]
            assert distance >= 1
            assert distance == 1 or (other, name) in {**places.wires, **places.buses}


def test_the_gate_goes_around_the_maps_and_the_skip_around_the_layers() -> None:
    gate = diagram_layout.laid_out({"x": (), "mean": ("x",), "factor": ("mean",), "z": ("factor", "x")}, straight=["z"])
    assert gate.wires[("x", "z")] == 0 < gate.lane["mean"] == gate.lane["factor"]
    skip = diagram_layout.laid_out({"x": (), "f": ("x",), "g": ("f",), "z": ("g", "x")})
    assert skip.wires[("x", "z")] < 0 == skip.lane["f"] == skip.lane["g"]


# ------------------------------------------------------------------------------------------------ real blocks
CASES = {
    "efficientnet_lite0": "stage2.1", "mobilenet_v3_small": "features.4", "googlenet": "inception3a",
    "squeezenet1_1": "features.3", "densenet121": "features.denseblock1", "resnet20": "stage2.0",
    "resnet18": "layer2.0", "shufflenet_v2_x0_5": "stage2.1", "timm/regnetx_002": "s1",
    "run:cifar10-vgg_cifar-13de091a": "features.conv3_1", "run:cifar10-densenet22-b00023f5": "block1",
}  # fmt: skip
Found = tuple[Any, Any, Diagram, diagram_figures.BlockDiagramPacket]
_kept: dict[str, Found] = {}


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    yield
    _kept.clear()


def found(choice: str) -> Found:
    """(network, recording, diagram, packet) of one block."""
    if choice not in _kept:
        network = networks.open_network(choice)
        recording = capture.activations(network.model, images.to_tensor(samples.read(samples.FIRST), network.spec))
        recording = mobile_blocks.with_shuffles(recording)
        dense, group = "densenet" in choice, CASES[choice]
        if group in (plain := vgg.blocks(recording)) and choice.startswith("run:"):
            keys: tuple[str, ...] = plain[group]
        else:
            keys = diagram.dense(recording, group, layers=6) if dense else diagram.of_group(recording, group)
        merged = (*diagram.FOLLOWS, "convolution") if dense else diagram.FOLLOWS
        added = [one for one in residual_blocks.shortcuts(recording) if one.group == group]
        roles = diagram_words.residual(added[0]) if added else {}
        made = diagram.of_block(network.model, recording, keys, merged=merged, roles=roles)
        _kept[choice] = (network, recording, made, diagram_figures.diagram(made, about="A block."))
    return _kept[choice]


def arrays(packet: diagram_figures.BlockDiagramPacket) -> dict[str, np.ndarray]:
    """step's key → what travels of it."""
    steps = [step for node in packet["meta"]["nodes"] for step in node["steps"]]
    blobs = [np.frombuffer(packet["blobs"][f"values{place}"], "<f4") for place in range(len(steps))]
    return {step["key"]: blob.reshape(step["maps"]) for step, blob in zip(steps, blobs, strict=True)}


@pytest.mark.parametrize("choice", [choice for choice in CASES if "densenet" in choice])
def test_the_layers_of_a_dense_block_are_numbered(choice: str) -> None:
    titles = [node["title"] for node in found(choice)[3]["meta"]["nodes"]]
    assert [title for title in titles if title.startswith("layer")] == [f"layer {at}" for at in range(1, 7)]


@pytest.mark.parametrize("choice", CASES)
def test_the_maps_are_those_of_the_recording_and_every_layer_of_the_block_is_in_a_box(choice: str) -> None:
    _, recording, made, packet = found(choice)
    drawn = arrays(packet)
    assert sum(len(blob) for blob in packet["blobs"].values()) <= 4 * diagram_figures.CELLS
    for node in packet["meta"]["nodes"]:
        for step in node["steps"]:
            values = recording[step["key"]].values
            assert step["shape"] == list(values.shape)
            np.testing.assert_array_equal(
                drawn[step["key"]], values[step["channels"]][:, :: step["every"], :: step["every"]]
            )
    inside = {layer.key for layer in recording if layer.group == made.group and layer.kind not in diagram.UNSEEN}
    assert inside <= {*drawn}
    for node in made.nodes:  # a box reads what the recording says that its first layer read
        if node.kind != "input":
            owners = [one.key for name in recording[node.steps[0].key].inputs for one in made.nodes
                      if name in {one.key, *(step.key for step in one.steps)}]  # fmt: skip
            assert list(node.inputs) == owners


@pytest.mark.parametrize("choice", CASES)
def test_a_channel_that_is_drawn_where_ways_meet_is_drawn_where_it_comes_from(choice: str) -> None:
    _, recording, made, packet = found(choice)
    nodes = {node.key: node for node in made.nodes}
    for node in made.nodes:
        out, last = node.steps[0], {name: nodes[name].steps[-1] for name in node.inputs}
        if node.kind in ("addition", "multiplication"):
            assert all(set(out.shown) <= set(step.shown) for step in last.values())
        if node.kind == "concatenation":
            starts = next(one["starts"] for one in packet["meta"]["nodes"] if one["key"] == node.key)
            for channel in out.shown:
                place = max(index for index, start in enumerate(starts) if start <= channel)
                step = last[node.inputs[place]]
                assert channel - starts[place] in step.shown
                np.testing.assert_array_equal(
                    recording[out.key].values[channel], recording[step.key].values[channel - starts[place]]
                )


@pytest.mark.parametrize("choice", ["efficientnet_lite0", "mobilenet_v3_small", "googlenet", "densenet121"])
def test_the_constants_give_the_recorded_numbers_again(choice: str) -> None:
    """Normalisation and depthwise kernels by torch, from what travels alone."""
    _, recording, made, _ = found(choice)
    counted = 0
    for node in made.nodes:
        for step in node.steps:
            read = recording[recording[step.key].inputs[0]].values if recording[step.key].inputs else None
            numbers: Any = step.arithmetic
            if "mean" in numbers and read is not None:
                given_ = [torch.tensor(numbers[name]) for name in ("mean", "variance", "scale", "shift")]
                again = torch.nn.functional.batch_norm(
                    torch.tensor(read[list(step.shown)])[None].double(), *(one.double() for one in given_),
                    eps=numbers["epsilon"],
                )[0]  # fmt: skip
                np.testing.assert_allclose(again, step.values[list(step.shown)], atol=1e-3, rtol=1e-4)
                counted += 1
            if "kernels" in numbers and read is not None:
                kernels = torch.tensor(numbers["kernels"]).reshape(len(step.shown), 1, *numbers["window"]).double()
                again = torch.nn.functional.conv2d(
                    torch.tensor(read[list(step.shown)])[None].double(), kernels, stride=numbers["stride"],
                    padding=numbers["padding"], groups=len(step.shown),
                )[0]  # fmt: skip
                np.testing.assert_allclose(again, step.values[list(step.shown)], atol=1e-3, rtol=1e-4)
                counted += 1
    assert counted


def test_every_branch_of_an_inception_block_has_a_number_of_its_own_and_others_have_none() -> None:
    made = found("googlenet")[2]
    assert [node.branch for node in made.nodes] == [0, 1, 2, 2, 3, 3, 4, 4, 0]
    ends = [node.key for node in made.nodes if node.key in made.nodes[-1].inputs]
    assert [next(node.branch for node in made.nodes if node.key == key) for key in ends] == [1, 2, 3, 4]
    assert all(node.branch == 0 for node in found("efficientnet_lite0")[2].nodes)
    fire = found("squeezenet1_1")[2]
    assert [(node.title, node.branch) for node in fire.nodes][2:] == [
        ("1×1 convolution", 1), ("3×3 convolution", 2), ("concatenation", 0)
    ]  # fmt: skip


def test_what_is_added_is_what_the_shortcuts_say() -> None:
    _, recording, made, _ = found("efficientnet_lite0")
    block = next(one for one in residual_blocks.shortcuts(recording) if one.group == "stage2.1")
    assert set(made.nodes[-1].inputs) == {block.shortcut, block.branch}
    assert [node.title for node in made.nodes] == [
        "input", "1×1 convolution", "3×3 depthwise", "1×1 convolution", "sum"
    ]  # fmt: skip


def test_boxes_say_what_they_compute() -> None:
    _, _, _, packet = found("efficientnet_lite0")
    says = [node["says"] for node in packet["meta"]["nodes"]]
    assert says[0] == diagram_captions.read("stage2.0.project.norm")
    assert says[1] == "Each of its 144 channels mixes the 24 that it reads, cell by cell: 24 products a cell."
    assert says[2] == "Each channel has its own 3×3 kernel: 9 products a cell. No channel sees another."
    joined = found("googlenet")[3]["meta"]["nodes"][-1]["says"]
    assert joined == "The channels are laid one behind the other: 64 + 128 + 32 + 32 = 256. No number changes."


def test_boxes_have_the_names_of_the_paper_where_it_names_them() -> None:
    def named(choice: str) -> dict[str, str]:
        return {node.role: node.title for node in found(choice)[2].nodes if node.role}

    assert named("efficientnet_lite0") == {"x": "input", "F(x)": "1×1 convolution", "F(x) + x": "sum"}
    assert named("resnet18") == {
        "x": "input", "F(x)": "3×3 convolution", "Wₛ x": "1×1 convolution", "F(x) + Wₛ x": "sum"
    }  # fmt: skip
    assert not named("googlenet")


def test_a_shuffle_is_one_box_and_puts_the_channels_in_the_order_of_the_definition() -> None:
    network, recording, made, _ = found("shufflenet_v2_x0_5")
    titles = [node.title for node in made.nodes]
    assert titles[:3] == ["input", "24 of 48 channels", "24 of 48 channels"]
    assert titles[-2:] == ["concatenation", "channel shuffle"]
    out = recording[made.nodes[-1].key]
    joined = recording[out.inputs[0]].values
    order = channel_shuffle.permutation(len(joined), 2)
    np.testing.assert_array_equal(out.values, joined[order])
    x = images.to_tensor(samples.read(samples.FIRST), network.spec)
    np.testing.assert_array_equal(out.values, capture.activations(network.model, x)[out.key].values)


def test_a_block_of_an_exported_network_is_drawn_without_what_its_calls_do_not_tell() -> None:
    """torch.export keeps functions and no modules: "conv2d", and nothing of its kernel."""
    network = networks.open_network("resnet20")
    x = images.to_tensor(samples.read(samples.FIRST), network.spec)
    model = torch.export.export(network.model, (x,)).module()
    recording = capture.activations(model, x)
    block = residual_blocks.shortcuts(recording)[0]
    made = diagram.of_block(model, recording, diagram.of_group(recording, block.group, end=block.key))
    assert [node.title for node in made.nodes if node.kind == "convolution"] == ["convolution"]
    assert made.nodes[-1].inputs
    assert diagram_figures.diagram(made, about="A block.")["meta"]["nodes"][-1]["title"] == "sum"
