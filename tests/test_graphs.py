"""The folded graph: nothing lost, nothing in a circle, repeats that are equal, wires as the definition has them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cnnviz import anatomy, graphs
from cnnviz.figures import graphs as figures
from cnnviz.measurements import architectures
from cnnviz.records.graphs import Graph, Item

NAMES = (
    "lenet5",
    "vgg16",
    "googlenet",
    "inception_v3",
    "resnet50",
    "densenet121",
    "mobilenet_v2",
    "shufflenet_v2_x1_0",
)


@pytest.fixture(scope="module")
def graph_of() -> Callable[[str], Graph]:
    """The graph of a registered network, made once."""
    known: dict[str, Graph] = {}

    def made(name: str) -> Graph:
        if name not in known:
            model, spec = architectures.opened(name)
            known[name] = graphs.of(model, spec.input_shape)
        return known[name]

    return made


def descendants(graph: Graph, index: int) -> list[int]:
    """Every layer inside a box, in order; of a layer, itself."""
    children = graph.items[index].children
    return [layer for child in children for layer in descendants(graph, child)] if children else [index]


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_is_there_once_with_its_numbers(graph_of: Callable[[str], Graph], name: str) -> None:
    graph = graph_of(name)
    model, spec = architectures.opened(name)
    rows = anatomy.inspect(model, spec.input_shape)
    layers = [graph.items[index] for root in graph.roots for index in descendants(graph, root)]
    assert [(item.name, item.shape, item.parameters, item.macs, item.activation_bytes) for item in layers] == [
        (row.name, row.output_shape, row.parameters, row.macs, row.activation_bytes) for row in rows
    ]
    names = [item.name for item in layers]
    assert [tuple(graph.items[read].name for read in item.reads) for item in layers] == [
        tuple(dict.fromkeys(row.inputs)) for row in rows
    ]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", NAMES)
def test_a_box_sums_what_it_holds(graph_of: Callable[[str], Graph], name: str) -> None:
    graph = graph_of(name)
    for index, item in enumerate(graph.items):
        inside = [graph.items[layer] for layer in descendants(graph, index)]
        assert item.layers == len(inside)
        assert item.parameters == sum(layer.parameters for layer in inside)
        assert item.macs == sum(layer.macs for layer in inside)
        assert item.activation_bytes == sum(layer.activation_bytes for layer in inside)
        assert (item.shape, item.field) == (inside[-1].shape, inside[-1].field)
        assert all(graph.items[child].parent == index for child in item.children)


@pytest.mark.parametrize("name", NAMES)
def test_however_it_is_folded_every_wire_leads_forward(graph_of: Callable[[str], Graph], name: str) -> None:
    """The children of any box, in order: none reads one that comes later. So no picture of them goes in a circle."""
    graph = graph_of(name)
    levels = [graph.roots, *(item.children for item in graph.items if item.children)]
    for children in levels:
        place = {layer: at for at, child in enumerate(children) for layer in descendants(graph, child)}
        for layer, at in place.items():
            assert all(place.get(read, -1) <= at for read in graph.items[layer].reads)


def test_repeats_are_what_the_papers_say(graph_of: Callable[[str], Graph]) -> None:
    def counts(name: str, operation: str) -> list[int]:
        found = [item for item in graph_of(name).items if item.form == "repeat" and item.operation == operation]
        return [item.count for item in found]

    assert counts("resnet50", "Bottleneck") == [2, 3, 5, 2]  # 3, 4, 6, 3, of which the first has a projection
    assert counts("densenet121", "_DenseLayer") == [6, 12, 24, 16]
    assert counts("inception_v3", "InceptionC") == [4, 2]  # 6b … 6e are alike, and 6c and 6d equal
    assert not any(item.same for item in graph_of("densenet121").items if item.form == "repeat")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_be_equal_is_equal(graph_of: Callable[[str], Graph], name: str) -> None:
    graph = graph_of(name)
    for index, item in enumerate(graph.items):
        if item.form != "repeat" or not item.same:
            continue
        lines = [[graph.items[layer].operation for layer in descendants(graph, child)] for child in item.children]
        assert len(lines) == item.count, index
        assert all(line == lines[0] for line in lines)


@pytest.mark.parametrize(("name", "most"), [("inception_v3", 20), ("densenet121", 16), ("vgg16", 18), ("resnet50", 12)])
def test_folded_it_fits_a_screen(graph_of: Callable[[str], Graph], name: str, most: int) -> None:
    assert len(graph_of(name).roots) <= most


class Split(nn.Module):
    """Two ways of one convolution, added; the sum goes through a unit twice."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Conv2d(3, 4, 3, padding=1)
        self.shared = nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4))

    def forward(self, x: Tensor) -> Tensor:
        x = self.start(x)
        y = x + self.shared(x)
        return y + self.shared(y)


