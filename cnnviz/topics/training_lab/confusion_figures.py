"""Which class is taken for which: the confusion matrix, and each class's accuracy with the number it rests on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.records import Array

NUMBERED = 12  # above so many classes a count no longer fits its cell


def table_of(counts: Sequence[Sequence[int]] | Array) -> Array:
    """Counts as int64 [K, K], rows true, columns predicted. Raises ValueError where they are not square or negative."""
    table = np.asarray(counts, dtype=np.int64)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or (table < 0).any():
        raise ValueError(
            f"a confusion matrix is [K, K] of counts, rows true, columns predicted; found {list(table.shape)}"
        )
    return table


def accuracies(counts: Sequence[Sequence[int]] | Array) -> tuple[Array, Array]:
    """Share of each true class that was recognised, [K] float64 (NaN: no images), and the counts [K]."""
    table = table_of(counts)
    totals = table.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(totals > 0, np.diag(table) / np.maximum(totals, 1), np.nan), totals


def matrix(counts: Sequence[Sequence[int]] | Array, classes: Sequence[str], *, theme: str | None = None) -> go.Figure:
    """Rows are the true classes, columns what the network said; colour is the share of the row, text the count."""
    table, names = table_of(counts), _names(counts, classes)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    paint = looks.colours(theme)
    small = len(names) <= NUMBERED
    chart = go.Figure(
        go.Heatmap(
            z=share * 100, x=names, y=names, zmin=0, zmax=100, customdata=table, xgap=1, ygap=1,
            colorscale=[[0, paint.surface], [1, paint.accent]],
            hovertemplate="true %{y}, said %{x}<br>%{customdata:,} images, %{z:.1f} % of this class<extra></extra>",
            colorbar={
                "title": {"text": "% of the true class", "side": "top", "font": {"size": 12}}, "tickfont": {"size": 12},
                "orientation": "h", "thickness": 8, "outlinewidth": 0, "y": 1.0, "yanchor": "bottom", "nticks": 5,
            },
        )
    )  # fmt: skip
    if small:
        chart.add_trace(_numbers(table, share, names, paint))
    looks.apply(chart, theme, height=170 + 28 * min(len(names), 30))
    chart.update_xaxes(title_text="the network said", side="bottom", showgrid=False, zeroline=False, type="category")
    chart.update_yaxes(title_text="true class", autorange="reversed", showgrid=False, zeroline=False, type="category")
    return chart


def per_class(
    counts: Sequence[Sequence[int]] | Array, classes: Sequence[str], *, theme: str | None = None
) -> go.Figure:
    """One bar a class: its accuracy, and n, the number of test images it rests on; the dashed line is their mean."""
    names = _names(counts, classes)
    share, totals = accuracies(counts)
    paint = looks.colours(theme)
    words = [f"{value * 100:.1f} %  n = {n:,}" if n else "no images" for value, n in zip(share, totals, strict=True)]
    inside = np.nan_to_num(share) > 0.5
    chart = go.Figure(
        go.Bar(
            x=np.nan_to_num(share) * 100, y=names, orientation="h", marker_color=looks.SERIES[0], text=words,
            textposition=["inside" if deep else "outside" for deep in inside], insidetextanchor="start",
            textfont={"size": 12}, insidetextfont={"color": "#ffffff"}, cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>", constraintext="none",
        )
    )  # fmt: skip
    looks.apply(chart, theme, height=90 + 26 * len(names))
    chart.add_vline(x=overall(counts) * 100, line={"dash": "dash", "width": 1.5, "color": paint.muted})
    chart.update_xaxes(title_text="recognised (%); dashed: of all test images", range=[0, 100])
    chart.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return chart


def overall(counts: Sequence[Sequence[int]] | Array) -> float:
    """Share of all test images that were recognised; 0 where there are none."""
    table = table_of(counts)
    return float(np.trace(table) / max(1, int(table.sum())))


def confusions(
    counts: Sequence[Sequence[int]] | Array, classes: Sequence[str], *, top: int = 3
) -> tuple[tuple[str, str, int, int], ...]:
    """(true class, predicted class, count, images of the true class) of the commonest confusions, most frequent first.

    Empty where nothing was confused.
    """
    table, names = table_of(counts).copy(), _names(counts, classes)
    totals = table.sum(axis=1)
    np.fill_diagonal(table, 0)
    order = np.argsort(-table, axis=None, kind="stable")[:top]
    pairs = [divmod(int(flat), len(names)) for flat in order]
    return tuple(
        (names[true], names[said], int(table[true, said]), int(totals[true]))
        for true, said in pairs
        if table[true, said]
    )


def _numbers(table: Array, share: Array, names: list[str], paint: looks.Colours) -> go.Scatter:
    """The counts as text, in black or white, whichever stands out more on its cell."""
    dark = [looks.mix(paint.surface, paint.accent, float(part)) for part in share.ravel()]
    ink = [
        "#000000" if looks.contrast("#000000", cell) > looks.contrast("#ffffff", cell) else "#ffffff" for cell in dark
    ]
    return go.Scatter(
        x=names * len(names), y=[name for name in names for _ in names], mode="text",
        hoverinfo="skip", showlegend=False,
        text=[f"{count:,}" for count in table.ravel()], textfont={"size": 12, "color": ink},
    )  # fmt: skip


def _names(counts: Sequence[Sequence[int]] | Array, classes: Sequence[str]) -> list[str]:
    if len(classes) != len(counts):
        raise ValueError(f"a confusion matrix of {len(counts)} classes with {len(classes)} names; each class needs one")
    return [str(name) for name in classes]
