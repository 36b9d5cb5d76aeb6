"""What can be asked of a network that was surveyed: one layer's parameters, another's multiply-adds, a field."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from cnnviz.quiz.layer_costs import Costs
from cnnviz.records import Row

Wanted = tuple[str, dict[str, Any]]
_CONVOLUTION = re.compile(r"Conv2d (\d+)×(\d+), ([\d,]+) → ([\d,]+)(?:.*?groups (\d+))?")
_LINEAR = re.compile(r"Linear,? ([\d,]+) → ([\d,]+)")


def costs(row: Row, cells_in: int = 1) -> Costs | None:
    """A layer's costs from what the table says of it; None unless they are exactly what the survey counted."""
    cells = math.prod(row.cells)
    if found := _CONVOLUTION.match(row.operation):
        rows, columns, inputs, outputs = (_whole(found[at]) for at in range(1, 5))
        sizes = (inputs, outputs, (rows, columns), int(found[5] or 1))
    elif found := _LINEAR.match(row.operation):
        sizes = (_whole(found[1]), _whole(found[2]), (1, 1), 1)
    else:
        return None
    for bias in (True, False):
        layer = Costs(*sizes, bias=bias, cells=cells, cells_in=cells_in)
        if layer.parameters == row.parameters and layer.macs == row.macs:
            return layer
    return None


def wanted(rows: Sequence[Row]) -> list[Wanted]:
    """Questions about these layers: where most parameters lie, where most work lies, and what is seen on top."""
    by_name = {row.name: row for row in rows}
    layers = []
    for row in rows:
        before = by_name.get(row.inputs[0]) if row.inputs else None
        made = costs(row, math.prod(before.cells) if before else 1)
        if made is not None:
            layers.append(made)
    asked: list[Wanted] = []
    if layers:
        asked.append(("parameters", _plain(max(layers, key=lambda one: one.parameters), with_cells=False)))
        maps = [one for one in layers if one.cells > 1]
        if maps:
            asked.append(("macs", _plain(max(maps, key=lambda one: one.macs), with_cells=True)))
    seen = [
        row for row in rows if row.is_map and row.receptive_field.status == "exact" and row.receptive_field.stride > 1
    ]
    if seen:
        middle = seen[len(seen) // 2]
        field = middle.receptive_field
        asked.append(("field_on_top", {"layer": middle.name, "size": field.size, "step": field.stride}))
    return asked


def _plain(layer: Costs, *, with_cells: bool) -> dict[str, Any]:
    return {name: value for name, value in vars(layer).items() if with_cells or name != "cells_in"}


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
