"""How much of each map lies on the planted square, in the network that uses it and in its twin."""

from __future__ import annotations

import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import percent
from cnnviz.topics.attribution import shortcut_captions
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut, half_width


def pointed(found: PlantedShortcut, theme: str | None) -> go.Figure:
    """A line a method with two means and their 95 % intervals; the square's area as a dotted line. Controls last."""
    paint = looks.colours(theme)
    rank = sorted(found.methods, key=lambda one: (not one.is_control, one.cue.mean()))
    figure = go.Figure()
    two = ((shortcut_captions.CUE, looks.SERIES[1], ""), (shortcut_captions.TWIN, looks.SERIES[0], "-open"))
    for name, colour, hollow in two:
        values = [one.cue if not hollow else one.twin for one in rank]
        figure.add_scatter(
            x=[100 * one.mean() for one in values], y=[one.title for one in rank], name=name, mode="markers",
            marker={"color": colour, "size": 9, "symbol": f"circle{hollow}"},
            error_x={"array": [100 * half_width(one) for one in values], "color": colour, "thickness": 1.6},
            customdata=[f"{percent(one.mean())} ± {percent(half_width(one))}" for one in values],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=100 * found.share, line={"dash": "dot", "color": paint.muted, "width": 1})
    figure.update_xaxes(title_text="share of the map on the patch (%)<br>mean and 95 % interval")
    return looks.apply(figure, theme, height=480)
