"""What the builder of one's own network shows: every layer with what was found, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from cnnviz.figures.packets import digest
from cnnviz.records import Field
from cnnviz.records.own_model import NamedTensor, OwnModel, TriedLayer
from cnnviz.topics.own_model import captions


class CheckedLayer(TypedDict):
    """What was found of one layer. sees: its receptive field. reached: no layer before it breaks the network."""

    shape: list[int]
    parameters: int
    macs: int
    sees: str
    problem: str
    reached: bool


class LayerBuilderPacket(TypedDict):
    """For the component layer_builder. kinds: of layers, with their settings. turn: which list it starts from."""

    kinds: Mapping[str, Any]
    most: int
    turn: int
    layers: list[list[Any]]
    checked: list[CheckedLayer]
    total: str
    digest: str


def builder(model: OwnModel, kinds: Mapping[str, Any], *, most: int, turn: int) -> LayerBuilderPacket:
    """For the component. kinds: name → (title, [(setting, least, most, usual)]). turn: which list it starts from."""
    layers = [list(layer.layer) for layer in model.layers]
    shapes = [model.input_shape, *(layer.shape for layer in model.layers)]
    found = [_line(layer, before) for layer, before in zip(model.layers, shapes, strict=False)]
    return {
        "kinds": kinds,
        "most": most,
        "turn": turn,
        "layers": layers,
        "checked": found,
        "total": captions.total(model),
        "digest": digest(layers, found, model.ending),
    }


def _line(layer: TriedLayer, before: tuple[int, ...]) -> CheckedLayer:
    return {
        "shape": list(layer.shape),
        "parameters": layer.parameters,
        "macs": layer.macs,
        "sees": sees(layer.field),
        "problem": captions.comes_in(before, layer.problem) if layer.problem else "",
        "reached": bool(layer.module),
    }


def sees(field: Field | None) -> str:
    """ "14 × 14", "all of it", "unknown" or ""."""
    if field is None:
        return ""
    if field.status == "exact":
        return f"{field.rows.size} × {field.columns.size}"
    return {"whole": "all of it"}.get(field.status, field.status)


def tensors(found: Sequence[NamedTensor], state: str) -> list[dict[str, str]]:
    """The names of one state, as lines of a table."""
    return [
        {"name": one.name, "network": one.wanted, "file": one.found, "reason": one.reason}
        for one in found
        if one.state == state
    ]
