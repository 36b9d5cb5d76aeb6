"""Where a network's parameters, work, memory and time lie: bars for the component `cost_breakdown`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NotRequired, TypedDict

from cnnviz.figures.looks import SERIES
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Field, Row
from cnnviz.records.architectures import Architecture, Block, LayerTimes
from cnnviz.topics.architectures.tables import shape


class CostBreakdownItem(TypedDict):
    """A block or a row with its values, one a quantity. first, last: the rows of a block."""

    name: str
    title: str
    shape: str
    field: str
    values: list[float | None]
    first: NotRequired[int]
    last: NotRequired[int]


class CostBreakdownQuantity(TypedDict):
    """What is counted. total: over all blocks; None where one of them is unknown."""

    name: str
    unit: str
    colour: str
    total: NotRequired[float | None]


class CostBreakdown(TypedDict):
    """first: what a block is called."""

    key: str
    network: str
    first: str
    quantities: list[CostBreakdownQuantity]
    blocks: list[CostBreakdownItem]
    rows: list[CostBreakdownItem]


class CostBreakdownPacket(CostBreakdown, Sealed):
    """For the component cost_breakdown."""


QUANTITIES: tuple[tuple[str, str, Callable[[Row | Block], float | None]], ...] = (
    ("Parameters", "", lambda item: item.parameters),
    ("Multiply-adds", "", lambda item: item.macs),
    ("Activations", "B", lambda item: item.activation_bytes),
    ("Kept by training", "B", lambda item: item.kept_bytes),
)


def bars(network: Architecture, times: LayerTimes | None = None, *, key: str = "cost_breakdown") -> CostBreakdownPacket:
    """What the component draws: every block and every row with its values; the milliseconds where they are measured."""
    taken = list(times.medians) if times else []
    rows = [_item(row.name, row.operation, row, row.receptive_field) for row in network.rows]
    blocks = [_item(block.name, block.title, block, block.field) for block in network.blocks]
    quantities: list[CostBreakdownQuantity] = [
        {"name": name, "unit": unit, "colour": SERIES[index]} for index, (name, unit, _) in enumerate(QUANTITIES)
    ]
    for item, block in zip(blocks, network.blocks, strict=True):
        item["first"], item["last"] = block.first, block.last
        if times:
            item["values"].append(round(sum(taken[block.first : block.last + 1]), 6))
    if times:
        quantities.append({"name": "Time", "unit": "ms", "colour": SERIES[5]})
        for item, one in zip(rows, taken, strict=True):
            item["values"].append(round(one, 6))
    for index, quantity in enumerate(quantities):
        known = [item["values"][index] for item in blocks]
        quantity["total"] = None if None in known else sum(value for value in known if value is not None)
    header: CostBreakdown = {
        "key": key, "network": f"{network.choice} {network.input_shape}", "first": "Block", "quantities": quantities,
        "blocks": blocks, "rows": rows,
    }  # fmt: skip
    return {**header, "digest": digest(header)}


def _item(name: str, title: str, item: Row | Block, field: Field) -> CostBreakdownItem:
    values = [read(item) for _, _, read in QUANTITIES]
    return {"name": name, "title": title, "shape": shape(item.output_shape), "field": _field(field), "values": values}


def _field(field: Field) -> str:
    return f"{field.rows.size} × {field.columns.size}" if field.status == "exact" else field.words


# ------------------------------------------------------------------------------------------------ where half of it is
def half_of(network: Architecture, index: int) -> tuple[str, list[str], float]:
    """(quantity, the fewest blocks that hold half of it, in order, their share); no block where there is nothing."""
    name, _, read = QUANTITIES[index]
    values = sorted(((float(read(block) or 0), place) for place, block in enumerate(network.blocks)), reverse=True)
    total = sum(value for value, _ in values)
    if not total:
        return name, [], 0.0
    held, taken = 0.0, 0
    while 2 * held < total:
        held, taken = held + values[taken][0], taken + 1
    places = sorted(place for _, place in values[:taken])
    return name, [network.blocks[place].name for place in places], held / total
