"""The ways through the layers: the made image, the real ones, and images drawn at random."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.topics.looks_for.records import Ways


def ways(found: Ways, theme: str | None) -> go.Figure:
    """A line each over the layers; the made image with its 95 % interval."""
    paint = looks.colours(theme)
    x = list(range(1, len(found.layers) + 1))
    figure = go.Figure()
    lines = (
        ("real images among themselves", found.real, looks.SERIES[1], "solid", None),
        ("the made image with them", found.made, looks.SERIES[0], "solid", found.wide),
        ("images drawn at random with them", found.other, paint.muted, "dot", None),
    )
    for name, values, colour, dash, wide in lines:
        figure.add_scatter(
            x=x, y=values, name=name, mode="lines+markers", line={"color": colour, "dash": dash, "width": 2},
            marker={"size": 5}, text=list(found.layers), hovertemplate="%{text}: %{y:.2f}<extra></extra>",
            error_y=None if wide is None else {"array": wide, "color": colour, "thickness": 1},
        )  # fmt: skip
    figure.update_xaxes(title_text="layer, counted from the image to the unit", tick0=1, dtick=max(1, len(x) // 8))
    figure.update_yaxes(title_text="rank correlation", range=_span(found))
    return looks.apply(figure, theme, height=330)


def _span(found: Ways) -> list[float]:
    """From −0.1 to 1, or as far as a line or an interval goes."""
    ends = np.concatenate([found.made - found.wide, found.made + found.wide, found.real, found.other, [-0.1, 1.0]])
    return [float(np.nanmin(ends)) - 0.05, float(np.nanmax(ends)) + 0.05]
