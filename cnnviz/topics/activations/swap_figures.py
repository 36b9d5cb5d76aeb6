"""What became of a network's answer, and of its layers, after an activation was replaced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import percent
from cnnviz.records import Score
from cnnviz.topics.activations.records import Swapped


def words(before: Sequence[Score], after: Sequence[Score], *, swapped: int) -> str:
    """One sentence: the answer before and after, and what the old answer is worth now. Scores: the surest first."""
    old, new = before[0], after[0]
    places = f"{swapped} place{'s' if swapped != 1 else ''}"
    if old.index == new.index:
        return (
            f"Replaced in {places}; the answer stays **{old.label}**, {percent(old.probability)} before and "
            f"{percent(new.probability)} after."
        )
    now = next(rank for rank, score in enumerate(after, start=1) if score.index == old.index)
    return (
        f"Replaced in {places}; the answer turns from **{old.label}** ({percent(old.probability)}) into "
        f"**{new.label}** ({percent(new.probability)}), and {old.label} falls to rank {now:,} of {len(after):,} "
        f"({percent(after[now - 1].probability)})."
    )


def table(rows: Sequence[tuple[str, Sequence[Score]]], *, old: int) -> list[dict[str, str]]:
    """One line a function: its answer, and what the old answer (a class's index) is worth with it."""
    lines = []
    for title, ranked in rows:
        rank, score = next((place, one) for place, one in enumerate(ranked, start=1) if one.index == old)
        lines.append(
            {
                "function": title,
                "answer": ranked[0].label,
                "probability": percent(ranked[0].probability),
                "of the old answer": percent(score.probability),
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
    figure.update_layout(
        title={"text": "how far each layer from there on moved, relative to its size", "font": {"size": 13}}
    )
    figure.update_xaxes(title_text="layers after the swap", dtick=max(1, len(found.keys) // 12))
    figure.update_yaxes(title_text="%", rangemode="tozero")
    return figure