def test_a_module_that_runs_twice_is_two_boxes() -> None:
    graph = graphs.of(Split().eval(), (3, 8, 8), run=True)
    assert [graph.items[index].form for index in graph.roots] == ["layer", "layer", "unit", "layer", "unit", "layer"]
    last = graph.items[graph.roots[-1]]
    assert [graph.items[read].name for read in last.reads] == ["add", "shared.1:1"]
    assert [item.parameters for item in graph.items if item.form == "unit"] == [28, 0]  # counted once


class Undecided(nn.Module):
    """A forward that asks for a number before it decides what runs."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.other = nn.Conv2d(3, 4, 3), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.other(self.one(x)) if x.sum() >= 0 else x


def test_a_network_that_branches_on_the_data_is_drawn_as_it_ran() -> None:
    """Zeros are not negative: both layers run, and the question that was asked of the image is drawn too."""
    graph = graphs.of(Undecided().eval(), (3, 8, 8), run=True)
    assert [item.name for item in graph.layers] == ["input", "sum", "ge", "one", "other"]
    index = {item.name: graph.items.index(item) for item in graph.layers}
    assert {item.name: item.reads for item in graph.layers} == {
        "input": (), "sum": (index["input"],), "ge": (index["sum"],), "one": (index["input"],),
        "other": (index["one"],),
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_packet_is_plain_and_its_titles_are_short(graph_of: Callable[[str], Graph], name: str) -> None:
    data = figures.network_data(graph_of(name), title=name)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert max(len(item["title"]) for item in data["items"]) <= figures.LONGEST
    again = figures.network_data(graph_of(name), title=name)
    assert again["digest"] == data["digest"]


def test_milliseconds_of_a_box_are_those_of_its_operations(graph_of: Callable[[str], Graph]) -> None:
    graph = graph_of("resnet50")
    taken = {item.name: float(place + 1) for place, item in enumerate(graph.layers)}
    found = figures.milliseconds(graph, taken)
    assert sum(found[root] for root in graph.roots) == pytest.approx(sum(taken.values()))
    for index, item in enumerate(graph.items):
        if item.form == "layer":
            assert found[index] == taken[item.name]
        else:
            assert found[index] == pytest.approx(sum(found[child] for child in item.children))
    assert not any(figures.milliseconds(graph, {}))


def test_the_words_are_counted(graph_of: Callable[[str], Graph]) -> None:
    said = figures.words(graph_of("densenet121"), "DenseNet-121")
    assert said.startswith("DenseNet-121 has 432 operations, folded into 15 boxes here. 58 of them join")
    assert "24 × _DenseLayer; they differ" in said


def test_a_picture_that_does_not_fit_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="does not run on an image"):
        graphs.of(nn.Sequential(nn.Flatten(), nn.Linear(10, 2)), (3, 8, 8), run=True)


def test_the_model_comes_back_untouched() -> None:
    model = Split().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    graphs.of(model, (3, 8, 8), run=True)
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_titles_of_boxes() -> None:
    item = graphs.of(Split().eval(), (3, 8, 8), run=True).items[1]
    assert figures.box_title(item) == "Conv 3×3, 3 → 4"
    assert isinstance(item, Item)
    assert figures.field_words(item.field) == "3 × 3 pixels, in steps of 1"
