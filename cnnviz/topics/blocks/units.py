"""The unit of most networks: convolution, normalisation, activation, pooling, with the maps of each step."""

from __future__ import annotations

import itertools

import numpy as np
from torch import nn

from cnnviz.records import Activations, Array, Layer
from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import graph, proofs
from cnnviz.topics.blocks.records import LayerChain

NEXT = ("normalization", "activation", "pooling")
ROLES = {"normalization": "normalised", "activation": "activated", "pooling": "pooled"}


def keys(model: nn.Module, recording: Activations) -> tuple[str, ...]:
    """Convolutions that an activation follows, those first that all four steps begin with."""
    chains = {
        layer.key: [step.kind for step in chain(recording, layer.key)][1:]
        for layer in recording
        if graph.is_convolution(model, layer)
    }
    found = [key for key, kinds in chains.items() if "activation" in kinds]
    return tuple(sorted(found, key=lambda key: "pooling" not in chains[key]))


def chain(recording: Activations, key: str) -> tuple[Layer, ...]:
    """The convolution and the steps behind it, each the only reader of the one before; a kind comes once."""
    read_by = graph.readers(recording)
    found = [recording[key]]
    while len(read_by[found[-1].key]) == 1:
        step = recording[read_by[found[-1].key][0]]
        if step.kind not in NEXT or step.kind in {item.kind for item in found}:
            break
        if NEXT.index(step.kind) < max((NEXT.index(item.kind) for item in found[1:]), default=0):
            break
        found.append(step)
    return tuple(found)


def unit(model: nn.Module, recording: Activations, key: str) -> LayerChain:
    """The maps of the unit in order, each step after the convolution computed again from the one before."""
    steps = chain(recording, key)
    stages = tuple(graph.stage(recording, step.key, ROLES.get(step.kind, "convolved")) for step in steps)
    found = [
        _again(model, step.module, before.values, step.values, step.key) for before, step in itertools.pairwise(steps)
    ]
    return LayerChain(key, stages, tuple(proof for proof in found if proof is not None))


def _again(model: nn.Module, name: str, before: Array, after: Array, key: str) -> Proof | None:
    module = model.get_submodule(name) if name else None
    if isinstance(module, nn.BatchNorm2d):
        return proofs.normalised(module, before, after, key)
    if isinstance(module, nn.ReLU | nn.ReLU6):
        high = 6.0 if isinstance(module, nn.ReLU6) else np.inf
        difference = float(np.abs(np.clip(before, 0, high) - after).max())
        top = "min(max(x, 0), 6)" if isinstance(module, nn.ReLU6) else "max(x, 0)"
        return Proof(f"{key}: {top} in every cell equals what the network recorded", difference, 0.0)
    if isinstance(module, nn.MaxPool2d):
        return proofs.pooled(module, before, after, key)
    return None
