"""Networks beside each other as images and tables: bubbles, the sortable table, pairs of blocks, lines of steps."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import plotly.graph_objects as go

from cnnviz.figures import log_axis, looks
from cnnviz.figures.graphs import short
from cnnviz.figures.numbers import number
from cnnviz.topics.compare.records import Candidate, LineStep, Pair, Part

AXES = {
    "accuracy": "top-1 accuracy, %",
    "macs": "multiply-adds, 10⁹",
    "parameters": "parameters, 10⁶",
    "file_mb": "file, MiB",
    "field": "receptive field, pixels",
    "year": "year",
    "depth": "weighted layers in a row",
}
UNITS = {"macs": 1e9, "parameters": 1e6}
LINEAR = ("accuracy", "year")
# Six colours are told apart: families of one line of thought share one.
GROUPS = {
    "AlexNet, VGG": ("AlexNet", "VGG", "ZFNet"),
    "Inception, DenseNet": ("GoogLeNet", "Inception", "DenseNet"),
    "ResNet and its kin": ("ResNet", "Wide ResNet", "ResNeXt", "RegNet", "ConvNeXt"),
    "For phones": ("SqueezeNet", "MobileNet", "ShuffleNet", "MNASNet", "EfficientNet-Lite"),
    "EfficientNet": ("EfficientNet",),
    "With attention": ("ViT", "Swin", "MaxViT"),
}
OTHERS = "others"
APART = (0.4, 0.075)  # of the chart's width and height: two names that are closer cannot both be read on a phone
LEFT = 0.2  # of the width: a name that ends there would leave the chart
SMALLEST, LARGEST = 8, 38  # px


def value(one: Candidate, axis: str) -> float | None:
    """What is drawn along an axis, in the axis's unit; a network that sees the whole image sees all its pixels."""
    found = getattr(one, axis)
    if axis == "field" and one.status == "unknown":
        return None
    return None if found is None else found / UNITS.get(axis, 1)


def group_of(one: Candidate) -> str:
    """The heading under which a network is coloured."""
    return next((heading for heading, families in GROUPS.items() if one.family.startswith(families)), OTHERS)


def bubbles(
    candidates: Sequence[Candidate], axes: tuple[str, str, str], *, marked: Collection[str] = (),
    chosen: str = "", theme: str | None = None, height: int = 480,
) -> go.Figure:  # fmt: skip
    """One bubble a network: along `axes` = (x, y, area). marked: names on the front, with a ring and a name.

    The dashed line joins the networks that no other beats in both directions, where y is accuracy and x a cost.
    """
    x, y, area = axes
    shown = [one for one in candidates if value(one, x) is not None and value(one, y) is not None]
    chart = go.Figure()
    most = max((value(one, area) or 0 for one in shown), default=1)
    headings = [heading for heading in (*GROUPS, OTHERS) if any(group_of(one) == heading for one in shown)]
    for heading in headings:
        members = [one for one in shown if group_of(one) == heading]
        chart.add_trace(_cloud(members, axes, most=most, heading=heading, marked=marked))
    edge = front_line(shown, x) if y == "accuracy" and x not in LINEAR else []
    if edge:
        points = {"x": [value(one, x) for one in edge], "y": [one.accuracy for one in edge]}
        dashed = {"dash": "dash", "width": 1.5, "color": looks.colours(theme).muted}
        chart.add_trace(go.Scatter(**points, mode="lines", line=dashed, name="beaten by none", hoverinfo="skip"))
    ends = [_where(value(one, x) or 0, x) for one in shown]
    left = min(ends, default=0.0) + LEFT * (max(ends, default=0.0) - min(ends, default=0.0))
    for one in _labelled(shown, edge, axes, chosen):
        apart = _size(one, area, most) / 2
        chart.add_annotation(**_label(one, axes, apart, left=left, chosen=one.name == chosen, theme=theme))
    looks.apply(chart, theme, height=height)
    for axis, update in ((x, chart.update_xaxes), (y, chart.update_yaxes)):
        update(
            title_text=AXES[axis],
            separatethousands=axis != "year",
            **_scale([value(one, axis) or 0 for one in shown], axis),
        )
    return chart


def front_line(candidates: Sequence[Candidate], x: str) -> list[Candidate]:
    """From cheap to dear, each more accurate than every cheaper one."""
    best, found = -math.inf, []
    rated = [one for one in candidates if one.accuracy is not None]
    for one in sorted(rated, key=lambda one: (value(one, x) or 0, -(one.accuracy or 0))):
        if (one.accuracy or 0) > best:
            best = one.accuracy or 0
            found.append(one)
    return found


def _scale(values: Sequence[float], axis: str) -> dict[str, Any]:
    """An axis's type; a logarithmic one has its ticks at 1, 2 and 5 of each power of ten, written out."""
    above = [found for found in values if found > 0]
    if axis in LINEAR or not above:
        return {"type": "linear"}
    low, high = math.floor(math.log10(min(above))), math.ceil(math.log10(max(above)))
    digits = (1, 2, 5) if high - low < 4 else (1,)
    ticks = [digit * 10**power for power in range(low, high + 1) for digit in digits]
    return {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:,.10g}" for tick in ticks]}


