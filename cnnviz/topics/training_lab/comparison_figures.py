"""Curves of several runs over one another: what was measured faint, its running mean strong, seeds with an interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnviz.figures import log_axis, looks
from cnnviz.figures.curves import DASHES, TITLES, thin
from cnnviz.records import Array
from cnnviz.topics.training_lab.comparison import curve
from cnnviz.topics.training_lab.records import GroupCurve, RunGroup

AXIS_TITLES = {"step": "step", "epoch": "epoch", "seconds": "seconds of training and testing"}
SCALES = {"loss": 1.0, "accuracy": 100.0}
ROWS = ("loss", "accuracy")
HEIGHT, LINE, WIDE = 560, 28, 200  # pixels of the chart, of a line of its legend; letters in such a line
POINTS = 300  # of a curve here: several share one chart


def figure(
    found: Sequence[RunGroup],
    *,
    axis: str,
    half_life: float,
    tested: bool = False,
    log_loss: bool = False,
    theme: str | None = None,
) -> go.Figure:
    """Loss above accuracy, a colour a group. tested: of the test images after each epoch, not of training batches.

    half_life: steps after which a value counts half in the running mean; 0: as measured.
    """
    chart = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.07)
    for row, quantity in enumerate(ROWS, start=1):
        for number, group in enumerate(found):
            drawn = curve(group, f"test_{quantity}" if tested else quantity, axis, half_life=half_life)
            for trace in _traces(drawn, quantity, number, tested=tested, faint=half_life > 0 and not tested):
                chart.add_trace(trace.update(showlegend=bool(trace.showlegend) and row == 1), row=row, col=1)
        chart.update_yaxes(title_text=TITLES[quantity], row=row, col=1, rangemode="tozero")
    if log_loss:
        chart.update_yaxes(rangemode="normal", row=1, col=1, **log_axis.of(chart, "y", axis="y"))
    looks.apply(chart, theme, height=HEIGHT + LINE * _lines([group.label for group in found]))
    chart.update_xaxes(title_text=AXIS_TITLES[axis], rangemode="tozero", row=2, col=1)
    return chart


def _lines(labels: Sequence[str]) -> int:
    """How many lines of the legend come to the first; Plotly gives each name as much room as the longest takes."""
    columns = max(1, WIDE // (max(map(len, labels), default=0) + 8))
    return max(0, -(-len(labels) // columns) - 1)


def _traces(drawn: GroupCurve, quantity: str, number: int, *, tested: bool, faint: bool) -> list[go.Scatter]:
    colour = looks.SERIES[number % len(looks.SERIES)]
    dash = DASHES[number // len(looks.SERIES) % len(DASHES)]
    scale, mode = SCALES[quantity], "lines+markers" if tested else "lines"
    several = len(drawn.mean) > 0
    traces = []
    if faint and not several:
        traces += [_line(x, y * scale, colour, width=1, opacity=0.3) for x, y in drawn.raw]
    if several:
        traces += _band(drawn, scale, colour)
    width, opacity = (1.0, 0.4) if several else (2.4, 1.0)
    traces += [_line(x, y * scale, colour, width=width, opacity=opacity, dash=dash, mode=mode) for x, y in drawn.smooth]
    if several:
        traces.append(_line(drawn.x, drawn.mean * scale, colour, width=2.8, dash=dash))
    for trace in traces:
        trace.update(name=_safe(drawn.label), legendgroup=drawn.label, showlegend=False, hoverinfo="skip")
    if traces:
        traces[-1].update(showlegend=True, hovertemplate=_hover(drawn, quantity), hoverinfo=None)
    return traces


def _hover(drawn: GroupCurve, quantity: str) -> str:
    shown = "%{y:.3f}" if quantity == "loss" else "%{y:.1f} %"
    return f"{_safe(drawn.label)}<br>%{{x:,.4~g}}<br>{shown}<extra></extra>"


def _safe(label: str) -> str:
    """A name of somebody's own is no HTML and no template."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def _band(drawn: GroupCurve, scale: float, colour: str) -> list[go.Scatter]:
    there = np.isfinite(drawn.low) & np.isfinite(drawn.high)
    most = 1.0 if scale == SCALES["accuracy"] else np.inf  # no accuracy lies outside of 0 to 100 %
    low, high = (np.clip(edge[there], 0.0, most) * scale for edge in (drawn.low, drawn.high))
    x = drawn.x[there]
    outline = np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]])
    fill = {"fill": "toself", "fillcolor": colour, "line": {"width": 0}, "opacity": 0.18}
    return [go.Scatter(x=outline[0], y=outline[1], mode="lines", **fill)]


def _line(
    x: Array, y: Array, colour: str, *, width: float, opacity: float = 1.0, dash: str = "solid", mode: str = "lines"
) -> go.Scatter:  # fmt: skip
    kept = thin(x, y, points=POINTS)
    marker = {"size": 7, "symbol": "diamond", "color": colour} if "markers" in mode else None
    line = {"color": colour, "width": width, "dash": dash}
    return go.Scatter(x=kept[0], y=kept[1], mode=mode, opacity=opacity, line=line, marker=marker)
