"""An experiment's results: bars with intervals beside published numbers, accuracy over steps, lines over a grid."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import captions, log_axis, looks
from cnnviz.records import Array
from cnnviz.records.experiments import CellResult, Published, Results

WIDTH, BESIDE = 0.5, 0.36  # of a bar; of the marks beside it, from its middle
FEW = 4  # cells that are shown as bars
DASHES = ("solid", "dash", "dot", "dashdot")


def summary(
    found: Results, published: Mapping[str, Published], *, axis: str = "", theme: str | None = None, height: int = 340
) -> go.Figure:
    """Bars for a few cells, lines over the settings for a grid; bars again where the labels make no grid.

    axis: what the settings of a grid are.
    """
    lines = {one.cell.label.partition(", ")[0] for one in found.cells}
    if len(found.cells) <= FEW or len(lines) > len(DASHES):
        return bars(found, published, theme=theme, height=height)
    return over_settings(found, axis=axis, theme=theme, height=height)


def bars(
    found: Results, published: Mapping[str, Published], *, theme: str | None = None, height: int = 360
) -> go.Figure:
    """A bar a cell: the mean, its 95 % interval, every seed as a dot, and the published number as a diamond."""
    paint = looks.colours(theme)
    labels = [one.cell.label for one in found.cells]
    means = [None if math.isnan(one.mean) else 100 * one.mean for one in found.cells]
    spread = [0.0 if math.isnan(one.interval) else 100 * one.interval for one in found.cells]
    chart = go.Figure()
    chart.add_trace(go.Bar(
        x=list(range(len(labels))), y=means, name=_bar_name(found), width=WIDTH, customdata=labels,
        marker={"color": [looks.SERIES[i % len(looks.SERIES)] for i in range(len(labels))], "opacity": 0.75},
        error_y={"type": "data", "array": spread, "color": paint.text, "thickness": 1.8, "width": 8},
        hovertemplate="%{customdata}<br>%{y:.2f} %<extra></extra>",
    ))  # fmt: skip
    if found.n > 1:
        seeds = [(index, run) for index, one in enumerate(found.cells) for run in one.runs]
        chart.add_trace(go.Scatter(
            x=[index - BESIDE for index, _ in seeds], y=[100 * run.test_accuracy for _, run in seeds], mode="markers",
            name="one seed", marker={"size": 6, "color": paint.muted}, customdata=[run.seed for _, run in seeds],
            hovertemplate="seed %{customdata}: %{y:.2f} %<extra></extra>",
        ))  # fmt: skip
    if published:
        source = next(iter(published.values())).source
        chart.add_trace(go.Scatter(
            x=[labels.index(label) + BESIDE for label in published],
            y=[100 * one.accuracy for one in published.values()], mode="markers", name=source,
            marker={"size": 11, "symbol": "diamond", "color": paint.accent},
            hovertemplate=source + ": %{y:.0f} %<extra></extra>",
        ))  # fmt: skip
    named = [f"{label.replace(', ', ',<br>')}<br><b>{_said(one)}</b>" for label, one in zip(labels, found.cells,
                                                                                          strict=True)]  # fmt: skip
    chart.update_xaxes(tickvals=list(range(len(labels))), ticktext=named, range=[-0.6, len(labels) - 0.4])
    looks.apply(chart, theme, height=height)
    chart.update_yaxes(title_text="test images right (%)", range=[0, 102])
    return chart


def over_steps(
    found: Results, *, theme: str | None = None, height: int = 340, log: bool = False,
    under_way: tuple[str, Mapping[str, Array]] | None = None,
) -> go.Figure:  # fmt: skip
    """Accuracy on the training batches over the steps, mean over the seeds, the band from the lowest to the highest.

    under_way: (cell, curves) of a run that is not finished.
    """
    chart = go.Figure()
    for index, result in enumerate(found.cells):
        steps, mean = result.curve("accuracy")
        colour = looks.SERIES[index % len(looks.SERIES)]
        if result.n > 1:
            every = np.array([run.curves["accuracy"][: len(steps)] for run in result.runs]) * 100
            chart.add_trace(_band(steps, every.min(0), every.max(0), colour))
        if under_way is not None and under_way[0] == result.cell.label and not result.n:
            steps, mean = under_way[1].get("step", steps), under_way[1].get("accuracy", mean)
        if len(steps):
            chart.add_trace(go.Scatter(
                x=steps, y=100 * mean, mode="lines", name=result.cell.label, hovertemplate="step %{x:,}: %{y:.1f} %",
                line={"color": colour, "width": 2.5, "dash": DASHES[index % len(DASHES)]},
            ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step" + (", logarithmic" if log else ""), **(log_axis.of(chart, "x") if log else {}))
    chart.update_yaxes(title_text="training batches right (%)", range=[0, 102])
    return chart


def over_settings(found: Results, *, axis: str = "", theme: str | None = None, height: int = 340) -> go.Figure:
    """Test accuracy over the settings of a grid, a line a network: labels are "network, setting"; axis names those."""
    lines: dict[str, list[CellResult]] = {}
    for one in found.cells:
        lines.setdefault(one.cell.label.partition(", ")[0], []).append(one)
    settings = [one.cell.label.partition(", ")[2] for one in next(iter(lines.values()))]
    shared = _shared_end(settings)
    ticks = [one.removesuffix(shared).strip().replace("%", " %") for one in settings]
    chart = go.Figure()
    for index, (name, results) in enumerate(lines.items()):
        spread = [0.0 if math.isnan(one.sd) else 100 * one.sd for one in results]
        chart.add_trace(go.Scatter(
            x=ticks, y=[None if math.isnan(one.mean) else 100 * one.mean for one in results], name=name,
            mode="lines+markers",
            line={"color": looks.SERIES[index], "width": 2.5, "dash": DASHES[index]}, marker={"size": 8},
            error_y={"type": "data", "array": spread, "thickness": 1.5, "width": 6},
            hovertemplate="%{x}: %{y:.1f} %",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(type="category", title_text=axis or shared)
    lowest = min((100 * run.test_accuracy for one in found.cells for run in one.runs), default=0.0)
    chart.update_yaxes(title_text="test images right (%)", range=[max(0.0, lowest - 6), 101])
    return chart


def slow_start_words(found: Results, fast: str, slow: str, *, share: float = 0.5) -> str:
    """When each of two cells first gets so many of its training batches right, a sentence each."""
    said = []
    for label in (fast, slow):
        steps, accuracy = found[label].curve("accuracy")
        reached = np.flatnonzero(accuracy >= share)
        said.append(captions.half_right(label, int(steps[reached[0]]) if len(reached) else None))
    return " ".join(said)


def provenance_words(found: Results) -> str:
    """Where the numbers come from: seeds, time, machine, version."""
    runs = [run for one in found.cells for run in one.runs]
    if not runs:
        return captions.NOTHING_TRAINED
    machines, versions = sorted({run.device for run in runs}), sorted({run.versions.get("torch", "") for run in runs})
    return captions.provenance(
        runs=len(runs), seeds=found.n, cells=len(found.cells), seconds=found.seconds,
        machines="; ".join(machines), versions=", ".join(versions),
    )  # fmt: skip


def table(found: Results, published: Mapping[str, Published]) -> list[dict[str, str | int]]:
    """A row a cell, as words."""
    rows: list[dict[str, str | int]] = []
    for one in found.cells:
        row: dict[str, str | int] = {"cell": one.cell.label, "n": one.n, "mean": _percent(one.mean)}
        row |= {"95 % interval, ±": _points(one.interval), "standard deviation": _points(one.sd)}
        if one.cell.label in published:
            row["published"] = f"{published[one.cell.label].accuracy * 100:.0f} %"
        rows.append(row)
    return rows


def runs_csv(found: Results) -> str:
    """One line a run: cell, seed, test accuracy and loss, seconds, device."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["cell", "seed", "test_accuracy", "test_loss", "seconds", "device"])
    for one in found.cells:
        for run in one.runs:
            writer.writerow([run.cell, run.seed, run.test_accuracy, run.test_loss, run.seconds, run.device])
    return target.getvalue()


def _shared_end(settings: list[str]) -> str:
    """The words that all settings end in: they belong under the axis, not under every tick."""
    words = [one.split(" ") for one in settings]
    count = 0
    while count < min(map(len, words)) - 1 and len({tuple(one[-count - 1 :]) for one in words}) == 1:
        count += 1
    return " ".join(words[0][len(words[0]) - count :])


def _band(steps: Array, low: Array, high: Array, colour: str) -> go.Scatter:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return go.Scatter(
        x=np.concatenate([steps, steps[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
        line={"width": 0}, fillcolor=f"rgba({red},{green},{blue},0.15)", showlegend=False, hoverinfo="skip",
    )  # fmt: skip


def _bar_name(found: Results) -> str:
    return f"mean of {found.n} seeds, 95 % interval" if found.n > 1 else "one seed"


def _said(one: CellResult) -> str:
    if not one.n:
        return ""
    return f"{one.mean * 100:.1f}" + ("" if math.isnan(one.interval) else f" ± {one.interval * 100:.1f}")


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value * 100:.2f} %"


def _points(value: float) -> str:
    return "–" if math.isnan(value) else f"{value * 100:.2f}"
