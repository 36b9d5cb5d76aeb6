"""The ways through the layers: the made image, the real ones, and images drawn at random."""

from __future__ import annotations

import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.topics.looks_for.records import Ways


def ways(found: Ways, theme: str | None) -> go.Figure:
    """A line each over the layers; the made image with its 95 % interval."""
    paint = looks.colours(theme)
    x = list(range(len(found.layers)))
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
    figure.update_xaxes(title_text="layer, from the image to the unit", showticklabels=False)
    figure.update_yaxes(title_text="rank correlation", range=[min(-0.1, float(found.made.min()) - 0.1), 1.05])
    return looks.apply(figure, theme, height=330)
