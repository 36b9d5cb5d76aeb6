"""The last layers in numbers: which inputs speak for a class, and how logits become probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz import capture
from cnnviz.records import Activations, Array, Layer
from cnnviz.units import unit_inputs
from cnnviz.units.unit_context import UnitContext, cell_of


@dataclass(frozen=True)
class LinearTerm:
    """One addend of a linear unit. source: (channel, row, column) in the map that was flattened, if one was."""

    index: int
    source: tuple[int, ...]
    input: float
    weight: float
    product: float


@dataclass(frozen=True)
class LinearTerms:
    """A linear unit's sum: its largest terms, the sum of all the others, the bias, and the two values to compare."""

    key: str
    unit: int
    terms: tuple[LinearTerm, ...]
    rest: float
    bias: float
    computed: float
    recorded: float
    source: str  # the key of the map that the sources point into, "" if the input is a vector


@dataclass(frozen=True)
class SoftmaxTerm:
    """One class's part of the softmax."""

    index: int
    label: str
    logit: float
    exponential: float  # e^(logit − shift)
    probability: float


@dataclass(frozen=True)
class SoftmaxTerms:
    """softmax, step by step: e^(logit − shift), their sum over all classes, and the ratio; the most probable first."""

    terms: tuple[SoftmaxTerm, ...]
    shift: float
    total: float
    rest: float  # the probability of all classes that are not among the terms


def linear_contributions(
    model: nn.Module, recording: Activations, key: str, unit_index: int, n: int = 20
) -> LinearTerms:
    """The n largest of a linear unit's products, the sum of the others, and where the inputs lie in the last map.

    Raises ValueError if the layer is not linear or has no such unit.
    """
    layer = recording[key]
    if layer.kind != "linear" or layer.values.ndim != 1:
        raise ValueError(f"{key} is {layer.kind} of shape {list(layer.shape)}; a linear layer's vector works")
    context = UnitContext(model, recording, layer, cell_of(layer, unit_index))
    with capture.borrowed(model), torch.no_grad():
        parts = unit_inputs.linear(context)
    if parts is None or "products" not in parts:
        raise ValueError(f"{key}: {parts['note'] if parts else 'what it read is no vector of numbers'}")
    products = parts["products"]
    source = _flattened(recording, layer, len(products))
    order = np.argsort(-np.abs(products), kind="stable")[:n]
    found = tuple(_linear_term(int(index), parts, recording[source].shape if source else ()) for index in order)
    rest = float(products.sum() - products[order].sum())
    recorded = float(layer.values[unit_index])
    return LinearTerms(key, unit_index, found, rest, parts["bias"], parts["computed"], recorded, source)


def _linear_term(index: int, parts: unit_inputs.Parts, shape: tuple[int, ...]) -> LinearTerm:
    place = tuple(int(part) for part in np.unravel_index(index, shape)) if shape else ()
    return LinearTerm(index, place, *(float(parts[name][index]) for name in ("patch", "kernel", "products")))


def _flattened(recording: Activations, layer: Layer, size: int) -> str:
    """The map that was flattened into this layer's input, with nothing but flattening and dropout between; or ""."""
    while layer.inputs:
        layer = recording[layer.inputs[0]]
        if layer.values.ndim == 3 and layer.values.size == size:
            return layer.key
        if layer.kind not in ("flatten", "reshape", "dropout", "identity"):
            return ""
    return ""


def softmax_terms(logits: Array, classes: Sequence[str], n: int = 5) -> SoftmaxTerms:
    """How logits become probabilities: logits [classes] float; the n most probable classes, and the rest's share.

    e^(z − max z) / Σ e^(z − max z): the shift changes no ratio and keeps the exponentials from overflowing.
    """
    values = np.asarray(logits, dtype=np.float64).reshape(-1)
    shift = float(values.max())
    exponentials = np.exp(values - shift)
    total = float(exponentials.sum())
    found = []
    for index in np.argsort(-values, kind="stable")[:n].tolist():
        label = classes[index] if index < len(classes) else f"class {index}"
        exponential = float(exponentials[index])
        found.append(SoftmaxTerm(index, label, float(values[index]), exponential, exponential / total))
    return SoftmaxTerms(tuple(found), shift, total, max(0.0, 1 - sum(term.probability for term in found)))
