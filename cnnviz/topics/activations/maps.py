"""What each activation function would make of the map that feeds an activation layer of a network, on one image."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from cnnviz.operations import activation
from cnnviz.records import Activations, Array, Layer
from cnnviz.topics.activations.records import Counter, Effect, MapEffects

SAMPLE = 100_000  # cells that shares and histograms are taken from; enough for a tenth of a percent
BINS = 48
# What a recorded operation is called, and which of the family it is.
_NAMES = {
    "relu": "relu", "relu6": "relu6", "sigmoid": "sigmoid", "tanh": "tanh", "elu": "elu", "selu": "selu",
    "gelu": "gelu", "silu": "silu", "swish": "silu", "softplus": "softplus", "hardswish": "hard_swish",
    "hardsigmoid": "hard_sigmoid", "leakyrelu": "leaky_relu", "hardtanh": "",
}  # fmt: skip


def fed(recording: Activations) -> tuple[Layer, ...]:
    """The activation layers whose input was recorded too, with the same shape: those that can be asked."""
    return tuple(
        layer
        for layer in recording
        if layer.kind == "activation"
        and layer.inputs
        and layer.inputs[0] in recording
        and recording[layer.inputs[0]].shape == layer.shape
    )


def own_function(operation: str) -> str:
    """Which of the family a layer computes, by its words ("ReLU6", "LeakyReLU slope 0.1"); "" for another one."""
    return _NAMES.get(re.sub(r"[^a-z0-9]", "", operation.lower().split(" ")[0].strip("_")), "")


def effects(recording: Activations, key: str, *, threshold: float = 0.01) -> MapEffects:
    """Every function of the family on the values that feed layer `key`. threshold: |f′| below it counts as saturated.

    Dead channels are found over all cells, shares and histograms over at most 100,000 of them, drawn from a seed.
    Raises KeyError for a layer that was not recorded, ValueError for one whose input was not.
    """
    layer = recording[key]
    if layer.key not in {one.key for one in fed(recording)}:
        raise ValueError(f"what feeds {key} was not recorded with its shape: choose another activation layer.")
    source, own = recording[layer.inputs[0]], own_function(layer.operation)
    named = {"key": key, "source": source.key, "operation": layer.operation, "own": own}
    return _measured(_as_maps(source.values), threshold, named, _largest(layer, source, own))


def of_numbers(values: Array, *, threshold: float = 0.01) -> MapEffects:
    """Every function on a small table of numbers. values: [H, W], finite; it counts as one channel."""
    named = {"key": "numbers", "source": "numbers", "operation": "", "own": ""}
    return _measured(np.asarray(values, dtype=np.float32)[None], threshold, named, None)


def _measured(before: Array, threshold: float, named: Mapping[str, str], largest: float | None) -> MapEffects:
    cells = _some(before)
    counts, edges = np.histogram(cells, BINS)
    low, high = before.min(axis=(1, 2)), before.max(axis=(1, 2))
    found = tuple(_effect(name, cells, low, high, threshold) for name in activation.names())
    return MapEffects(
        **named, before=before, threshold=threshold, cells=before.size, sampled=cells.size, edges=edges, counts=counts,
        mean=float(cells.mean()), std=float(cells.std()), effects=found, largest=largest,
    )  # fmt: skip


def _effect(name: str, cells: Array, low: Array, high: Array, threshold: float) -> Effect:
    after = activation.value(name, cells)
    quiet = np.abs(activation.slope(name, cells)) < threshold
    counts, edges = np.histogram(after, BINS)
    return Effect(
        name, float((after == 0).mean()), float(quiet.mean()), float(after.mean()), float(after.std()),
        dead_channels(name, low, high), edges, counts,
    )  # fmt: skip


def dead_channels(name: str, low: Array, high: Array) -> Array:
    """[C] bool: f′ is exactly 0 in every cell of the channel. low, high: [C], its smallest and largest cell."""
    function = activation.family[name]
    dead = np.zeros(low.shape, dtype=bool)
    if function.flat_below is not None:
        dead |= high <= function.flat_below
    if function.flat_above is not None:
        dead |= low >= function.flat_above
    return dead


def _some(values: Array, *, most: int = SAMPLE) -> Array:
    """At most so many cells, float64, finite."""
    flat = values.ravel()
    if flat.size > most:
        flat = flat[np.random.default_rng(0).integers(0, flat.size, most)]
    kept: Array = flat[np.isfinite(flat)].astype(np.float64)
    return kept


def _largest(layer: Layer, source: Layer, own: str) -> float | None:
    """The largest difference between the network's own output and the function by its definition; None if unknown.

    A leaky ReLU is asked with the slope that its words name.
    """
    if not own:
        return None
    expected = activation.value(own, source.values, _own_parameter(layer, own))
    return float(np.abs(expected - layer.values).max())


def _own_parameter(layer: Layer, own: str) -> float | None:
    """The slope that a leaky ReLU's words name; None: the usual one."""
    slope = re.search(r"slope ([0-9.]+)", layer.operation)
    return float(slope[1]) if slope and own == "leaky_relu" else None


def _as_maps(values: Array) -> Array:
    """[C, H, W]: a vector [K] is K maps of one cell, tokens [N, D] are D maps of N cells."""
    if values.ndim == 3:
        return values
    return values[:, None, None] if values.ndim == 1 else values.T[:, None, :]


def counters(recording: Activations, *, threshold: float = 0.01) -> tuple[Counter, ...]:
    """Every activation layer of the network whose function is known: zeros, saturated cells, dead channels.

    Zeros are those that the network recorded; slopes are taken of what feeds the layer, from at most 20,000 cells.
    """
    found = []
    for layer in fed(recording):
        own = own_function(layer.operation)
        if not own:
            continue
        before = _as_maps(recording[layer.inputs[0]].values)
        quiet = np.abs(activation.slope(own, _some(before, most=20_000), _own_parameter(layer, own))) < threshold
        dead = dead_channels(own, before.min(axis=(1, 2)), before.max(axis=(1, 2)))
        zeros = float((layer.values == 0).mean())
        found.append(Counter(layer.key, own, zeros, float(quiet.mean()), int(dead.sum()), len(dead)))
    return tuple(found)
