"""Dense blocks of a real network: which earlier layer each input channel comes from, and how much it is weighed.

G. Huang et al.: Densely Connected Convolutional Networks (2017), https://arxiv.org/abs/1608.06993 (weights: figure 5)
"""

from __future__ import annotations

import numpy as np
from torch import nn

from cnnviz.records import Activations, Array, Layer
from cnnviz.topics.blocks import graph, proofs
from cnnviz.topics.blocks.records import ChannelSource, DenseBlockRecord, DenseReader

THROUGH = ("normalization", "activation", "identity", "dropout")


def groups(recording: Activations) -> tuple[str, ...]:
    """Blocks in which three concatenations or more grow one from the other."""
    found: dict[str, int] = {}
    for layer in recording:
        if layer.kind == "concatenation":
            found[layer.group] = found.get(layer.group, 0) + 1
    return tuple(group for group, count in found.items() if count >= 3)


def readers(recording: Activations, group: str) -> tuple[str, ...]:
    """The concatenations of a block, one for each layer; the last is what leaves the block."""
    return tuple(layer.key for layer in recording if layer.kind == "concatenation" and layer.group == group)


def block(model: nn.Module, recording: Activations, group: str) -> DenseBlockRecord:
    """The block's channels and the mean size of every connection's weights."""
    found = readers(recording, group)
    whole = recording[found[-1]]
    weights = np.full((len(whole.inputs), len(found)), np.nan)
    for column, key in enumerate(found):
        mean = channel_weights(model, recording, key)
        if mean is not None:
            parts = _parts(recording, recording[key])
            weights[: len(parts), column] = [mean[start : start + count].mean() for start, count in parts]
    sizes = tuple(recording[key].shape[0] for key in whole.inputs)
    channels = tuple(recording[key].shape[0] for key in found)
    sources = tuple(source_title(recording, key, group) for key in whole.inputs)
    titles = tuple(reader_title(recording, key, group) for key in found)
    return DenseBlockRecord(group, sizes[0], sizes[1], sources, found, titles, channels, weights)


def layer(model: nn.Module, recording: Activations, key: str) -> DenseReader:
    """One reader: where each of its input channels comes from."""
    node = recording[key]
    mean = channel_weights(model, recording, key)
    mean = np.full(node.shape[0], np.nan) if mean is None else mean
    sources = tuple(
        ChannelSource(
            source_title(recording, name, node.group), name, start, count, float(mean[start : start + count].mean())
        )
        for name, (start, count) in zip(node.inputs, _parts(recording, node), strict=True)
    )
    proof = proofs.concatenated([recording[name].values for name in node.inputs], node.values, key)
    convolution = graph.following(recording, key, "convolution", through=THROUGH)
    title = reader_title(recording, key, node.group)
    return DenseReader(title, key, convolution, sources, node.values, mean, proof)


def _parts(recording: Activations, node: Layer) -> list[tuple[int, int]]:
    """(start, count) of each input's channels."""
    counts = [recording[name].shape[0] for name in node.inputs]
    return [(sum(counts[:index]), count) for index, count in enumerate(counts)]


def channel_weights(model: nn.Module, recording: Activations, key: str) -> Array | None:
    """[C] mean |w| with which the next convolution reads each channel; None where a linear layer or nothing follows."""
    name = graph.following(recording, key, "convolution", through=THROUGH)
    if not name or not graph.is_convolution(model, recording[name]):
        return None
    weight = model.get_submodule(recording[name].module).weight
    assert isinstance(weight, nn.Parameter)
    mean: Array = weight.detach().double().abs().mean(dim=(0, 2, 3)).numpy()
    return mean


def source_title(recording: Activations, key: str, group: str) -> str:
    """ "the block's input" or "layer 3"."""
    if recording[key].group != group:
        return "the block's input"
    return _layer_of(key, group)


def reader_title(recording: Activations, key: str, group: str) -> str:
    """ "layer 3", or "out of the block" for the last concatenation."""
    return "out of the block" if key == readers(recording, group)[-1] else _layer_of(key, group)


def _layer_of(key: str, group: str) -> str:
    part = key.removeprefix(f"{group}.").split(".")[0]
    number = "".join(letter for letter in part if letter.isdigit())
    return f"layer {number}" if number else part
