"""What the receptive field page draws: the image with a cell's box, the layer's map, every layer's intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from cnnviz.figures import maps
from cnnviz.figures.packets import digest
from cnnviz.records import Field, Row
from cnnviz.topics.receptive_field.records import EffectiveField, FieldCell, FieldStack

Array = np.ndarray


class FieldInterval(TypedDict):
    """The numbers from which a browser finds boxes: size, stride and padding of rows and of columns."""

    rows: list[int]
    columns: list[int]
    status: str
    words: str


class LayerLine(FieldInterval):
    """One layer. cells: rows and columns of its map."""

    name: str
    operation: str
    cells: list[int]


class FieldMap(TypedDict):
    """cell: row, column and channel (None: all). picture: height and width. highest: the end of the map's colours."""

    layer: str
    cell: list[int | None]
    picture: list[int]
    layers: list[LayerLine]
    signed: bool
    highest: float
    digest: str


class FieldMapPacket(TypedDict):
    """For the component field_map. blobs: picture, map, values, gradient."""

    header: FieldMap
    blobs: dict[str, bytes]


def as_channels(values: Array, row: Row) -> Array:
    """A layer's values as [C, rows, columns]; the numbers of a vector stand in one cell: [K, 1, 1]."""
    if not row.is_map:
        return values.reshape(-1, 1, 1)
    return np.moveaxis(values, row.axes, (1, 2))


def map_shown(values: Array, row: Row, channel: int | None) -> Array:
    """[rows, columns] float32: one channel, or the mean of all."""
    channels = as_channels(values, row)
    shown = channels.mean(0) if channel is None else channels[channel]
    return np.ascontiguousarray(shown, dtype=np.float32)


def interval(field: Field) -> FieldInterval:
    """The numbers from which a browser finds boxes: [size, stride, padding] of rows and columns, and their tables."""
    return {"rows": field.rows.numbers, "columns": field.columns.numbers, "status": field.status, "words": field.words}


def layer_line(row: Row) -> LayerLine:
    """The layer's name and operation with its interval."""
    return {"name": row.name, "operation": row.operation, "cells": list(row.cells), **interval(row.receptive_field)}


def field_map(
    picture: Array, shown: Array, rows: Sequence[Row], cell: FieldCell, effective: EffectiveField | None
) -> FieldMapPacket:
    """For the component: image [H, W, 3] uint8, a layer's map, the table of all layers, the cell that is chosen.

    Blobs: picture (RGB), map (palette entries), values (float32), gradient (entries from 1; 0 is no gradient).
    """
    span = maps.limits(shown[None], "layer")
    entries = maps.quantise(shown[None], span)[0]
    gradient = _entries(effective.gradient) if effective is not None else np.zeros(picture.shape[:2], np.uint8)
    layers = [layer_line(row) for row in rows if row.is_map or row.name == cell.layer]
    blobs = {
        "picture": np.ascontiguousarray(picture).tobytes(),
        "map": entries.tobytes(),
        "values": shown.tobytes(),
        "gradient": gradient.tobytes(),
    }
    place = [cell.row, cell.column, cell.channel]
    header: FieldMap = {
        "layer": cell.layer,
        "cell": place,
        "picture": list(picture.shape[:2]),
        "layers": layers,
        "signed": bool(span.signed),
        "highest": float(np.max(span.high)),
        "digest": digest(*blobs.values(), cell.layer, place, [line["name"] for line in layers]),
    }
    return {"header": header, "blobs": blobs}


def _entries(gradient: Array) -> Array:
    """Square roots, so that what is weak can be seen too: palette entries 1 … 255, and 0 for no gradient at all."""
    high = gradient.max()
    share = np.sqrt(gradient / high) if high > 0 else gradient
    return np.where(gradient > 0, np.clip(np.rint(1 + 254 * share), 1, 255), 0).astype(np.uint8)


def recursion(stack: FieldStack) -> list[dict[str, str]]:
    """The recursion with its numbers put in, a line a layer; the image first."""
    lines = [{"layer": "image", "field size": "1", "jump": "1", "padding": "0", "cells": f"{stack.width}"}]
    size, jump, padding = 1, 1, 0
    for index, layer in enumerate(stack.layers, start=1):
        lines.append({
            "layer": f"{index}",
            "field size": f"{size} + ({layer.kernel} − 1) · {layer.dilation} · {jump} = {layer.size}",
            "jump": f"{jump} · {layer.stride} = {layer.jump}",
            "padding": f"{padding} + {layer.padding} · {jump} = {layer.field_padding}",
            "cells": f"{layer.cells}",
        })  # fmt: skip
        size, jump, padding = layer.size, layer.jump, layer.field_padding
    return lines
