"""Where a network's parameters, work, memory and time lie: bars for the component `xray`, and the same in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict

from cnnviz.figures.looks import SERIES
from cnnviz.figures.numbers import number, percent
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Field, Row
from cnnviz.records.architectures import Architecture, Block, LayerTimes
from cnnviz.topics.architectures.tables import shape


class XrayItem(TypedDict):
    """A block or a row with its values, one a quantity. first, last: the rows of a block."""

    name: str
    title: str
    shape: str
    field: str
    values: list[float | None]
    first: NotRequired[int]
    last: NotRequired[int]


class XrayQuantity(TypedDict):
    """What is counted. total: over all blocks; None where one of them is unknown."""

    name: str
    unit: str
    colour: str
    total: NotRequired[float | None]


class Xray(TypedDict):
    """first: what a block is called."""

    key: str
    network: str
    first: str
    quantities: list[XrayQuantity]
    blocks: list[XrayItem]
    rows: list[XrayItem]


class XrayPacket(Xray, Sealed):
    """For the component xray."""


QUANTITIES: tuple[tuple[str, str, Callable[[Row | Block], float | None]], ...] = (
    ("Parameters", "", lambda item: item.parameters),
    ("Multiply-adds", "", lambda item: item.macs),
    ("Activations", "B", lambda item: item.activation_bytes),
    ("Kept by training", "B", lambda item: item.kept_bytes),
)


def bars(network: Architecture, times: LayerTimes | None = None, *, key: str = "xray") -> XrayPacket:
    """What the component draws: every block and every row with its values; the milliseconds where they are measured."""
    taken = list(times.medians) if times else []
    rows = [_item(row.name, row.operation, row, row.receptive_field) for row in network.rows]
    blocks = [_item(block.name, block.title, block, block.field) for block in network.blocks]
    quantities: list[XrayQuantity] = [
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
    header: Xray = {
        "key": key, "network": f"{network.choice} {network.input_shape}", "first": "Block", "quantities": quantities,
        "blocks": blocks, "rows": rows,
    }  # fmt: skip
    return {**header, "digest": digest(header)}


def _item(name: str, title: str, item: Row | Block, field: Field) -> XrayItem:
    values = [read(item) for _, _, read in QUANTITIES]
    return {"name": name, "title": title, "shape": shape(item.output_shape), "field": _field(field), "values": values}


def _field(field: Field) -> str:
    return f"{field.rows.size} × {field.columns.size}" if field.status == "exact" else field.words


# ------------------------------------------------------------------------------------------------ in words
def sentences(network: Architecture) -> tuple[str, ...]:
    """Where most of each quantity lies: computed, the most telling first."""
    return (tail(network), *(_most(network, index) for index in range(3)), *kept_words(network), *head_words(network))


def tail(network: Architecture) -> str:
    """What the linear layers hold and do."""
    linear = [row for row in network.rows if row.kind == "linear"]
    if not linear or not network.parameters or not network.macs:
        return "No linear layer: all parameters are in convolutions and normalisation."
    held, done = sum(row.parameters for row in linear), sum(row.macs for row in linear)
    who = f"The {len(linear)} linear layers hold" if len(linear) > 1 else "The linear layer holds"
    does = "do" if len(linear) > 1 else "does"
    words = f"{who} **{percent(held / network.parameters)}** of the parameters ({held:,} of {network.parameters:,})"
    first = max(linear, key=lambda row: row.parameters)
    alone = percent(first.parameters / network.parameters)
    largest = f"; `{first.name}` alone {alone}" if len(linear) > 1 else ""
    return f"{words}{largest}, and {does} {percent(done / network.macs)} of the multiply-adds."


def _most(network: Architecture, index: int) -> str:
    """The fewest blocks that hold half of a quantity."""
    name, _, read = QUANTITIES[index]
    values = sorted(((float(read(block) or 0), place) for place, block in enumerate(network.blocks)), reverse=True)
    total = sum(value for value, _ in values)
    if not total:
        return f"{name}: none."
    held, taken = 0.0, 0
    while 2 * held < total:
        held, taken = held + values[taken][0], taken + 1
    places = sorted(place for _, place in values[:taken])
    which = _places([network.blocks[place].name for place in places])
    whole = len(network.blocks)
    return f"{name}: {taken} of {whole} blocks {'holds' if taken == 1 else 'hold'} {percent(held / total)} ({which})."


def _places(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:4]]
    return ", ".join(shown) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def kept_words(network: Architecture) -> tuple[str, ...]:
    """What training keeps, beside what the weights take."""
    if not network.kept_bytes or not network.weight_bytes:
        return ()
    ratio = network.weight_bytes / network.kept_bytes
    if ratio >= 1:
        return (f"Memory: the weights take as much as training keeps of {number(ratio)} pictures for the way back.",)
    return (f"Memory: training keeps {number(1 / ratio)} times as much of one picture as the weights take.",)


def head_words(network: Architecture) -> tuple[str, ...]:
    """The heads, which are in no row: nothing asks them in eval mode."""
    held = sum(head.parameters for head in network.heads)
    if not held:
        return ()
    names = " and ".join(f"`{head.name}`" for head in network.heads)
    many = "classifiers" if len(network.heads) > 1 else "classifier"
    share = percent(held / network.parameters)
    return (f"In no row: the auxiliary {many} {names}, {held:,} parameters ({share}), which run in training only.",)


def times_words(network: Architecture, times: LayerTimes) -> str:
    """What was measured, and how; where half of the time goes against half of the work."""
    slowest = max(range(len(network.rows)), key=lambda place: times.medians[place])
    row, share = network.rows[slowest], times.medians[slowest] / max(times.summed, 1e-12)
    work = row.macs / network.macs if network.macs else 0.0
    return (
        f"Slowest is `{row.name}`: {number(times.medians[slowest])} ms, {percent(share)} of the time for "
        f"{percent(work)} of the multiply-adds. The whole pass takes {number(times.whole)} ms, the operations one by "
        f"one {number(times.summed)} ms."
    )


def times_caption(times: LayerTimes) -> str:
    """How it was measured."""
    threads = "1 thread" if times.threads == 1 else f"{times.threads} threads"
    return (
        f"Median of n = {times.runs} passes of one picture after one that does not count · {times.device}, {threads} · "
        f"float32, random weights · measured in {times.seconds:.1f} s, other work on this machine included"
    )