def _cloud(
    members: Sequence[Candidate], axes: tuple[str, str, str], *, most: float, heading: str, marked: Collection[str]
) -> go.Scatter:
    x, y, area = axes
    colour = (*looks.SERIES, "#7b8794")[[*GROUPS, "others"].index(heading)]
    sizes = [_size(one, area, most) for one in members]
    marker = {
        "size": sizes, "color": colour, "opacity": 0.72,
        "line": {"width": [2.5 if one.name in marked else 0.5 for one in members], "color": "#7b8794"},
    }  # fmt: skip
    points = {"x": [value(one, x) for one in members], "y": [value(one, y) for one in members]}
    return go.Scatter(
        **points, mode="markers", name=heading, marker=marker, customdata=[one.name for one in members],
        text=[card(one) for one in members], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _size(one: Candidate, area: str, most: float) -> float:
    """The diameter of its bubble in pixels."""
    return SMALLEST + (LARGEST - SMALLEST) * math.sqrt((value(one, area) or 0) / most)


def card(one: Candidate) -> str:
    """What a bubble says when it is pointed at."""
    rated = "no ImageNet accuracy" if one.accuracy is None else f"{one.accuracy:.1f} % top-1"
    return (
        f"<b>{one.title}</b>, {one.year}<br>{rated}<br>{one.parameters:,} parameters, {one.file_mb:,.1f} MiB<br>"
        f"{one.macs / 1e9:,.3g} · 10⁹ multiply-adds at {one.side} × {one.side}<br>"
        f"sees {field_words(one)}<br>{one.source}"
    )


def field_words(one: Candidate | LineStep | Part) -> str:
    """ "427 pixels", "the whole image", "not known"."""
    if one.status == "exact":
        return f"{one.field:,} pixels"
    return "the whole image" if one.status == "whole" else "not known"


def _labelled(
    shown: Sequence[Candidate], edge: Sequence[Candidate], axes: tuple[str, str, str], chosen: str
) -> list[Candidate]:
    """The chosen network and those of the front whose names do not run into each other."""
    places = {one.name: [_where(value(one, axis) or 0, axis) for axis in axes[:2]] for one in shown}
    spans = [max(1e-9, max(column) - min(column)) for column in zip(*places.values(), strict=True)]
    found: list[Candidate] = []
    for one in (*(one for one in shown if one.name == chosen), *reversed(edge)):
        apart = (
            [
                abs(here - there) / span
                for here, there, span in zip(places[one.name], places[other.name], spans, strict=True)
            ]
            for other in found
        )
        if all(x > APART[0] or y > APART[1] for x, y in apart):
            found.append(one)
    return found


def _label(
    one: Candidate, axes: tuple[str, str, str], radius: float, *, left: float, chosen: bool, theme: str | None
) -> dict[str, Any]:
    """A name to the left of a bubble and above it, where no network of a front can lie; that line comes from below.

    left: where a name has no room on that side and stands below, to the right. Annotations stand where the logarithm
    is on a logarithmic axis.
    """
    x, y = (_where(value(one, axis) or 0, axis) for axis in axes[:2])
    words = f"<b>{one.title}</b>" if chosen else one.title
    paint = looks.colours(theme)
    rim = "none" if theme is None else ", ".join([f"0 0 2px {paint.background}"] * 3)
    font = {"size": 12, "color": paint.text, "shadow": rim}
    off = 0.75 * radius  # across and up: just outside the bubble
    place: dict[str, Any] = {"showarrow": False, "xanchor": "right", "yanchor": "bottom", "xshift": -off, "yshift": off}
    if chosen:
        place = {"showarrow": True, "ax": -24, "ay": -radius - 18, "xanchor": "right"}
    elif x < left:
        place |= {"xanchor": "left", "yanchor": "top", "xshift": off, "yshift": -off}
    return {"x": x, "y": y, "text": words, "font": font, **place}


def _where(found: float, axis: str) -> float:
    return found if axis in LINEAR else math.log10(max(found, 1e-9))


# ------------------------------------------------------------------------------------------------ tables
def table(candidates: Sequence[Candidate], *, front: Collection[str]) -> dict[str, list[Any]]:
    """Columns of the sortable table, the most accurate first; empty where nothing is published."""
    candidates = sorted(candidates, key=lambda one: -(one.accuracy or 0))
    return {
        "network": [one.title for one in candidates],
        "front": ["●" if one.name in front else "" for one in candidates],
        "accuracy": [one.accuracy for one in candidates],
        "multiply-adds, 10⁹": [round(one.macs / 1e9, 4) for one in candidates],
        "parameters, 10⁶": [round(one.parameters / 1e6, 3) for one in candidates],
        "file, MiB": [one.file_mb for one in candidates],
        "field": [one.field if one.status == "exact" else None for one in candidates],
        "sees": [{"exact": "", "whole": "all"}.get(one.status, "?") for one in candidates],
        "layers": [one.depth for one in candidates],
        "input": [one.side for one in candidates],
        "year": [one.year for one in candidates],
        "from": [one.source for one in candidates],
    }


def pair_table(pairs: Sequence[Pair]) -> dict[str, list[Any]]:
    """Columns of the aligned table: of each number, the first network's and beside it the second's."""
    columns: dict[str, list[Any]] = {
        "map": [_map_words(pair) for pair in pairs],
        "differs": [_mark(pair) for pair in pairs],
    }
    sides = {"A": [pair.first for pair in pairs], "B": [pair.second for pair in pairs]}
    for heading, told in (
        ("block", _block),
        ("parameters", lambda part: part and part.parameters),
        ("multiply-adds, 10⁶", lambda part: part and round(part.macs / 1e6, 1)),
        ("sees", _sees),
        ("shape", lambda part: "" if part is None else " × ".join(map(str, part.shape))),
    ):
        for side, parts in sides.items():
            columns[f"{side}: {heading}"] = [told(part) for part in parts]
    return columns


def _map_words(pair: Pair) -> str:
    part = pair.first or pair.second
    return f"1/{part.scale}" if part and part.scale else "vector"


def _mark(pair: Pair) -> str:
    if pair.first is None or pair.second is None:
        return "only B" if pair.first is None else "only A"
    return "differs" if pair.differs else "="


def _block(part: Part | None) -> str:
    if part is None:
        return ""
    times = f"{part.count} × " if part.count > 1 else ""
    words = short(part.operation)
    return f"{times}{words}" if words != part.operation else f"{times}{words}, {part.name.split(' … ')[0]}"


def _sees(part: Part | None) -> str:
    if part is None:
        return ""
    return str(part.field) if part.status == "exact" else field_words(part)


def stages(pairs: Sequence[Pair], titles: tuple[str, str], what: str, *, theme: str | None = None) -> go.Figure:
    """Parameters or MACs of both networks by how coarse their maps are: `what` is "parameters" or "macs"."""
    chart = go.Figure()
    scales = list(dict.fromkeys(_map_words(pair) for pair in pairs))
    for title, side in zip(titles, ("first", "second"), strict=True):
        sums = dict.fromkeys(scales, 0.0)
        for pair in pairs:
            part = getattr(pair, side)
            sums[_map_words(pair)] += getattr(part, what) / UNITS[what] if part else 0
        chart.add_trace(go.Bar(x=scales, y=[sums[scale] for scale in scales], name=title, hovertemplate="%{y:.4g}"))
    looks.apply(chart, theme, height=260)
    chart.update_xaxes(title_text="side of the maps, as a share of the image's", type="category")
    chart.update_yaxes(title_text=AXES[what])
    return chart


# ------------------------------------------------------------------------------------------------ lines
def step_chart(steps: Sequence[LineStep], *, theme: str | None = None) -> go.Figure:
    """Parameters, MACs and receptive field along a line, one above the other, on logarithmic axes."""
    from plotly.subplots import make_subplots

    wanted = ("parameters", "macs", "field")
    chart = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    names = [f"{number_of}. {step.title}" for number_of, step in enumerate(steps, 1)]
    for row, what in enumerate(wanted, 1):
        heights = [getattr(step, what) / UNITS.get(what, 1) for step in steps]
        line = {"color": looks.SERIES[row - 1], "width": 2.5}
        trace = go.Scatter(x=names, y=heights, mode="lines+markers", line=line, marker={"size": 9}, showlegend=False)
        chart.add_trace(trace.update(hovertemplate="%{x}<br>%{y:,.4g}<extra></extra>"), row=row, col=1)
        chart.update_yaxes(title_text=AXES[what].replace(", ", ",<br>"), row=row, col=1, **log_axis.settings(heights))
    looks.apply(chart, theme, height=620)
    chart.update_xaxes(tickangle=-35, row=3, col=1)
    return chart


def step_table(steps: Sequence[LineStep]) -> dict[str, list[str]]:
    """Columns: what changed; by how much each number moved against the step before, and the number. In Markdown."""
    pairs = list(zip(steps, [None, *steps[:-1]], strict=True))
    return {
        "what changed": [f"**{count}. {step.title}.** {step.change}" for count, step in enumerate(steps, 1)],
        **{
            heading: [
                f":small[{delta(step, last, what)}] {getattr(step, what):,}".replace(":small[] ", "")
                for step, last in pairs
            ]
            for heading, what in (("parameters", "parameters"), ("multiply-adds", "macs"), ("field", "field"))
        },
    }


def delta(step: LineStep, before: LineStep | None, what: str) -> str:
    """ "−123,129,856 (÷ 9.1)", "+87", "the same"; of the first step, nothing."""
    if before is None:
        return ""
    now, then = getattr(step, what), getattr(before, what)
    if now == then:
        return "the same"
    change = f"{'+' if now > then else '−'}{abs(now - then):,}"
    ratio = max(now, then) / max(1, min(now, then))
    return change if ratio < 1.05 else f"{change} ({'×' if now > then else '÷'}\N{NO-BREAK SPACE}{number(ratio)})"
