"""How a layer's values are spread: a histogram with zero marked, and the numbers that go with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.records import Array


@dataclass(frozen=True)
class Spread:
    """A layer's values in numbers. zero: share of exact zeros. edges [B + 1], counts [B] of the finite values."""

    count: int
    mean: float
    std: float
    smallest: float
    largest: float
    zero: float
    broken: int  # values that are not finite
    edges: Array
    counts: Array

    @property
    def words(self) -> str:
        """Range, mean, deviation and share of zeros in one sentence."""
        text = (
            f"{self.count:,} values from {self.smallest:.3g} to {self.largest:.3g}, mean {self.mean:.3g}, "
            f"standard deviation {self.std:.3g}; {self.zero * 100:.1f} % are exactly zero"
        )
        broken = f"; {self.broken:,} are not finite" if self.broken else ""
        return (text + broken).replace("-", "−")


def spread(values: Array, *, bins: int = 60) -> Spread:
    """Histogram and statistics of values of any shape. One bin border lies on zero, so that signs never share a bin.

    Raises ValueError where there is no finite value.
    """
    flat = np.asarray(values, dtype=np.float64).ravel()
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        raise ValueError(f"a histogram needs a finite value; found {flat.size} values, none of them finite")
    edges = _edges(float(finite.min()), float(finite.max()), bins)
    counts, _ = np.histogram(finite, edges)
    return Spread(
        int(flat.size), float(finite.mean()), float(finite.std()), float(finite.min()), float(finite.max()),
        float((finite == 0).mean()), int(flat.size - finite.size), edges, counts,
    )  # fmt: skip


def histogram(values: Array, *, theme: str | None = None, title: str = "", height: int = 220) -> go.Figure:
    """Bars of the counts, negative and positive in their colours, zero as a line.

    Exact zeros (what a ReLU leaves) are one bar of their own at zero where they would hide everything else: the axis is
    then cut above the second highest bar, and the share is written on it.
    """
    found = spread(values)
    paint = looks.colours(theme)
    middles, counts = (found.edges[:-1] + found.edges[1:]) / 2, found.counts
    ranges = np.stack([found.edges[:-1], found.edges[1:]], axis=1)
    chart = go.Figure(
        go.Bar(
            x=middles, y=counts, width=np.diff(found.edges), customdata=ranges, marker_line_width=0,
            marker_color=[paint.negative if middle < 0 else paint.positive for middle in middles],
            hovertemplate="%{customdata[0]:.3g} to %{customdata[1]:.3g}<br>%{y:,} values<extra></extra>",
        )
    )  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_layout(bargap=0, showlegend=False, title={"text": title, "font": {"size": 13}} if title else None)
    chart.add_vline(x=0, line={"color": paint.text, "width": 1.5})
    chart.update_xaxes(title_text="value", zeroline=False)
    chart.update_yaxes(title_text="how many", rangemode="tozero", nticks=5)
    ordered = np.sort(counts)
    if found.zero > 0.05 and len(ordered) > 1 and ordered[-1] > 3 * max(1, ordered[-2]):
        chart.update_yaxes(range=[0, ordered[-2] * 1.25])
        chart.add_annotation(
            x=0, y=1, yref="paper", xanchor="left", yanchor="top", xshift=10, showarrow=False,
            text=f"{found.zero * 100:.1f} % exactly zero (bar cut)", font={"size": 12},
        )  # fmt: skip
    return chart


def _edges(low: float, high: float, bins: int) -> Array:
    """About `bins` equal bins from low to high, one border on zero; at least one bin on each side that has values."""
    low, high = min(low, 0.0), max(high, 0.0)
    step = (high - low) / bins
    if step == 0:
        return np.array([low or -0.5, 0.0, high or 0.5])
    below, above = (max(int(size > 0), int(np.ceil(size / step - 1e-9))) for size in (-low, high))
    edges = np.arange(-below, above + 1) * step
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)  # rounding must not lose the outermost value
    return edges
