"""Two networks block by block: the outermost boxes of their graphs, side by side where their maps are as coarse."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import zip_longest

from cnnviz import graphs
from cnnviz.measurements import architectures
from cnnviz.records.architectures import Architecture
from cnnviz.records.graphs import Graph, Item
from cnnviz.topics.compare import published
from cnnviz.topics.compare.records import LineStep, Pair, Part

STRINGS = ("Sequential", "ModuleList")


def parts(choice: str) -> tuple[Part, ...]:
    """The blocks of a network in order; a mere list of blocks (a stage) is taken apart.

    Raises what `measurements.architectures.opened` raises.
    """
    model, spec = architectures.opened(choice)
    light = all(parameter.device.type != "meta" for parameter in model.parameters())
    return of(graphs.of(model, spec.input_shape, run=light), spec.input_shape[1])


def of(graph: Graph, side: int) -> tuple[Part, ...]:
    """The same of a graph that is there; side: pixels of the image."""
    items = [graph.items[index] for root in graph.roots for index in _opened(graph, root)]
    return tuple(_part(item, side) for item in items if item.kind != "input")


def aligned(first: Sequence[Part], second: Sequence[Part]) -> tuple[Pair, ...]:
    """Both lists in order, side by side: by how coarse the maps are, and there by what the blocks are."""
    scales = sorted({part.scale for part in (*first, *second)}, key=lambda scale: scale or 10_000)
    pairs: list[Pair] = []
    for scale in scales:
        one = [part for part in first if part.scale == scale]
        other = [part for part in second if part.scale == scale]
        matcher = difflib.SequenceMatcher(None, [_kind(part) for part in one], [_kind(part) for part in other], False)
        for _what, i, k, m, n in matcher.get_opcodes():
            pairs += [Pair(left, right) for left, right in zip_longest(one[i:k], other[m:n])]
    return tuple(pairs)


def totals(network: Architecture) -> LineStep:
    """A whole network as one line of a comparison."""
    field, status = published.widest_field(network.rows)
    side = network.input_shape[1]
    return LineStep(network.spec.title, "", network.parameters, network.macs, field, status, network.depth, side)


def _opened(graph: Graph, index: int) -> tuple[int, ...]:
    item = graph.items[index]
    return item.children if item.form == "block" and item.operation in STRINGS else (index,)


def _part(item: Item, side: int) -> Part:
    scale = round(side / item.shape[-1]) if len(item.shape) == 3 and item.shape[-1] > 1 else 0
    return Part(
        item.name, item.operation, item.count, item.shape, scale, item.layers, item.parameters, item.macs,
        item.field.size, item.field.status,
    )  # fmt: skip


def _kind(part: Part) -> str:
    """What is compared first: the class of a block or operation, with the kernel, without channels."""
    return " ".join(part.operation.split(",")[0].split()[:2])
