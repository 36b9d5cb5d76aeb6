"""Blocks in numbers over a whole network: lengths through the depth, what a dropped block costs, cost tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import number, percent
from cnnviz.outputs.chances import as_read, read
from cnnviz.records import Array
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.blocks.records import BlockCost, Kernel, Norms, ShortcutsAlone


def lengths(found: Sequence[Norms], *, at: str = "", theme: str | None = None, height: int = 300) -> go.Figure:
    """‖x‖, ‖F(x)‖ and ‖x + F(x)‖ of every block, on a logarithmic scale."""
    figure, names = go.Figure(), [one.group for one in found]
    lines = (
        ("‖x‖", [one.shortcut for one in found], "solid"),
        ("‖F(x)‖", [one.branch for one in found], "dot"),
        ("‖sum‖", [one.sum for one in found], "dash"),
        ("‖after ReLU‖", [one.after for one in found], "dashdot"),
    )
    for words, values, dash in lines:
        if any(value is not None for value in values):
            figure.add_scatter(
                x=names, y=values, name=words, mode="lines+markers", line={"dash": dash, "width": 2},
                marker={"size": 6}, hovertemplate="%{x}<br>" + words + " = %{y:.4g}<extra></extra>",
            )  # fmt: skip
    looks.apply(figure, theme, height=height)
    if at in names:
        figure.add_vline(x=names.index(at), line={"width": 1.5, "color": looks.colours(theme).muted})
    figure.update_xaxes(type="category", title_text="block, from the input to the output")
    known = [value for one in found for value in (one.shortcut, one.branch, one.sum) if value > 0]
    places = _round_numbers(min(known), max(known)) if known else []
    figure.update_yaxes(
        type="log", title_text="length of the map", tickvals=places, ticktext=[number(value) for value in places]
    )
    return figure


def _round_numbers(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten inside the range, powers of ten alone where there are many."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    factors = (1, 2, 5) if high / low < 1000 else (1,)
    every = max(1, len(powers) // 10)
    return [factor * 10.0**power for power in powers if power % every == 0 for factor in factors]


def importance(
    found: ShortcutsAlone,
    target: int,
    reading: OutputReading | None = None,
    *,
    theme: str | None = None,
    height: int = 300,
) -> go.Figure:
    """The probability of the plain answer with each block dropped alone, against the plain one."""
    plain, alone = shares(found, target, reading)
    colours = looks.colours(theme)
    figure = go.Figure()
    figure.add_bar(
        x=list(found.groups), y=[100 * share for share in alone], marker={"color": colours.accent},
        hovertemplate="without %{x}: %{y:.2f} %<extra></extra>",
    )  # fmt: skip
    figure.add_hline(
        y=100 * plain, line={"dash": "dash", "width": 1.5, "color": colours.muted},
        annotation={"text": f"all blocks: {percent(plain)}", "font": {"size": 12}},
    )  # fmt: skip
    looks.apply(figure, theme, height=height)
    figure.update_xaxes(type="category", title_text="the block that is dropped")
    figure.update_yaxes(title_text="probability, %", rangemode="tozero")
    return figure


def shares(found: ShortcutsAlone, target: int, reading: OutputReading | None = None) -> tuple[float, Array]:
    """(plain probability of a class, [blocks] with each dropped alone)."""
    plain, *alone = (
        float((read(logits) if reading is None else as_read(logits, reading))[target])
        for logits in (found.plain, *found.alone)
    )
    return plain, np.array(alone)


# ------------------------------------------------------------------------------------------------ tables
def costs(
    rows: Sequence[tuple[str, str, BlockCost, BlockCost]], *, ours: str, other: str
) -> list[dict[str, str | int]]:
    """Weights and MACs of two ways. rows: (what, how it is made, this way, the other way)."""
    return [
        {
            "part": what,
            "made of": how,
            f"weights, {ours}": one.parameters,
            f"weights, {other}": two.parameters,
            f"multiply-adds, {ours}": one.macs,
            f"multiply-adds, {other}": two.macs,
            "saved": "–" if one.macs == two.macs else percent(1 - one.macs / two.macs),
        }
        for what, how, one, two in rows
    ]


def kernels(rows: Sequence[tuple[str, Kernel]]) -> list[dict[str, str | int]]:
    """Convolutions one under the other."""
    return [
        {
            "step": what,
            "kernel": f"{one.size[0]}×{one.size[1]}" + (f", {one.groups} groups" if one.groups > 1 else ""),
            "channels": f"{one.inputs} → {one.outputs}",
            "map": f"{one.map[0]} × {one.map[1]}",
            "weights": one.cost.parameters,
            "multiply-adds": one.cost.macs,
        }
        for what, one in rows
    ]


def millions(count: int) -> str:
    """ "1.18 million", "69,632"."""
    return f"{count / 1e6:,.2f} million" if count >= 1e6 else f"{count:,}"
