"""How the receptive field grows with depth: what the component `field_growth` draws, and the same in words."""

from __future__ import annotations

from typing import TypedDict

from cnnviz.figures.looks import SERIES
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array, Row
from cnnviz.records.architectures import Architecture


class FieldRow(TypedDict):
    """One operation. rows, columns: size, stride and padding of what its cells see."""

    name: str
    kind: str
    operation: str
    cells: list[int]
    rows: list[int]
    columns: list[int]
    status: str
    words: str


class FieldGrowth(TypedDict):
    """picture: height and width. start: the row that it opens on."""

    key: str
    network: str
    rows: list[FieldRow]
    colours: dict[str, str]
    picture: list[int]
    start: int


class FieldGrowthPacket(FieldGrowth, Sealed):
    """For the component field_growth."""


COLOURS = {"convolution": SERIES[0], "pooling": SERIES[1], "other": SERIES[2]}


def steps(network: Architecture) -> tuple[Row, ...]:
    """The operations whose output has rows and columns, in the order in which they run."""
    return tuple(row for row in network.rows if row.is_map)


def packet(network: Architecture, picture: Array, *, key: str) -> FieldGrowthPacket:
    """The header: every operation's intervals, the image's size, and where to start (a third of the way)."""
    rows = [_step(row) for row in steps(network)]
    header: FieldGrowth = {
        "key": key, "network": f"{network.choice} {network.input_shape}", "rows": rows, "colours": COLOURS,
        "picture": list(network.input_shape[1:]), "start": len(rows) // 3,
    }  # fmt: skip
    return {**header, "digest": digest(header, picture)}


def _step(row: Row) -> FieldRow:
    field = row.receptive_field
    return {
        "name": row.name, "kind": row.kind, "operation": row.operation, "cells": list(row.cells),
        "rows": field.rows.numbers, "columns": field.columns.numbers, "status": field.status,
        "words": field.words,
    }  # fmt: skip
