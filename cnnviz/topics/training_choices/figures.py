"""Training choices drawn: who is forgotten, how batches scatter, training beside test, the size of a step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import log_axis, looks, palettes
from cnnviz.figures.batches import MOST_BARS, BatchMixPacket, MixRow
from cnnviz.figures.numbers import whole_percent
from cnnviz.records import Array
from cnnviz.records.batches import Mix
from cnnviz.records.experiments import CellResult, Results
from cnnviz.topics.training_choices.records import BatchNoise, Forgetting, OptimizerPath

FIRST = 48  # batches of an epoch that are shown one by one
PLOTLY_DASHES = ("solid", "dash", "dot", "dashdot")


# ------------------------------------------------------------------------------------------------------------- order
def mix(mixes: Sequence[Mix], classes: Sequence[str], *, whole: bool) -> BatchMixPacket:
    """Header for the component `batch_mix`: the first batches of an epoch, or at most 64 of all, evenly taken."""
    steps = len(mixes[0].counts)
    shown = np.linspace(0, steps - 1, min(steps, MOST_BARS)).round() if whole else np.arange(min(steps, FIRST))
    places = np.unique(shown.astype(int))
    rows: list[MixRow] = [
        {"order": one.order, "counts": one.counts[places].tolist(), "words": _classes_words(one)} for one in mixes
    ]
    counted = steps if whole else len(places)
    return {"classes": list(classes), "batches": (places + 1).tolist(), "steps": counted, "rows": rows}


def _classes_words(one: Mix) -> str:
    found = one.distinct
    return f"{found.mean():.1f} different classes in a batch on average, {found.min()} to {found.max()}"


def forgotten(found: Forgetting, *, theme: str | None = None, height: int = 330) -> go.Figure:
    """A line a class, a column every few steps: how many of its test images are right. Dots: what was shown."""
    paint, names = looks.colours(theme), [f"“{name}”" for name in found.classes]
    stops = palettes.lut("magnitude", "dark" if theme == "dark" else "light")[:: 255 // 15]
    scale = [[i / (len(stops) - 1), f"rgb({r},{g},{b})"] for i, (r, g, b) in enumerate(stops.tolist())]
    chart = go.Figure(
        go.Heatmap(
            x=found.steps, y=names, z=100 * found.right.T, zmin=0, zmax=100, colorscale=scale,
            colorbar={"title": {"text": "% right", "font": {"size": 12}}, "thickness": 12},
            hovertemplate="step %{x}, class %{y}: %{z:.0f} % right<extra></extra>",
        )
    )  # fmt: skip
    steps, classes = np.nonzero(found.shown >= 0.5)
    if len(steps):
        chart.add_trace(
            go.Scatter(
                x=found.steps[steps], y=[names[one] for one in classes], mode="markers", hoverinfo="skip",
                marker={"size": 7, "color": paint.accent, "line": {"color": paint.background, "width": 1}},
                name="the class in the batches just before", showlegend=True,
            )
        )  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(title_text="class", autorange="reversed")
    return chart


# ------------------------------------------------------------------------------------------------------- batch size
def scatter(found: BatchNoise, *, theme: str | None = None, height: int = 340) -> go.Figure:
    """A dot a batch: its accuracy; and where two thirds of the dots must lie if nothing but chance is at work."""
    paint, chance = looks.colours(theme), np.random.default_rng(0)
    chart = go.Figure()
    for index, one in enumerate(found.sizes):
        beside = index + chance.uniform(-0.28, 0.28, len(one.accuracies))
        chart.add_trace(go.Scatter(
            x=beside, y=100 * one.accuracies, mode="markers", showlegend=False,
            marker={"size": 4.5, "color": looks.SERIES[index % len(looks.SERIES)], "opacity": 0.6},
            hovertemplate=f"a batch of {one.size}: %{{y:.1f}} %<extra></extra>",
        ))  # fmt: skip
    chart.add_trace(go.Scatter(
        x=list(range(len(found.sizes))), y=[100 * found.accuracy] * len(found.sizes), mode="markers",
        name="expected: √(p(1 − p)/B)", marker={"size": 8, "symbol": "diamond", "color": paint.text},
        error_y={"type": "data", "array": [100 * one.expected for one in found.sizes], "color": paint.text,
                 "thickness": 2, "width": 10},
        hovertemplate="%{y:.1f} ± %{error_y.array:.1f} %<extra></extra>",
    ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(tickvals=list(range(len(found.sizes))), ticktext=[f"{one.size:,}" for one in found.sizes],
                       title_text="images in a batch")  # fmt: skip
    chart.update_yaxes(title_text="images of a batch classified correctly (%)")
    return chart


def directions(found: BatchNoise, *, theme: str | None = None, height: int = 340) -> go.Figure:
    """How far each batch's gradient points the way of all images' gradient: the cosine between them."""
    chart = go.Figure()
    for index, one in enumerate(found.sizes):
        chart.add_trace(go.Scatter(
            x=[index] * len(one.cosines), y=one.cosines, mode="markers", showlegend=False,
            marker={"size": 7, "color": looks.SERIES[index % len(looks.SERIES)], "opacity": 0.7},
            hovertemplate=f"a batch of {one.size}: cosine %{{y:.2f}}<extra></extra>",
        ))  # fmt: skip
    chart.add_trace(go.Scatter(
        x=list(range(len(found.sizes))), y=[one.cosines.mean() for one in found.sizes], name="mean", mode="lines",
        line={"color": looks.colours(theme).text, "width": 1.5}, hovertemplate="mean %{y:.2f}<extra></extra>",
    ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(tickvals=list(range(len(found.sizes))), ticktext=[f"{one.size:,}" for one in found.sizes],
                       title_text="images in a batch")  # fmt: skip
    chart.update_yaxes(title_text="cosine with the gradient of all images", range=[min(0.0, *(
        float(one.cosines.min()) for one in found.sizes)) - 0.03, 1.03])  # fmt: skip
    return chart


def pace(found: Results) -> list[dict[str, str]]:
    """A row a batch size: steps, what one costs, what was reached."""
    rows = []
    for one in found.cells:
        if one.n:
            steps, seconds = one.runs[0].curves["step"][-1], float(np.mean([run.seconds for run in one.runs]))
            rows.append({
                "batch": one.cell.label, "steps": f"{steps:,.0f}", "seconds": f"{seconds:.1f}",
                "ms a step, testing included": f"{1000 * seconds / steps:.2f}",
            })  # fmt: skip
    return rows


# ----------------------------------------------------------------------------------------------------- augmentation
def train_and_test(found: Results, labels: Sequence[str], *, theme: str | None = None, height: int = 350) -> go.Figure:
    """Solid: training batches, a mean each epoch; dashed: test images after it. The gap lies between."""
    chart = go.Figure()
    for index, one in enumerate(found.cells):
        if one.n and one.cell.label in labels:
            colour = looks.SERIES[index % len(looks.SERIES)]
            epochs, train, test = per_epoch(one)
            for values, words, dash in ((train, "training", "solid"), (test, "test", "dash")):
                chart.add_trace(go.Scatter(
                    x=epochs, y=100 * values, mode="lines+markers", name=f"{one.cell.label}, {words}",
                    line={"color": colour, "width": 2.5, "dash": dash}, marker={"size": 5},
                    hovertemplate=f"{one.cell.label}, {words}, epoch %{{x}}: %{{y:.1f}} %<extra></extra>",
                ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="epoch")
    chart.update_yaxes(title_text="images classified correctly (%)")
    return chart


def gaps(found: Results, *, theme: str | None = None, height: int = 350) -> go.Figure:
    """Training accuracy minus test accuracy over the epochs, a line a cell."""
    chart = go.Figure()
    for index, one in enumerate(found.cells):
        if one.n:
            epochs, train, test = per_epoch(one)
            chart.add_trace(go.Scatter(
                x=epochs, y=100 * (train - test), mode="lines", name=one.cell.label,
                line={"color": looks.SERIES[index % len(looks.SERIES)], "width": 2.5,
                      "dash": PLOTLY_DASHES[index % len(PLOTLY_DASHES)]},
                hovertemplate=f"{one.cell.label}, epoch %{{x}}: %{{y:.1f}} points<extra></extra>",
            ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="epoch")
    chart.update_yaxes(title_text="training minus test (points)")
    return chart


def per_epoch(one: CellResult) -> tuple[Array, Array, Array]:
    """(epoch, training accuracy, test accuracy), means over the runs; float64 [epochs] each."""
    passes = min(len(run.epochs["epoch"]) for run in one.runs)
    ends = [np.concatenate([[0.0], run.epochs["step"][:passes]]) for run in one.runs]
    train = [
        [run.average("accuracy", after=start, until=end) for start, end in pairwise(edges)]
        for run, edges in zip(one.runs, ends, strict=True)
    ]
    test = [run.epochs["test_accuracy"][:passes] for run in one.runs]
    return np.arange(1, passes + 1, dtype=float), np.mean(train, axis=0), np.mean(test, axis=0)


# ------------------------------------------------------------------------------------------------------- optimisers
def milestones(found: Results, shares: Sequence[float] = (0.5, 0.8, 0.9)) -> list[dict[str, str]]:
    """A row an optimiser: the step at which its mean curve first gets so many of a training batch right."""
    rows = []
    for one in found.cells:
        if one.n:
            row = {"optimiser": one.cell.label, "learning rate": f"{one.cell.config.lr:g}"}
            for share in shares:
                step = one.reached(share)
                row[f"steps to {whole_percent(share)}"] = "never" if math.isnan(step) else f"{step:,.0f}"
            seconds = np.mean([run.seconds for run in one.runs])
            rows.append(row | {"seconds": f"{seconds:.1f}"})
    return rows


def step_sizes(descents: Mapping[str, OptimizerPath], *, theme: str | None = None, height: int = 320) -> go.Figure:
    """How far each optimiser moves a weight at every step, given the same gradients."""
    chart = go.Figure()
    for index, (name, one) in enumerate(descents.items()):
        moved = np.abs(np.diff(one.weights[:, 0]))
        chart.add_trace(go.Scatter(
            x=np.arange(1, len(moved) + 1), y=moved, name=name, mode="lines",
            line={"color": looks.SERIES[index], "width": 2.5, "dash": PLOTLY_DASHES[index]},
            hovertemplate=f"{name}, step %{{x}}: %{{y:.2g}}<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(title_text="distance moved", **log_axis.of(chart, "y"))
    return chart
