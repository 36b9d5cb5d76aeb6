"""A network's graph for the browser: boxes with their words, what each layer reads; the layout is made there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NotRequired, TypedDict

from cnnviz.figures import captions
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records.fields import Field
from cnnviz.records.graphs import Graph, Item

_SHORTER = (
    (re.compile(r"\b(\w*(?:Conv|Pool|BatchNorm|Dropout|Transpose))[123]d\b"), r"\1"),
    (re.compile(r"\b[Aa]daptive_?(avg|max|Avg|Max)_?[Pp]ool(?:[123]d)?\b"), r"\1Pool"),
    (re.compile(r", padding [\w×]+"), ""),
    (re.compile(r", stride "), ", /"),
    (re.compile(r" channels$"), ""),
    (re.compile(r" \+ .*"), ""),
)  # fmt: skip
LONGEST = 24  # letters of a box's title


class GraphBox(TypedDict):
    """One box of the graph. parent: its index, −1 for none. field: what a cell sees, in words. bytes: of its output."""

    name: str
    form: str
    kind: str
    operation: str
    title: str
    note: str
    shape: list[int]
    parameters: int
    macs: int
    bytes: int
    layers: int
    field: str
    parent: int
    children: NotRequired[list[int]]
    reads: NotRequired[list[int]]
    count: NotRequired[int]
    same: NotRequired[bool]


class NetworkGraph(TypedDict):
    """items: in the order in which they run. roots: the boxes that stand in no other."""

    title: str
    items: list[GraphBox]
    roots: list[int]


class NetworkGraphPacket(NetworkGraph, Sealed):
    """For the component network_graph."""


def network_data(graph: Graph, *, title: str) -> NetworkGraphPacket:
    """The packet of the component `network_graph`: one short list a box, in the order in which they run.

    title: the network's name, in the drawing's head and its file's name.
    """
    items = [_item(graph, index) for index in range(len(graph.items))]
    body: NetworkGraph = {
        "title": title,
        "items": items,
        "roots": list(graph.roots),
    }
    return {**body, "digest": digest(body)}


def milliseconds(graph: Graph, taken: Mapping[str, float]) -> list[float]:
    """Of every box, in the packet's order: the sum over the operations inside. taken: milliseconds by operation."""
    sums = [taken.get(item.name, 0.0) if item.form == "layer" else 0.0 for item in graph.items]
    for index in reversed(range(len(sums))):  # a box stands before what it holds
        if graph.items[index].parent >= 0:
            sums[graph.items[index].parent] += sums[index]
    return [round(value, 5) for value in sums]


def _item(graph: Graph, index: int) -> GraphBox:
    item = graph.items[index]
    found: GraphBox = {
        "name": item.name, "form": item.form, "kind": item.kind, "operation": item.operation, "title": box_title(item),
        "note": box_note(item), "shape": list(item.shape), "parameters": item.parameters, "macs": item.macs,
        "bytes": item.activation_bytes, "layers": item.layers, "field": field_words(item.field), "parent": item.parent,
    }  # fmt: skip
    if item.children:
        found["children"] = list(item.children)
    if item.reads:
        found["reads"] = list(item.reads)
    if item.count > 1:
        found["count"], found["same"] = item.count, item.same
    return found


def box_title(item: Item) -> str:
    """The first line of a box: what a layer computes, what a block is called.

    >>> from cnnviz.records import Interval
    >>> one = Field(Interval(1, 1, 0), Interval(1, 1, 0))
    >>> words = "Conv2d 3×3, 3 → 8, padding 1 + norm"
    >>> box_title(Item("a.conv", "unit", "convolution", words, -1, (), (), (), 0, 0, 0, 2, one))
    'Conv 3×3, 3 → 8'
    """
    if item.kind == "input":
        return "image"
    if item.form in ("layer", "unit") or (item.form == "repeat" and item.kind not in ("block", *_MEETS)):
        return _fitted(short(item.operation))
    if item.form == "repeat":
        first, _, last = item.name.partition(" … ")
        common = len(tail := _tail(first)) - len(tail.rpartition(".")[2])
        return _fitted(f"{tail} … {_tail(last)[common:]}")
    return _fitted(_tail(item.name) if " … " not in item.name else "arithmetic")


def words(graph: Graph, title: str) -> str:
    """How many operations there are, and how few boxes they fold into.

    >>> words(Graph((), ()), "A network")
    'A network has 0 operations, folded into 0 boxes here.'
    """
    repeats = [item for item in graph.items if item.form == "repeat" and item.kind not in ("convolution", "linear")]
    most = max(repeats, key=lambda item: item.count, default=None)
    meets = sum(len(item.reads) > 1 for item in graph.layers)
    said = captions.graph(title, operations=len(graph.layers), boxes=len(graph.roots), meetings=meets)
    if most is not None:
        said += " " + captions.repeat(short(most.operation), most.count, same=most.same)
    return said


_MEETS = ("addition", "concatenation")


def box_note(item: Item) -> str:
    """The second line: a block's class; the shape stands beside it."""
    if item.operation != "arithmetic" and item.form in ("block", "repeat"):
        return short(item.operation)
    return ""


def short(operation: str) -> str:
    """An operation in few letters: "Conv 3×3, 64 → 64, /2". "/2" is a stride."""
    for pattern, replacement in _SHORTER:
        operation = pattern.sub(replacement, operation)
    return operation


def field_words(field: Field) -> str:
    """ "43 × 43 pixels, in steps of 4", "the whole image", or why it is unknown."""
    if field.status == "whole":
        return "the whole image"
    if field.status == "unknown":
        return f"unknown: {field.note}"
    return field.size_words


def _tail(name: str) -> str:
    """The end of a path that says most: the last part, with the one before where that is a number only."""
    parts = name.split(".")
    keep = 1
    while keep < len(parts) and (parts[-keep].isdigit() or len(parts[-keep]) < 3):
        keep += 1
    return ".".join(parts[-keep:])


def _fitted(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip(" ,") + "…"
