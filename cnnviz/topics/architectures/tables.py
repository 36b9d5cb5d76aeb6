"""A network's layer table, its counts, and the published ones beside them: records in, plain columns out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cnnviz.figures.kinds import spoken
from cnnviz.records import Field, Row
from cnnviz.records.architectures import Architecture
from cnnviz.records.proofs import Proof

SPOKEN = {
    "convolution": "convolution", "transposed_convolution": "transposed convolution", "linear": "linear layer",
    "attention": "attention",
}  # fmt: skip


def size(count: float) -> str:
    """Bytes as people read them, in powers of 1024.

    >>> size(244_403_360), size(900)
    ('233.1 MiB', '900 B')
    """
    for unit, step in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= step:
            return f"{count / step:,.1f} {unit}"
    return f"{count:,.0f} B"


def shape(values: Sequence[int]) -> str:
    """Sizes with × between them, such as 64 × 56 × 56."""
    return " × ".join(f"{value:,}" for value in values)


def block_counts(network: Architecture) -> str:
    """ "3 × InceptionA, 1 × InceptionB": modules with a forward of their own, "" where there are none."""
    kinds = Counter(block.title for block in network.blocks if block.last > block.first and block.title.isidentifier())
    return ", ".join(f"{count} × {kind}" for kind, count in kinds.items())


def layer_counts(network: Architecture) -> str:
    """ "5 convolutions and 3 linear layers": how many layers of each kind have weights."""
    parts = [f"{count:,} {SPOKEN[kind]}{'s' if count > 1 else ''}" for kind, count in network.layers.items()]
    return " and ".join(parts) if parts else "0 layers"


def is_seen_late(network: Architecture, whole: Row) -> bool:
    """Whether the row from which everything is seen comes before the last one."""
    return _place(network, whole) < len(network.rows) - 1


def _place(network: Architecture, row: Row) -> int:
    return next(index for index, one in enumerate(network.rows) if one is row)


# ------------------------------------------------------------------------------------------------ the layer table
COLUMNS = (
    "layer", "kind", "operation", "output", "parameters", "multiply-adds", "activation bytes", "kept by training",
    "field", "stride", "padding", "centre", "status",
)  # fmt: skip


def columns(network: Architecture) -> dict[str, list[Any]]:
    """The layer table, column by column, in the order of COLUMNS; None where there is no number."""
    lines = [_line(row) for row in network.rows]
    return {name: [line[index] for line in lines] for index, name in enumerate(COLUMNS)}


def csv_table(network: Architecture) -> str:
    """The same as CSV, every number written out."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows([["" if value is None else value for value in _line(row)] for row in network.rows])
    return target.getvalue()


def _line(row: Row) -> tuple[Any, ...]:
    field = row.receptive_field
    exact = field.status == "exact"
    return (
        row.name,
        spoken(row.kind),
        row.operation,
        shape(row.output_shape),
        row.parameters,
        row.macs,
        row.activation_bytes,
        row.kept_bytes,
        field.rows.size if exact else None,
        field.rows.stride if exact else None,
        field.rows.padding if exact else None,
        field.rows.centre(0) if exact else None,
        field.words + (f"; columns: {_across(field)}" if exact and field.rows != field.columns else ""),
    )


def _across(field: Field) -> str:
    """Size, stride, padding and centre along the columns, where they differ from the rows'."""
    columns = field.columns
    return f"{columns.size}, {columns.stride}, {columns.padding}, {columns.centre(0):g}"


# ------------------------------------------------------------------------------------------------ what is published
def published(network: Architecture) -> tuple[Proof, ...]:
    """Our counts against the published ones, where the network is counted at its own size and some are published."""
    spec = network.spec
    found = []
    if spec.parameters is not None and network.input_shape == spec.input_shape:
        who = "torchvision's num_params" if spec.family == "torchvision" else "the reference"
        apart = abs(network.parameters - spec.parameters)
        found.append(Proof(f"{network.parameters:,} parameters, {who} {spec.parameters:,}", apart, 0))
    if spec.macs is not None and network.input_shape == spec.input_shape:
        rounded = spec.family == "torchvision"
        says = f"torchvision's _ops {spec.macs / 1e9:.3f} · 10⁹" if rounded else f"the reference {spec.macs:,}"
        off = abs(round(network.macs / 1e9, 3) - spec.macs / 1e9) if rounded else abs(network.macs - spec.macs)
        found.append(Proof(f"{network.macs:,} multiply-adds, {says}", off, 1e-9 if rounded else 0))
    return tuple(found)


def used(network: Architecture) -> tuple[Proof, ...]:
    """All parameters are in a row, or in a head that only training asks; () where some are not, which the card says."""
    in_rows = sum(row.parameters for row in network.rows)
    in_heads = sum(head.parameters for head in network.heads)
    if network.unread:
        return ()
    words = f"the rows' {in_rows:,}" + (f" and the heads' {in_heads:,}" if in_heads else "")
    return (Proof(f"{words} parameters are all there are", abs(network.parameters - in_rows - in_heads), 0),)
