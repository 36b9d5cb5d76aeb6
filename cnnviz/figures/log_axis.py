"""Marks of a logarithmic axis in plain numbers: Plotly raises its exponents, and the 2 and the 5, at 9 pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

MOST = 6  # decades between marks at powers of ten are as many as leave no more marks than that, and one
FINE = ((0.7, range(1, 10)), (2.2, (1, 2, 5)))  # (decades that are drawn, the digits that stand in each)


def settings(values: Iterable[float | None]) -> dict[str, Any]:
    """What makes a Plotly axis logarithmic, with its marks for these values; what has no logarithm is not counted."""
    marks = ticks(values)
    return {"type": "log", "tickmode": "array", "tickvals": marks, "ticktext": [text(mark) for mark in marks]}


def of(figure: go.Figure, side: str, *, axis: str = "") -> dict[str, Any]:
    """The same for what a figure's traces show on the side "x" or "y". axis: of those on this axis alone ("y2")."""
    drawn = [trace for trace in figure.data if axis in ("", trace[f"{side}axis"] or side)]
    return settings(value for trace in drawn if trace[side] is not None for value in trace[side])


def ticks(values: Iterable[float | None]) -> list[float]:
    """Where marks stand, from the decade below the smallest to the one above the largest; [] without a positive one."""
    there = [float(value) for value in values if value is not None and 0 < float(value) < math.inf]
    if not there:
        return []
    low, high = math.log10(min(there)), math.log10(max(there))
    decades = range(math.floor(low), math.ceil(high) + 2)
    for most, digits in FINE:
        if high - low < most:
            return [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    step = max(1, math.ceil((high - low) / MOST))
    return [float(f"1e{decade}") for decade in decades if decade % step == 0]


def text(mark: float) -> str:
    """A mark as it is written.

    >>> text(0.001), text(20.0), text(10000.0), text(1e-7)
    ('0.001', '20', '10,000', '1e−7')
    """
    if 1e-4 <= mark < 1e7:
        return f"{mark:,.0f}" if mark >= 1 else f"{mark:.10f}".rstrip("0")
    digits, power = f"{mark:.0e}".split("e")
    return f"{digits}e{int(power)}".replace("-", "−")
