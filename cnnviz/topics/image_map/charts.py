"""How well neighbours know the class, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import percent
from cnnviz.topics.image_map.records import Parted


def parted(found: Sequence[Parted], theme: str | None) -> go.Figure:
    """The share that is found by five neighbours, with its 95 % interval; what guessing gets is a dotted line."""
    paint = looks.colours(theme)
    x = [one.layer for one in found]
    figure = go.Figure()
    figure.add_scatter(
        x=x, y=[100 * one.right for one in found], name="by five neighbours", mode="lines+markers",
        line={"color": paint.accent}, error_y={"array": [100 * one.wide for one in found], "color": paint.accent},
        customdata=[percent(one.right) for one in found], hovertemplate="%{x}: %{customdata}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=[100 * one.chance for one in found], name="guessing the largest class", mode="lines",
        line={"color": paint.muted, "dash": "dot"}, customdata=[percent(one.chance) for one in found],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(range=[0, 102], title_text="class found (%)")
    figure.update_xaxes(tickangle=-40, title_text="layer, from the image to the answer")
    return looks.apply(figure, theme, height=300)
