"""What became of a network's prediction, and of its layers, after an activation was replaced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import percent
from cnnviz.records import Score
from cnnviz.topics.activations.captions import LAYER_CHANGE
from cnnviz.topics.activations.records import Swapped


def table(rows: Sequence[tuple[str, Sequence[Score]]], *, old: int) -> list[dict[str, str]]:
    """One line a function: its prediction, and the probability of the old one (a class's index)."""
    lines = []
    for title, ranked in rows:
        rank, score = next((place, one) for place, one in enumerate(ranked, start=1) if one.index == old)
        lines.append(
            {
                "function": title,
                "prediction": ranked[0].label,
                "probability": percent(ranked[0].probability),
                "of the old prediction": percent(score.probability),
                "its rank": f"{rank:,}",
            }
        )
    return lines


def change(found: Swapped, *, theme: str | None = None, height: int = 260) -> go.Figure:
    """How far each layer from the swap on is from what it was: ‖after − before‖ / ‖before‖, in per cent."""
    paint = looks.colours(theme)
    share = np.where(np.isfinite(found.change), found.change * 100, np.nan)
    figure = go.Figure(
        go.Scatter(
            x=list(range(len(found.keys))), y=share, customdata=list(found.keys), mode="lines+markers",
            line={"color": paint.accent, "width": 2}, marker={"size": 5},
            hovertemplate="%{customdata}<br>%{y:.3g} % of its size<extra></extra>",
        )
    )  # fmt: skip
    looks.apply(figure, theme, height=height)
    figure.update_layout(title={"text": LAYER_CHANGE, "font": {"size": 13}})
    figure.update_xaxes(title_text="layers after the swap", tickformat=",d")
    figure.update_yaxes(title_text="%", rangemode="tozero")
    return figure
