"""Charts that share one slider, as `components.scrub_chart` draws them: panels of series, and what each frame says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import numpy as np

from cnnviz.figures import looks
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array


class Series(TypedDict):
    """values: [x], [2, x] of a band, with the frames' axis in front where framed; None is a gap."""

    name: str
    kind: str
    colour: int
    framed: bool
    values: Any
    marked: NotRequired[bool]


class Panel(TypedDict):
    """One chart. limits: lowest and highest value of the vertical axis."""

    title: str
    xTitle: str
    x: Any
    series: list[Series]
    log: bool
    xLog: bool
    limits: NotRequired[list[float]]


class ScrubStop(TypedDict):
    """What the slider stops at. at: where panels over the control mark their place."""

    label: str
    says: str
    at: NotRequired[float]


class ScrubChart(TypedDict):
    """control: what the slider changes. start: the frame that it opens on."""

    control: str
    frames: list[ScrubStop]
    panels: list[Panel]
    start: int
    colours: list[str]


class ScrubChartPacket(ScrubChart, Sealed):
    """For the component scrub_chart."""


def panel(
    title: str,
    x_title: str,
    x: Sequence[float] | Array,
    series: list[Series],
    *,
    log: bool = False,
    x_log: bool = False,
    limits: tuple[float, float] | None = None,
) -> Panel:
    """log: the vertical axis. limits: its lowest and highest value (None: those of the series)."""
    made: Panel = {"title": title, "xTitle": x_title, "x": plain(x), "series": series, "log": log, "xLog": x_log}
    return made if limits is None else {**made, "limits": list(limits)}


def series(name: str, kind: str, values: Any, *, colour: int, framed: bool = False, marked: bool = False) -> Series:
    """kind: "line", "marks", "dots", "crosses" [x]; "rule" [1]; "band" [2, x], lowest and highest.

    framed: one axis more in front, a frame each. marked: a line with a dot at every value.
    """
    made: Series = {"name": name, "kind": kind, "colour": colour, "framed": framed, "values": plain(values)}
    return {**made, "marked": True} if marked else made


def chart(
    control: str,
    frames: list[ScrubStop],
    panels: list[Panel],
    *,
    start: int,
    colours: Sequence[str] = looks.SERIES,
) -> ScrubChartPacket:
    """frames: {"label", "says"} each, and "at" where panels over `control` mark their place. colours: by number."""
    header: ScrubChart = {
        "control": control,
        "frames": frames,
        "panels": panels,
        "start": start,
        "colours": list(colours),
    }
    return {**header, "digest": digest(header)}


def plain(values: Any) -> Any:
    """Nested lists with six significant digits; JSON has no NaN, so a gap is None."""
    array = np.asarray(values, np.float64)
    if array.ndim == 0:
        return float(f"{float(array):.6g}") if np.isfinite(array) else None
    return [plain(row) for row in array]
