"""Deep networks with and without shortcuts: training error, gradients, what blocks add, plans."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import log_axis, looks, scrub_charts
from cnnviz.figures.gradient_norms import LayerNormsCell, LayerNormsPacket, packet
from cnnviz.figures.numbers import number, percent
from cnnviz.records import Array
from cnnviz.records.experiments import CellResult, Results
from cnnviz.records.gradient_norms import gradient_norms
from cnnviz.topics.degradation import captions
from cnnviz.topics.degradation.records import Ratios, ratios

LOOKS = {  # plain orange, residual blue; shallow thin and dotted, deep solid
    "plain-20": (looks.SERIES[1], "dot"), "plain-56": (looks.SERIES[1], "solid"),
    "ResNet-20": (looks.SERIES[0], "dot"), "ResNet-56": (looks.SERIES[0], "solid"),
}  # fmt: skip
DASHES = ("solid", "dash", "dot", "dashdot")


def look(found: Results, label: str) -> tuple[str, str]:
    """Colour and dash of a cell."""
    place = [one.cell.label for one in found.cells].index(label)
    return LOOKS.get(label, (looks.SERIES[place % len(looks.SERIES)], DASHES[place % len(DASHES)]))


# --------------------------------------------------------------------------------------------- training error
def errors(found: Results, *, theme: str | None = None, height: int = 360) -> go.Figure:
    """Training error over the steps, the mean over the seeds and the band from the lowest to the highest of them."""
    chart = go.Figure()
    for one in found.cells:
        steps, mean = one.curve("accuracy")
        if not len(steps):
            continue
        colour, dash = look(found, one.cell.label)
        if one.n > 1:
            every = 100 - 100 * np.array([run.curves["accuracy"][: len(steps)] for run in one.runs])
            chart.add_trace(_band(steps, every.min(0), every.max(0), colour))
        chart.add_trace(go.Scatter(
            x=steps, y=100 - 100 * mean, mode="lines", name=one.cell.label + _lost(one),
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate=f"{one.cell.label}, step %{{x:,}}: %{{y:.1f}} %<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(title_text="training batches wrong (%)")
    return chart


def error_bars(found: Results, *, last: int, theme: str | None = None, height: int = 320) -> go.Figure:
    """Training error over the last batches: a bar a cell, ± one standard deviation over the seeds."""
    return _bars(found, [100 * _ends(one, last) for one in found.cells], f"last {last} training<br>batches wrong (%)",
                 theme, height)  # fmt: skip


def accuracy_bars(found: Results, *, theme: str | None = None, height: int = 320) -> go.Figure:
    """The share of test images that is right, likewise."""
    return _bars(found, [100 * one.accuracies for one in found.cells], "test images right (%)", theme, height)


def _bars(found: Results, values: Sequence[Array], title: str, theme: str | None, height: int) -> go.Figure:
    """values: of each cell, [n] percent."""
    chart, paint = go.Figure(), looks.colours(theme)
    labels = [one.cell.label for one in found.cells]
    spread = [float(one.std(ddof=1)) if len(one) > 1 else None for one in values]
    chart.add_trace(go.Bar(
        x=labels, y=[float(one.mean()) if len(one) else None for one in values], width=0.5, showlegend=False,
        marker={"color": [look(found, label)[0] for label in labels],
                "opacity": [0.85 if look(found, label)[1] == "solid" else 0.5 for label in labels]},
        error_y={"type": "data", "array": spread, "color": paint.text, "thickness": 1.8, "width": 8,
                 "visible": any(one is not None for one in spread)},
        hovertemplate="%{x}: %{y:.2f} %<extra></extra>",
    ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    said = [f"{one.mean():.1f}" if len(one) else "not trained" for one in values]
    named = [f"{label.replace(', ', ',<br>')}<br><b>{mean}</b>" for label, mean in zip(labels, said, strict=True)]
    chart.update_xaxes(
        categoryorder="array", categoryarray=labels, range=[-0.6, len(labels) - 0.4], tickvals=labels, ticktext=named,
        tickangle=0,
    )  # fmt: skip
    chart.update_yaxes(title_text=title, range=[0, 102])
    return chart


def error_table(found: Results, *, last: int) -> list[dict[str, str | int]]:
    """A row a cell: training error at the end, test images right, both with their spread over the seeds."""
    rows: list[dict[str, str | int]] = []
    for one in found.cells:
        ends = _ends(one, last)
        rows.append({
            "network": one.cell.label, "n": one.n,
            f"last {last} training batches wrong": _spread(ends),
            "test images right": _spread(one.accuracies),
            "95 % interval, ±": "–" if math.isnan(one.interval) else f"{one.interval * 100:.1f}",
            "diverged": sum(run.diverged for run in one.runs),
        })  # fmt: skip
    return rows


def _ends(one: CellResult, last: int) -> Array:
    """Training error of every run over its last batches, [n]."""
    return np.array([1 - run.ending("accuracy", batches=last) for run in one.runs])


def _spread(values: Array) -> str:
    if not len(values):
        return "–"
    return percent(float(values.mean())) + (f" ± {values.std(ddof=1) * 100:.1f}" if len(values) > 1 else "")


def _lost(one: CellResult) -> str:
    lost = sum(run.diverged for run in one.runs)
    return f" (diverged in {lost} of {one.n})" if lost else ""


def _band(steps: Array, low: Array, high: Array, colour: str) -> go.Scatter:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return go.Scatter(
        x=np.concatenate([steps, steps[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
        line={"width": 0}, fillcolor=f"rgba({red},{green},{blue},0.15)", showlegend=False, hoverinfo="skip",
    )  # fmt: skip


# --------------------------------------------------------------------------------------------- gradients
def layer_packet(found: Results) -> LayerNormsPacket:
    """For the component `layer_norms`: every cell that was trained, in its colour. Raises ValueError if none was."""
    data = packet(found, [one.cell.label for one in found.cells])
    cells: list[LayerNormsCell] = [{**cell, "colour": look(found, cell["name"])[0]} for cell in data["cells"]]
    return {**data, "cells": cells, "columns": min(2, len(cells))}


def first_and_last(found: Results, *, theme: str | None = None, height: int = 320) -> go.Figure:
    """The first layer's gradient norm over the last layer's, over the steps, logarithmic; the median of the seeds."""
    chart = go.Figure()
    for one in found.cells:
        norms = gradient_norms(one)
        if norms is None:
            continue
        colour, dash = look(found, one.cell.label)
        chart.add_trace(go.Scatter(
            x=norms.steps, y=[float(value) if math.isfinite(value) and value > 0 else None for value in norms.share],
            mode="lines+markers", name=one.cell.label, line={"color": colour, "width": 2.2, "dash": dash},
            marker={"size": 5}, hovertemplate=f"{one.cell.label}, step %{{x:,}}: %{{y:.3g}}<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(title_text="first layer's gradient / last layer's", **log_axis.of(chart, "y"))
    return chart


# --------------------------------------------------------------------------------------------- blocks
def block_chart(found: Results) -> scrub_charts.ScrubChartPacket | None:
    """‖F(x)‖ / ‖x‖ by block, scrubbed over the steps, and its mean over the blocks; None where nothing was measured.

    One panel for all networks with the same number of blocks.
    """
    measured = [item for one in found.cells if (item := ratios(one)) is not None]
    if not measured:
        return None
    length = min(len(item.steps) for item in measured)
    steps = measured[0].steps[:length].tolist()
    colours = {item.cell: index for index, item in enumerate(measured)}
    top = max(float(np.nanmax(item.values)) for item in measured)
    panels = [
        scrub_charts.panel(
            f"By block, {group[0].cell if len(group) == 1 else f'{count} blocks'}", "block", list(range(1, count + 1)),
            [scrub_charts.series(item.cell, "line", item.values[:length], colour=colours[item.cell], framed=True,
                                 marked=True) for item in group] + _beginning(group, colour=len(measured)),
            limits=(0.0, top),
        )
        for count, group in _by_depth(measured).items()
    ]  # fmt: skip
    panels.append(scrub_charts.panel("Mean over the blocks", "step", steps, [
        scrub_charts.series(item.cell, "line", item.values[:length].mean(axis=1), colour=colours[item.cell])
        for item in measured
    ], limits=(0.0, max(float(np.nanmax(item.values.mean(axis=1))) for item in measured))))  # fmt: skip
    frames: list[scrub_charts.ScrubStop] = [
        {"label": f"{step:,}", "at": step, "says": captions.moment(measured, moment)}
        for moment, step in enumerate(steps)
    ]
    return scrub_charts.chart("step", frames, panels, start=length - 1)


def _beginning(group: Sequence[Ratios], *, colour: int) -> list[scrub_charts.Series]:
    """The first measured step, which stays while the others are scrubbed; only where it has a panel to itself."""
    if len(group) > 1:
        return []
    return [scrub_charts.series(f"at step {group[0].steps[0]}", "line", group[0].values[0], colour=colour)]


def _by_depth(measured: Sequence[Ratios]) -> dict[int, list[Ratios]]:
    groups: dict[int, list[Ratios]] = {}
    for item in measured:
        groups.setdefault(len(item.blocks), []).append(item)
    return groups


def block_table(found: Results) -> list[dict[str, str]]:
    """A row a block of any network: its ratio at the first and the last measured step."""
    return [
        {"network": item.cell, "block": block, f"step {item.steps[0]}": number(float(first)),
         f"step {item.steps[-1]}": number(float(last))}
        for one in found.cells if (item := ratios(one)) is not None
        for block, first, last in zip(item.blocks, item.values[0], item.values[-1], strict=True)
    ]  # fmt: skip
