"""A block of a real network as a diagram: its layers as boxes, what reads what as lines, with the recorded maps.

A convolution and the normalisation and activation that follow it are one box; additions, products and concatenations
are boxes of their own, because there the ways meet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from torch import nn

from cnnviz.records import Activations, Array, Layer
from cnnviz.topics.blocks import diagram_layout, diagram_words, graph
from cnnviz.topics.blocks.records import Diagram, DiagramBox, InnerStep

FOLLOWS = ("normalization", "activation", "dropout", "identity")
KEEPS = (*FOLLOWS, "addition", "multiplication", "pooling")  # kinds whose channel c is made of channel c alone
UNSEEN = ("dropout", "identity")
CELLS = 180_000  # cells of all steps together: more of them, fewer channels
FEWEST, MOST = 4, 8  # channels of a step that are drawn, at least and at most


# ------------------------------------------------------------------------------------------------ which layers
def of_group(recording: Activations, group: str, *, end: str = "") -> tuple[str, ...]:
    """The layers of a block up to `end` (its last one), in the order in which they ran."""
    inside = [layer.key for layer in recording if layer.group == group]
    last = end or inside[-1]
    return tuple(layer.key for layer in graph.behind(recording, last, graph.in_group(recording[last].group)))


def dense(recording: Activations, group: str, *, layers: int) -> tuple[str, ...]:
    """The first so many layers of a dense block and the concatenation that reads them all."""
    joins = [layer.key for layer in recording if layer.kind == "concatenation" and layer.group == group]
    return of_group(recording, group, end=joins[min(layers, len(joins) - 1)])


def of_block(
    model: nn.Module,
    recording: Activations,
    keys: Sequence[str],
    *,
    merged: Collection[str] = FOLLOWS,
    roles: Mapping[str, str] = MappingProxyType({}),
) -> Diagram:
    """The diagram of these layers and of what they read.

    keys: in the order in which they ran. merged: kinds that share the box of the one layer that they read.
    roles: key → what the paper calls its map.
    """
    chains = _chains(recording, keys, merged)
    owner = {key: chain[-1] for chain in chains for key in chain}
    outside = dict.fromkeys(name for chain in chains for name in recording[chain[0]].inputs if name not in owner)
    boxes: dict[str, tuple[str, ...]] = {
        **{name: (name,) for name in outside},
        **{chain[-1]: chain for chain in chains},
    }
    inputs = {name: tuple(owner.get(read, read) for read in recording[boxes[name][0]].inputs) for name in boxes}
    inputs = {**inputs, **dict.fromkeys(outside, ())}
    keys = [key for chain in boxes.values() for key in chain]
    links = _links(model, recording, keys, boxes)
    shown = _shown(recording, keys, links)
    straight = [name for name in boxes if recording[boxes[name][0]].kind == "multiplication"]
    places = diagram_layout.laid_out(inputs, straight=straight)
    branches = {} if places.buses else _branches(recording, inputs)
    names = {owner.get(key, key): name for key, name in roles.items()}
    nodes = tuple(
        DiagramBox(
            name, "input" if name in outside else _kind(recording, chain),
            *diagram_words.words(recording, chain, read=name in outside), inputs[name], branches.get(name, 0),
            tuple(_step(model, recording, key, shown[key], links[key]) for key in _seen(recording, chain)),
            names.get(name, ""),
        )
        for name, chain in boxes.items()
    )  # fmt: skip
    return Diagram(recording[keys[-1]].group, nodes, places)


def _kind(recording: Activations, chain: Sequence[str]) -> str:
    """What a box does first; a layer of a dense block, which joins what it reads, is known by its convolutions."""
    kinds = [recording[key].kind for key in chain]
    return "convolution" if "convolution" in kinds else kinds[0]


def _chains(recording: Activations, keys: Sequence[str], merged: Collection[str]) -> list[tuple[str, ...]]:
    """Layers that share a box, in order."""
    read_by, inside = graph.readers(recording), set(keys)
    found: dict[str, list[str]] = {}
    for key in keys:
        read = recording[key].inputs
        before = read[0] if len(read) == 1 else ""
        alone = before in inside and [name for name in read_by[before] if name in inside] == [key]
        if recording[key].kind in merged and alone and recording[before].kind != "addition":
            found[key] = [*found.pop(before), key]
        else:
            found[key] = [key]
    return [tuple(chain) for chain in found.values()]


def _seen(recording: Activations, chain: Sequence[str]) -> list[str]:
    """Without the steps that pass on what they read."""
    return [key for key in chain if recording[key].kind not in UNSEEN] or list(chain[-1:])


def _branches(recording: Activations, inputs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """node → the way into the last concatenation that it alone lies on; none where ways share most of their nodes."""
    joins = [name for name in inputs if recording[name].kind == "concatenation" and len(inputs[name]) > 1]
    if not joins:
        return {}
    ways = [_before(inputs, name) for name in inputs[joins[-1]]]
    return {
        name: places[0] for name in inputs
        if inputs[name] and len(places := [place for place, way in enumerate(ways, start=1) if name in way]) == 1
    }  # fmt: skip


def _before(inputs: Mapping[str, Sequence[str]], name: str) -> set[str]:
    return {name}.union(*(_before(inputs, other) for other in inputs[name]))


# ------------------------------------------------------------------------------------------------ which channels
def _links(
    model: nn.Module, recording: Activations, keys: Sequence[str], boxes: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """key → a number that layers share whose channel c is made of the others' channel c."""
    found = {key: number for number, key in enumerate(keys)}
    for key in (key for key in keys if boxes.get(key) != (key,) or recording[key].inputs):
        layer = recording[key]
        for name in layer.inputs:
            alike = name in found and recording[name].shape[:1] == layer.shape[:1]
            if alike and (layer.kind in KEEPS or _depthwise(model, layer)):
                old, new = found[key], found[name]
                found = {other: new if number == old else number for other, number in found.items()}
    return found


