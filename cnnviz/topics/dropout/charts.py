"""Dropout measured: how fast means settle, variances, how a prediction scatters, what two masks share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import log_axis, looks
from cnnviz.figures.numbers import number
from cnnviz.records import Array
from cnnviz.topics.dropout.records import Averages, MaskOverlap, MonteCarlo

CLASSES = 5


def means(found: Averages, *, theme: str | None = None, height: int = 400) -> go.Figure:
    """Error of the mean against n, both axes logarithmic: both conventions, what 1/√n predicts, single series faint."""
    first, second = looks.SERIES[:2]
    chart = go.Figure()
    single = np.sqrt((found.errors[:, :6] ** 2).mean(axis=2))
    for at in range(single.shape[1]):
        faint = _line(found.counts, single[:, at], name="one series", line={"color": first, "width": 1})
        chart.add_trace(faint.update(opacity=0.3, showlegend=at == 0))
    pairs = (
        ("upscale_in_train", found.rms, found.expected, first),
        ("downscale_in_infer", found.downscale_rms, found.downscale_expected, second),
    )
    for name, measured, expected, colour in pairs:
        line = _line(found.counts, measured, name=name, line={"color": colour, "width": 2.5})
        chart.add_trace(line.update(mode="lines+markers"))
        dashed = {"color": colour, "width": 1.5, "dash": "dash"}
        chart.add_trace(_line(found.counts, expected, name="∝ 1/√n", line=dashed).update(showlegend=colour == first))
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="n, masks in the mean", **log_axis.of(chart, "x"))
    chart.update_yaxes(title_text="error of the mean (root mean square)", **log_axis.of(chart, "y"))
    return chart


def variances(found: Averages, *, theme: str | None = None, height: int = 300) -> go.Figure:
    """Measured variance of each unit beside x²·p/(1−p), with the band that chance explains."""
    units = [f"x = {number(float(value))}" for value in found.x]
    chart = go.Figure()
    chart.add_trace(
        go.Bar(
            x=list(range(len(units))), y=found.variance, name="measured", marker_color=looks.SERIES[0],
            customdata=units,
            hovertemplate="%{customdata}<br>measured %{y:.4g}<extra></extra>",
        )
    )  # fmt: skip
    chart.add_trace(
        go.Scatter(
            x=list(range(len(units))), y=found.variance_formula, name="x²·p/(1−p), ± 5 standard deviations",
            marker={"symbol": "line-ew-open", "size": 22, "color": looks.SERIES[1], "line": {"width": 3}},
            mode="markers", error_y={"type": "data", "array": found.variance_band, "thickness": 1.5}, customdata=units,
            hovertemplate="%{customdata}<br>formula %{y:.4g}<extra></extra>",
        )
    )  # fmt: skip
    looks.apply(chart, theme, height=height)
    numbers = [number(float(value)) for value in found.x]  # short enough to stand upright on a phone
    chart.update_xaxes(tickvals=list(range(len(units))), ticktext=numbers, title_text="x of each unit")
    chart.update_yaxes(title_text="variance", rangemode="tozero")
    return chart


# ------------------------------------------------------------------------------------------------ MC dropout
def scatter(found: MonteCarlo, classes: Sequence[str], *, theme: str | None = None, height: int = 330) -> go.Figure:
    """One strip a class: a dot a mask, mean and standard deviation, and a cross for the prediction without a mask."""
    paint, order = looks.colours(theme), top_classes(found)
    jitter = np.random.default_rng(0).uniform(-0.28, 0.28, len(found.samples))
    chart = go.Figure()
    for place, at in enumerate(order):
        chart.add_trace(
            go.Scatter(
                x=found.samples[:, at], y=place + jitter, mode="markers", name="one mask", showlegend=place == 0,
                marker={"size": 5, "color": looks.SERIES[0], "opacity": 0.45},
                hovertemplate=f"{_short(classes[at])}<br>%{{x:.4f}}<extra></extra>",
            )
        )  # fmt: skip
    chart.add_trace(
        go.Scatter(
            x=found.mean[order], y=list(range(len(order))), mode="markers", name="mean ± standard deviation",
            marker={"size": 9, "color": paint.text},
            error_x={"type": "data", "array": found.std[order], "thickness": 2},
            hovertemplate="mean %{x:.4f}<extra></extra>",
        )
    )  # fmt: skip
    chart.add_trace(
        go.Scatter(
            x=found.plain[order], y=list(range(len(order))), mode="markers", name="without a mask",
            marker={"size": 11, "symbol": "x-thin-open", "color": looks.SERIES[1], "line": {"width": 3}},
            hovertemplate="without a mask %{x:.4f}<extra></extra>",
        )
    )  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="probability", range=[-0.02, 1.02])
    ticks = [_short(classes[at]) for at in order]
    chart.update_yaxes(tickvals=list(range(len(order))), ticktext=ticks, autorange="reversed", zeroline=False)
    return chart


def top_classes(found: MonteCarlo) -> Array:
    """The five classes with the largest mean."""
    order: Array = np.argsort(-found.mean, kind="stable")[:CLASSES]
    return order


# ------------------------------------------------------------------------------------------------ two masks
def sharing(found: MaskOverlap, *, theme: str | None = None, height: int = 320) -> go.Figure:
    """Share of units that two masks both keep, and the Jaccard index, against p: measured and expected."""
    chart = go.Figure()
    known = [row[np.isfinite(row)] for row in found.jaccard]
    jaccard = [float(row.mean()) if len(row) else None for row in known]
    rows = (
        ("both keep it, share of the units", found.both.mean(1) / found.units, "(1−p)²"),
        ("Jaccard index", jaccard, "(1−p)/(1+p)"),
    )
    expectations = (found.expected_both / found.units, found.expected_jaccard)
    for (name, measured, formula), expected, colour in zip(rows, expectations, looks.SERIES, strict=False):
        dots = {"size": 8, "color": colour}
        chart.add_trace(go.Scatter(x=found.probabilities, y=measured, name=name, mode="markers", marker=dots))
        line = {"color": colour, "width": 1.5, "dash": "dash"}
        chart.add_trace(go.Scatter(x=found.probabilities, y=expected, name=formula, mode="lines", line=line))
    looks.apply(chart, theme, height=height)
    chart.update_traces(hovertemplate="p = %{x:.2f}<br>%{y:.3f}")
    chart.update_xaxes(title_text="p, the share to drop", range=[-0.02, 1.02])
    chart.update_yaxes(title_text="overlap, 0 to 1", range=[-0.02, 1.05])
    return chart


def _line(x: Array, y: Array, *, name: str, line: dict[str, Any]) -> go.Scatter:
    shown = np.where(y > 0, y, np.nan)  # a logarithmic axis has no zero
    return go.Scatter(
        x=x, y=shown, name=name, mode="lines", line=line, marker={"size": 5}, legendgroup=name + line["color"],
        hovertemplate="n = %{x:,}<br>%{y:.4g}",
    )  # fmt: skip


def _short(label: str) -> str:
    return label if len(label) <= 22 else label[:21] + "…"
