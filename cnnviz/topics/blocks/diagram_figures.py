"""The diagram of a block as a packet for the component that draws it, with the maps as they were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from cnnviz.figures.channels import limits
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.blocks import diagram_words
from cnnviz.topics.blocks.records import Diagram, DiagramBox, InnerStep

CELLS = 180_000  # cells of all steps together: what travels to the browser is at most 720 kB
SMALL = 400  # cells: smaller maps travel whole


class DiagramStep(TypedDict):
    """The maps of one layer. maps: the shape of those that travel, every `every`-th cell of the channels shown."""

    key: str
    kind: str
    operation: str
    title: str
    shape: list[int]
    maps: list[int]
    every: int
    channels: list[int]
    limit: float
    signed: bool
    link: int
    arithmetic: dict[str, object]


class DiagramNode(TypedDict):
    """One box. inputs: the places of the boxes that it reads, in argument order. starts: first channel of each.

    role: what the paper calls its map, or "".
    """

    key: str
    kind: str
    title: str
    short: str
    detail: str
    role: str
    says: str
    shape: list[int]
    rank: int
    lane: float
    branch: int
    inputs: list[int]
    starts: list[int]
    steps: list[DiagramStep]


class DiagramEdge(TypedDict):
    """One line. lane: the row that it keeps to, None for a line to the next rank; bus: its line above, or None."""

    start: int
    end: int
    channels: int
    lane: float | None
    bus: int | None
    branch: int


class DiagramContent(TypedDict):
    """A block. about: one line on what is drawn."""

    about: str
    nodes: list[DiagramNode]
    edges: list[DiagramEdge]


class DiagramMeta(DiagramContent, Sealed):
    """With its digest."""


class BlockDiagramPacket(TypedDict):
    """For the component block_diagram. blobs: "values0", …: float32, little endian, one a step in order."""

    meta: DiagramMeta
    blobs: dict[str, bytes]


def diagram(found: Diagram, *, about: str) -> BlockDiagramPacket:
    """For block_diagram: boxes, lines, and the maps of every step. about: one line on what is drawn."""
    blobs: dict[str, Array] = {}
    scales = _scales(found.nodes)
    every = _every([step for node in found.nodes for step in node.steps])
    steps = {node.key: [_step(step, blobs, scales[step.key], every) for step in node.steps] for node in found.nodes}
    header: DiagramContent = {
        "about": about,
        "nodes": [_node(found, node, steps[node.key]) for node in found.nodes],
        "edges": [_edge(found, one, two) for one, two in found.edges],
    }
    return {
        "meta": {**header, "digest": digest(header, *blobs.values())},
        "blobs": {name: values.tobytes() for name, values in blobs.items()},
    }


def _node(found: Diagram, node: DiagramBox, steps: list[DiagramStep]) -> DiagramNode:
    keys = [one.key for one in found.nodes]
    read = [found.nodes[keys.index(name)] for name in node.inputs]
    sizes = [one.shape[0] for one in read]
    return {
        "key": node.key, "kind": node.kind, "title": node.title, "short": node.short, "detail": node.detail,
        "role": node.role, "says": diagram_words.says(node, read), "shape": list(node.shape),
        "rank": found.places.rank[node.key],
        "lane": found.places.lane[node.key], "branch": node.branch, "inputs": [keys.index(one.key) for one in read],
        "starts": [sum(sizes[:index]) for index in range(len(sizes))] if node.kind == "concatenation" else [],
        "steps": steps,
    }  # fmt: skip


def _edge(found: Diagram, one: str, two: str) -> DiagramEdge:
    keys = [node.key for node in found.nodes]
    start, end = keys.index(one), keys.index(two)
    return {
        "start": start, "end": end, "channels": found.nodes[start].shape[0],
        "lane": found.places.wires.get((one, two)), "bus": found.places.buses.get((one, two)),
        "branch": found.nodes[start].branch or found.nodes[end].branch,
    }  # fmt: skip


def _step(step: InnerStep, blobs: dict[str, Array], scale: tuple[float, bool], every: int) -> DiagramStep:
    drawn = step.values[list(step.shown)]
    drawn = drawn.reshape(len(drawn), *(drawn.shape[1:] if drawn.ndim == 3 else (1, 1)))
    every = every if drawn[0].size > SMALL else 1
    values = np.ascontiguousarray(drawn[:, ::every, ::every], dtype="<f4")
    blobs[f"values{len(blobs)}"] = values
    return {
        "key": step.key, "kind": step.kind, "operation": step.operation, "title": step.title,
        "shape": list(step.values.shape),
        "maps": list(values.shape), "every": every, "channels": list(step.shown), "limit": scale[0],
        "signed": scale[1], "link": step.link, "arithmetic": step.arithmetic,
    }  # fmt: skip


def _every(steps: Sequence[InnerStep]) -> int:
    """So many cells apart that all steps together fit; the same for all large maps, so that cells stay comparable."""
    for every in range(1, 100):
        cells = (len(step.shown) * _drawn(step.values.shape[1:], every) for step in steps)
        if sum(cells) <= CELLS:
            return every
    return every


def _drawn(sides: tuple[int, ...], every: int) -> int:
    """Cells of one map that travel."""
    if int(np.prod(sides)) <= SMALL:
        return int(np.prod(sides))
    return int(np.prod([-(-side // every) for side in sides]))


def _scales(nodes: Sequence[DiagramBox]) -> dict[str, tuple[float, bool]]:
    """step's key → (limit of its colours, signed); what is added, gated or joined shares it with what comes out."""
    found = {step.key: (float(limits(step.values).high), bool(step.values.min() < 0))
             for node in nodes for step in node.steps}  # fmt: skip
    last = {node.key: node.steps[-1] for node in nodes}
    for node in nodes:
        if node.kind in ("addition", "multiplication", "concatenation"):
            out = node.steps[0]
            alike = [last[name].key for name in node.inputs if last[name].values[0].size == out.values[0].size]
            shared = max(found[key][0] for key in (*alike, out.key)), any(found[key][1] for key in (*alike, out.key))
            found |= dict.fromkeys((*alike, out.key), shared)
    return found
