"""Why one cell has its value: what it reads, with which weights, and what happens to the sum.

Everything is computed a second time, in float64, from the recorded inputs and the definition of the operation, so that
the recorded value can be held against it. `blank` proves the receptive field on the image itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz import anatomy, capture
from cnnviz.records import Activations, Blanked, Field, Layer, Term, Unit, UnitStage
from cnnviz.units import agreement, formulas, unit_inputs
from cnnviz.units.makings import making
from cnnviz.units.readout import LinearTerm, LinearTerms, SoftmaxTerm, SoftmaxTerms, linear_contributions, softmax_terms
from cnnviz.units.unit_context import UnitContext, cell_of

__all__ = [
    "LinearTerm", "LinearTerms", "SoftmaxTerm", "SoftmaxTerms",
    "blank", "count_for", "explain", "linear_contributions", "making", "share", "softmax_terms", "terms",
]  # fmt: skip
_FOLLOWS = frozenset({"normalization", "activation", "dropout", "identity", "addition", "multiplication"})


def explain(
    model: nn.Module,
    x: torch.Tensor,
    recording: Activations,
    key: str,
    channel: int,
    row: int = 0,
    column: int = 0,
    *,
    fields: Mapping[str, Field] | None = None,
) -> Unit:
    """Why cell [channel, row, column] of a recorded layer has its value (for a vector: [channel]).

    x: [1, C, H, W], the image of the recording. fields: from `anatomy.fields`, computed if not given.
    Raises KeyError for an unknown key and ValueError for a cell outside the layer.
    """
    layer = recording[key]
    context = UnitContext(model, recording, layer, cell_of(layer, channel, row, column))
    if fields is None:
        fields = anatomy.fields(model, tuple(x.shape[1:]))
    unit = _bare(layer, (channel, row, column), fields.get(key))
    with capture.borrowed(model), torch.no_grad():
        parts = agreement.explained(context, unit.recorded, _parts(context))
        return replace(unit, **parts, stages=_stages(context))


def terms(unit: Unit) -> tuple[Term, ...]:
    """Every product of a convolution or linear unit, the largest magnitude first; () for other kinds.

    Row and column count cells of the input map: negative or beyond its border inside the padding.
    """
    if unit.patch is None or unit.kernel is None:
        return ()
    shape = (*unit.patch.shape, 1, 1)[:3]
    patch, kernel = unit.patch.reshape(shape), unit.kernel.reshape(shape)
    (top, left), (down, across) = unit.origin, unit.dilation
    found = []
    for index in np.argsort(-np.abs(patch * kernel), axis=None, kind="stable"):
        c, i, j = (int(part) for part in np.unravel_index(index, shape))
        place = (unit.input_channels[c], top + i * down, left + j * across)
        found.append(Term(*place, float(patch[c, i, j]), float(kernel[c, i, j])))
    return tuple(found)


def share(ordered: Sequence[Term], count: int) -> float:
    """The part of Σ |product| that the first `count` terms hold, in [0, 1]; 1 where every product is zero."""
    sizes = np.abs([term.product for term in ordered])
    return float(sizes[:count].sum() / sizes.sum()) if sizes.sum() > 0 else 1.0


def count_for(ordered: Sequence[Term], part: float = 0.8) -> int:
    """The smallest n whose first n terms hold at least `part` of Σ |product|: "12 of 2,304 terms explain 80 %".

    0 where every product is zero.
    """
    sizes = np.abs([term.product for term in ordered])
    if not sizes.sum() > 0:
        return 0
    held = np.cumsum(sizes) >= part * sizes.sum() * (1 - 1e-12)  # rounding must not ask for one term more
    return int(np.argmax(held)) + 1


def blank(model: nn.Module, x: torch.Tensor, unit: Unit) -> Blanked:
    """The receptive field, proved: the unit's value with everything outside its box, and inside it, replaced.

    x: [1, C, H, W]. Replaced by 0 (the mean colour) and by noise; the value that moved furthest is told.
    Raises ValueError for a unit without a box.
    """
    if unit.box is None:
        why = unit.field.note if unit.field is not None else "its field is not known"
        raise ValueError(f"{unit.key} has no box to blank the outside of: {why}")
    place = _clipped(unit.box, x)
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(0)).to(x)
    before = _value(model, x, unit)
    outside, inside = [], []
    for filling in (torch.zeros_like(x), noise):
        other, same = filling.clone(), x.clone()
        other[place] = x[place]
        same[place] = filling[place]
        outside.append(_value(model, other, unit))
        inside.append(_value(model, same, unit))
    furthest = [max(found, key=lambda value: abs(value - before)) for found in (outside, inside)]
    return Blanked(before, *furthest)


# ------------------------------------------------------------------------------------------------ the parts
def _bare(layer: Layer, place: tuple[int, int, int], field: Field | None) -> Unit:
    """The unit with its value and its box, before anything is explained."""
    known = field is not None and field.status != "unknown"
    box = field.box_of(place) if field is not None and known else None
    recorded = _real(layer.values[cell_of(layer, *place)])
    return Unit(
        layer.key, layer.kind, layer.operation, *place, recorded,
        computed=None, bias=0.0, patch=None, kernel=None, products=None, input_channels=(), origin=(0, 0),
        box=box, field=field,
    )  # fmt: skip


def _real(value: Any) -> float:
    """The number, or the magnitude of a complex one."""
    return float(abs(value)) if np.iscomplexobj(value) else float(value)


def _parts(context: UnitContext) -> unit_inputs.Parts:
    layer = context.layer
    found = None
    if layer.kind != "input" and not np.iscomplexobj(layer.values):
        rule = {
            "convolution": unit_inputs.convolution,
            "linear": unit_inputs.linear,
            "pooling": unit_inputs.pooling,
        }.get(layer.kind)
        found = rule(context) if rule is not None else None
    if found is not None:
        return found
    text, computed = formulas.formula(context)
    return {"note": text, "computed": computed}


def _stages(context: UnitContext) -> tuple[UnitStage, ...]:
    """The cell's way on inside its group, while each operation works cell by cell and is the only one to read it."""
    found: list[UnitStage] = []
    layer = context.layer
    while True:
        readers = [other for other in context.recording if layer.key in other.inputs]
        if len(readers) != 1 or readers[0].group != layer.group or readers[0].shape != layer.shape:
            return tuple(found)
        layer = readers[0]
        if layer.kind not in _FOLLOWS:
            return tuple(found)
        if layer.kind == "identity":  # nothing to tell
            continue
        there = replace(context, layer=layer)
        text, computed = formulas.formula(there)
        value = _real(layer.values[context.cell])
        if computed is not None and not agreement.agrees(there, value, computed):
            text, computed = agreement.differs(there, value, computed), None
        found.append(UnitStage(layer.key, layer.kind, layer.operation, value, text, computed))


def _clipped(box: tuple[int, int, int, int], x: torch.Tensor) -> tuple[Any, ...]:
    if x.dim() != 4:
        return (Ellipsis,)
    top, left, bottom, right = (max(0, edge) for edge in box)
    return (..., slice(top, bottom), slice(left, right))


def _value(model: nn.Module, x: torch.Tensor, unit: Unit) -> float:
    values = capture.layer(model, x, unit.key)
    return float(values[(unit.channel, unit.row, unit.column)[: values.ndim]])