def _depthwise(model: nn.Module, layer: Layer) -> bool:
    if not graph.is_convolution(model, layer):
        return False
    kernel = graph.kernel(model, layer)
    return 1 < kernel.groups == kernel.inputs == kernel.outputs


def _shown(recording: Activations, keys: Sequence[str], links: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """The channels of each layer that are drawn: those that vary most in the last map of their link.

    Of a concatenation as many of every part, so that each of its channels is drawn where it comes from, too; of what
    has one cell a channel (a gate) all.
    """
    maps = [key for key in keys if recording[key].values[0].size > 1]
    cells = sum(recording[key].values[0].size for key in maps)
    room = int(np.clip(CELLS // max(1, cells), FEWEST, MOST))
    chosen: dict[int, tuple[int, ...]] = {}
    for key in keys:
        link = links[key]
        if link in chosen or key not in maps:
            continue
        joined = next((name for name in maps if links[name] == link and recording[name].kind == "concatenation"), "")
        parts = recording[joined].inputs if joined else ()
        if len(parts) > 1 and all(links.get(part) in chosen for part in parts):
            chosen[link] = _of_parts(recording, parts, [chosen[links[part]] for part in parts], room)
        else:
            last = [name for name in maps if links[name] == link][-1]
            varied = recording[last].values.var(axis=tuple(range(1, recording[last].values.ndim)), dtype=np.float64)
            chosen[link] = tuple(int(index) for index in np.argsort(-varied, kind="stable")[:room])
    return {key: chosen[links[key]] if key in maps else tuple(range(len(recording[key].values))) for key in keys}


def _of_parts(
    recording: Activations, parts: Sequence[str], chosen: Sequence[tuple[int, ...]], room: int
) -> tuple[int, ...]:
    each = max(1, room // len(parts))
    starts = np.cumsum([0, *(recording[part].shape[0] for part in parts)])
    return tuple(int(start) + index for start, some in zip(starts, chosen, strict=False) for index in some[:each])


# ------------------------------------------------------------------------------------------------ what is computed
def _step(model: nn.Module, recording: Activations, key: str, shown: tuple[int, ...], link: int) -> InnerStep:
    layer = recording[key]
    module = model.get_submodule(layer.module) if layer.module else None
    return InnerStep(
        key,
        layer.kind,
        layer.operation,
        diagram_words.title(layer),
        layer.values,
        shown,
        link,
        _arithmetic(module, list(shown)),
    )


def _arithmetic(module: nn.Module | None, shown: list[int]) -> dict[str, object]:
    """The constants of one layer for the channels that are drawn."""
    if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None and module.running_var is not None:
        ones = np.ones(module.num_features)
        scale = ones if module.weight is None else module.weight.detach().double().numpy()
        shift = 0 * ones if module.bias is None else module.bias.detach().double().numpy()
        mean, variance = module.running_mean.double().numpy(), module.running_var.double().numpy()
        columns = {"mean": mean, "variance": variance, "scale": scale, "shift": shift}
        return {"epsilon": module.eps, **{name: _listed(values[shown]) for name, values in columns.items()}}
    if isinstance(module, nn.Conv2d):
        return _of_convolution(module, shown)
    if isinstance(module, nn.MaxPool2d):
        size, stride, padding = (_pair(value) for value in (module.kernel_size, module.stride, module.padding))
        return {"window": size, "stride": stride, "padding": padding}
    return {}


def _of_convolution(module: nn.Conv2d, shown: list[int]) -> dict[str, object]:
    read = module.in_channels // module.groups
    found: dict[str, object] = {"products": read * module.kernel_size[0] * module.kernel_size[1], "read": read}
    if module.bias is not None:
        found["bias"] = _listed(module.bias.detach().double().numpy()[shown])
    plain = isinstance(module.padding, tuple) and module.dilation == (1, 1) and module.padding_mode == "zeros"
    if module.groups == module.in_channels == module.out_channels > 1 and plain:
        kernels = module.weight.detach().double().numpy()[shown, 0]
        found |= {"kernels": [_listed(kernel.ravel()) for kernel in kernels], "window": list(module.kernel_size),
                  "stride": list(module.stride), "padding": list(module.padding)}  # fmt: skip
    return found


def _listed(values: Array) -> list[float]:
    return [float(value) for value in values]


def _pair(value: int | tuple[int, ...]) -> list[int]:
    return [value, value] if isinstance(value, int) else [int(item) for item in value]
