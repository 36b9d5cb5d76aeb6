"""What makes mobile networks small, in real networks: depthwise separable convolutions, inverted residuals, gates.

A. Howard et al.: MobileNets (2017), https://arxiv.org/abs/1704.04861 · M. Sandler et al.: MobileNetV2 (2018),
https://arxiv.org/abs/1801.04381 · J. Hu et al.: Squeeze-and-Excitation Networks (2018), https://arxiv.org/abs/1709.01507
X. Zhang et al.: ShuffleNet (2018), https://arxiv.org/abs/1707.01083
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from torch import nn

from cnnviz.records import Activations, Array, Layer
from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import channel_shuffle, graph, proofs
from cnnviz.topics.blocks.diagram_words import SHUFFLE
from cnnviz.topics.blocks.records import BlockStage, Gates, Inverted, Separable

THROUGH = ("normalization", "activation", "multiplication", "identity", "dropout")
ROUNDING = 1e-4  # of the largest value: float32 sums over hundreds of products against float64


# ------------------------------------------------------------------------------------------------ separable
def depthwise(model: nn.Module, recording: Activations) -> tuple[str, ...]:
    """Convolutions with as many groups as channels, which a 1×1 convolution follows."""
    found = []
    for layer in recording:
        if graph.is_convolution(model, layer):
            kernel = graph.kernel(model, layer)
            if 1 < kernel.groups == kernel.inputs == kernel.outputs and _pointwise(recording, layer.key):
                found.append(layer.key)
    return tuple(found)


def _pointwise(recording: Activations, key: str) -> str:
    name = graph.following(recording, key, "convolution", through=THROUGH)
    return name if name and recording[name].operation.split()[1].rstrip(",") == "1×1" else ""


def separable(model: nn.Module, recording: Activations, key: str) -> Separable:
    """The depthwise convolution, what it is normalised and cut off to, and the 1×1 that mixes the channels."""
    point = _pointwise(recording, key)
    read = recording[point].inputs[0]
    stages = [graph.stage(recording, recording[key].inputs[0], "input"), graph.stage(recording, key, "depthwise")]
    if read != key:
        stages.append(graph.stage(recording, read, "activated"))
    stages.append(graph.stage(recording, point, "pointwise"))
    first, second = (graph.kernel(model, recording[name]) for name in (key, point))
    return Separable(recording[key].group, tuple(stages), first, second, _two_steps(model, recording, key, point))


def _two_steps(model: nn.Module, recording: Activations, key: str, point: str) -> tuple[Proof, ...]:
    found = []
    for name, words in ((key, "depthwise"), (point, "pointwise")):
        layer = recording[name]
        module = model.get_submodule(layer.module)
        assert isinstance(module, nn.Conv2d)
        found += proofs.separable_step(module, recording[layer.inputs[0]].values, layer.values, words=f"{words} {name}")
    return tuple(found)


# ------------------------------------------------------------------------------------------------ inverted residual
def inverted(model: nn.Module, recording: Activations) -> tuple[str, ...]:
    """Groups with a 1×1 that widens, a depthwise convolution and a 1×1 that narrows."""
    return tuple(recording[key].group for key in depthwise(model, recording) if _expansion(model, recording, key))


def _expansion(model: nn.Module, recording: Activations, key: str) -> str:
    """The 1×1 convolution in the same group that the depthwise one reads, where it widens."""
    inside = graph.in_group(recording[key].group)
    before = [layer for layer in graph.behind(recording, key, inside) if layer.key != key]
    wide = [layer for layer in before if graph.is_convolution(model, layer)]
    return wide[-1].key if wide and wide[-1].shape[0] > graph.kernel(model, wide[-1]).inputs else ""


def open_inverted(model: nn.Module, recording: Activations, group: str) -> Inverted:
    """The block's maps in order: its input, wide, filtered, narrow, and with its input added."""
    key = next(name for name in depthwise(model, recording) if recording[name].group == group)
    first, last = _expansion(model, recording, key), _pointwise(recording, key)
    kinds = ("normalization", "activation")
    narrow = graph.after(recording, last, kinds)
    x = recording[first].inputs[0]
    roles = [(x, "x"), (graph.after(recording, first, kinds), "expanded"), (recording[last].inputs[0], "depthwise"),
             (narrow, "projected")]  # fmt: skip
    stages = [graph.stage(recording, name, role) for name, role in roles]
    found: list[Proof] = []
    total = graph.following(recording, narrow, "addition", through=("dropout", "identity"))
    added = bool(total) and recording[total].group == group
    if added:
        stages.append(graph.stage(recording, total, "x + projected"))
        one, other = (recording[name].values for name in recording[total].inputs)
        found.append(proofs.added(one, other, recording[total].values, total))
    kernels = tuple(graph.kernel(model, recording[name]) for name in (first, key, last))
    found += _two_steps(model, recording, key, last)
    return Inverted(group, tuple(stages), kernels, added, tuple(found))


