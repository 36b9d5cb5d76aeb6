"""The reliability diagram: how often a network is right, over how sure it is."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.topics.training_lab.calibration import Calibration


def reliability(found: Calibration, *, theme: str | None = None) -> go.Figure:
    """A bar a bin that holds images, as wide as the bin; the dashed line is where sure and right are equal."""
    paint, held = looks.colours(theme), found.counts > 0
    centres, width = (found.edges[1:] + found.edges[:-1]) / 2, float(found.edges[1])
    figure = go.Figure(
        go.Bar(
            x=100 * centres[held], y=100 * found.accuracy[held], width=100 * width * 0.94, name="right",
            marker_color=looks.SERIES[0],
            customdata=np.stack([found.counts[held], 100 * found.confidence[held]], axis=1),
            hovertemplate="%{customdata[0]:,} images, sure by %{customdata[1]:.1f} %<br>%{y:.1f} % right"
            "<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(x=[0, 100], y=[0, 100], mode="lines", name="as sure as right", hoverinfo="skip",
                   line={"dash": "dash", "width": 1.5, "color": paint.muted})
    )  # fmt: skip
    looks.apply(figure, theme, height=320)
    figure.update_xaxes(title_text="sure (%)", range=[0, 100], dtick=20)
    figure.update_yaxes(title_text="right (%)", range=[0, 103], dtick=20)
    return figure
