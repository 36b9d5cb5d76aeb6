"""Which channels of which earlier node feed a channel, and which nodes form a block: the network's plan.

A source is [key of the shown node, how, number]:

| how     | channel c of the node reads                                   |
| ------- | ------------------------------------------------------------- |
| "all"   | every channel: convolution, linear, whatever mixes channels   |
| "same"  | channel c: normalisation, activation, pooling, addition       |
| "block" | channels of c's group: a grouped convolution of n groups      |
| "shift" | channel c − n, if there is one: concatenation                 |
| "cells" | channel c // n: flatten, where n cells of a map become n inputs |
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence

from cnnviz.figures.kinds import spoken
from cnnviz.records import Activations, Layer
from cnnviz.topics.explore.canvas_packet import Edge, GroupPacket

MOST_GROUPS = 40
_MIXING = ("convolution", "transposed_convolution", "linear", "attention", "softmax")
# A block's kinds are counted in short words, a single node's kind is written out.
_SHORT = {
    "convolution": "conv",
    "transposed_convolution": "deconv",
    "normalization": "norm",
    "pooling": "pool",
    "multiplication": "product",
    "concatenation": "concat",
    "addition": "sum",
}


def sources(recording: Activations, *, hidden: Sequence[str] = ()) -> dict[str, list[Edge]]:
    """For each node's key the sources of its channels. Nodes of a `hidden` kind are looked through."""
    known = set(recording.keys)
    found = {}
    for layer in recording:
        edges: list[Edge] = []
        shift = 0
        for key in layer.inputs:
            if key not in known:
                continue
            source = recording[key]
            how, number = _relation(layer, source, shift)
            shift += _channels(source)
            seen = _visible(recording, source, hidden)
            if seen is not None:
                edges.append((seen.key, how, number))
        found[layer.key] = edges
    return found


def aligned(layers: Sequence[Layer], edges: dict[str, list[Edge]]) -> dict[str, str]:
    """For each node the last node of its block that reads the same channels one by one: conv → norm → ReLU."""
    by_key = {layer.key: layer for layer in layers}
    lead: dict[str, str] = {}
    for layer in reversed(layers):
        mine = lead.setdefault(layer.key, layer.key)
        for key, how, _ in edges[layer.key]:
            source = by_key[key]
            if how == "same" and source.group == layer.group and _flat(source) == _flat(layer):
                lead.setdefault(key, mine)
    return lead


def _flat(layer: Layer) -> bool:
    return math.prod(layer.shape[1:]) == 1


def _visible(recording: Activations, layer: Layer, hidden: Sequence[str]) -> Layer | None:
    while layer.kind in hidden:
        inside = [key for key in layer.inputs if key in recording]
        if not inside:
            return None
        layer = recording[inside[0]]
    return layer


def _relation(layer: Layer, source: Layer, shift: int) -> tuple[str, int]:
    mine, theirs = _channels(layer), _channels(source)
    if layer.kind in _MIXING:
        groups = _group_count(layer.operation)
        return ("block", groups) if groups > 1 else ("all", 0)
    if layer.kind == "concatenation" and mine > theirs:
        return "shift", shift
    if mine == theirs:
        return "same", 0
    if layer.values.ndim == 1 and source.values.ndim == 3 and mine == math.prod(source.shape):
        return "cells", mine // max(theirs, 1)
    return "all", 0


def _group_count(operation: str) -> int:
    found = re.search(r"(\d+) groups|groups[ =](\d+)", operation)
    return int(found.group(1) or found.group(2)) if found else 1


def _channels(layer: Layer) -> int:
    return layer.shape[0] if layer.shape else 1


def kinds(layers: Sequence[Layer]) -> str:
    """What a block is made of, in the order of first appearance: "2 conv, 2 norm, 2 ReLU, sum"."""
    if len(layers) == 1:
        return {"input": "image"}.get(layers[0].kind, spoken(layers[0].kind))
    counts = Counter(_word(layer) for layer in layers)
    return ", ".join(word if number == 1 else f"{number}\u00a0{word}" for word, number in counts.items())


def _word(layer: Layer) -> str:
    if layer.kind == "activation" and layer.operation:
        return re.split(r"[ (,]", layer.operation, maxsplit=1)[0]
    return _SHORT.get(layer.kind, spoken(layer.kind))


# --------------------------------------------------------------------------------------------------------- the groups
def groups(layers: Sequence[Layer]) -> list[GroupPacket]:
    """Runs of nodes of one block, each with a name, its kinds, and the node that stands for it while it is folded.

    The image is a group of its own, whatever the network does with it first.
    """
    names = _folded([layer.group or layer.module or layer.name for layer in layers])
    runs = itertools.groupby(zip(names, layers, strict=True), key=lambda pair: (pair[0], pair[1].kind == "input"))
    return [_group(index, name, [layer for _, layer in members]) for index, ((name, _), members) in enumerate(runs)]


def _group(index: int, name: str, inside: Sequence[Layer]) -> GroupPacket:
    face = _face(inside)
    return {
        "name": f"{index} {name}",
        "label": "prepare" if name == "input" and face.kind != "input" else name,
        "kinds": kinds(inside),
        "shape": list(face.shape),
        "face": face.key,
        "layers": [layer.key for layer in inside],
    }


def _face(inside: Sequence[Layer]) -> Layer:
    """The last node; where that only pooled or flattened maps into a vector, the last that still has maps."""
    for layer in reversed(inside):
        if layer.kind not in ("flatten", "reshape", "pooling") or math.prod(layer.shape[1:]) > 1:
            return layer
    return inside[-1]


def _folded(names: list[str]) -> list[str]:
    """With more than 40 runs, the longest paths lose their last part, until there are few enough."""
    while len(list(itertools.groupby(names))) > MOST_GROUPS:
        deepest = max(name.count(".") for name in names)
        if not deepest:
            break
        names = [name.rpartition(".")[0] if name.count(".") == deepest else name for name in names]
    return names