# ------------------------------------------------------------------------------------------------ gates
def gated(recording: Activations) -> tuple[str, ...]:
    """Multiplications of a map by one number a channel."""
    return tuple(layer.key for layer in recording if _gate(recording, layer))


def _gate(recording: Activations, layer: Layer) -> str:
    """The key of the gates that a multiplication reads, "" where it is none."""
    if layer.kind != "multiplication" or len(layer.inputs) != 2 or len(layer.shape) != 3:
        return ""
    small = [key for key in layer.inputs if recording[key].shape == (layer.shape[0], 1, 1)]
    large = [key for key in layer.inputs if recording[key].shape == layer.shape]
    return small[0] if len(small) == 1 and len(large) == 1 and layer.shape[1:] != (1, 1) else ""


def gates(model: nn.Module, recording: Activations, key: str) -> Gates:
    """A squeeze-and-excitation: the squeezed means, the gates, and the map before and after them."""
    node = recording[key]
    gate = _gate(recording, node)
    before = next(name for name in node.inputs if name != gate)
    path = graph.behind(recording, gate, lambda layer: layer.shape[1:] == (1, 1))
    convolutions = [layer for layer in path if graph.is_convolution(model, layer)]
    functions = [layer for layer in path if layer.kind == "activation"]
    weights = [_weights(model, layer) for layer in convolutions]
    names = tuple(layer.operation.split()[0] for layer in functions)
    values = recording[gate].values[:, 0, 0]
    squeezed = recording[before].values.astype(np.float64).mean(axis=(1, 2))
    found = proofs.excited(squeezed, weights, names, values)
    scaled = proofs.scaled(recording[before].values, values, node.values)
    hidden = convolutions[0].shape[0]
    return Gates(
        key, node.group, values, squeezed, recording[before].values, node.values, hidden, names[-1], (found, scaled)
    )


def _weights(model: nn.Module, layer: Layer) -> tuple[Array, Array]:
    module = model.get_submodule(layer.module)
    assert isinstance(module, nn.Conv2d)
    weight = module.weight.detach().double().numpy()[:, :, 0, 0]
    bias = np.zeros(len(weight)) if module.bias is None else module.bias.detach().double().numpy()
    return weight, bias


# ------------------------------------------------------------------------------------------------ shuffles
def shuffled(recording: Activations) -> tuple[tuple[str, str], ...]:
    """(before, after): concatenations whose channels a reshaping puts into another order."""
    read_by = graph.readers(recording)
    found = []
    for layer in recording:
        key = layer.key
        while layer.kind == "concatenation" and len(read_by[key]) == 1:
            (key,) = read_by[key]
            if recording[key].kind not in ("reshape", "identity"):
                break
            if recording[key].shape == layer.shape:
                found.append((layer.key, key))
                break
    return tuple(found)


def with_shuffles(recording: Activations) -> Activations:
    """The same recording with each shuffle as one layer: views and transposes of five dimensions stand in none."""
    pairs = {after: before for before, after in shuffled(recording)}
    places = {layer.key: place for place, layer in enumerate(recording)}
    between = {
        layer.key for after, before in pairs.items() for layer in recording.layers[places[before] + 1 : places[after]]
    }
    layers = tuple(
        replace(layer, inputs=(pairs[layer.key],), operation=SHUFFLE) if layer.key in pairs else layer
        for layer in recording
        if layer.key not in between
    )
    return Activations(layers, recording.logits)


def shuffle_in_network(
    recording: Activations, pair: tuple[str, str], groups: int = 2
) -> tuple[tuple[BlockStage, ...], Proof]:
    """A network's own shuffle: the maps before and after, and the permutation put on the first by indexing."""
    before, after = (recording[key].values for key in pair)
    order = channel_shuffle.permutation(len(before), groups)
    difference = float(np.abs(before[order].astype(np.float64) - after).max())
    stages = (graph.stage(recording, pair[0], "concatenated"), graph.stage(recording, pair[1], "shuffled"))
    return stages, Proof(
        f"{pair[0]}[order] is what the network's shuffle made, in all {len(order)} channels", difference, 0.0
    )
