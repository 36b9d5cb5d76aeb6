"""Bars of how far each layer moved, from the first layer to the last."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import percent
from cnnviz.topics.training_lab.moved import Moved

KEPT = "kept"


def bars(found: Moved, *, theme: str | None = None) -> go.Figure:
    """One bar a layer; a layer that was held is named so."""
    known = [0.0 if math.isnan(one) else one for one in found.change]
    words = [KEPT if one == 0 else "began at 0" if math.isnan(one) else percent(one) for one in found.change]
    chart = go.Figure(
        go.Bar(
            x=[100 * one for one in known], y=list(found.layers), orientation="h", marker_color=looks.SERIES[0],
            text=words, textposition="outside", textfont={"size": 12}, cliponaxis=False, constraintext="none",
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    looks.apply(chart, theme, height=90 + 22 * len(found.layers))
    chart.update_xaxes(title_text="moved, % of its size", rangemode="tozero", range=[0, 118 * max([*known, 1e-3])])
    chart.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return chart
