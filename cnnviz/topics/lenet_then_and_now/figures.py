"""LeNet then and now: accuracies with intervals, what each change brings, the paper's network beside today's."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import log_axis, looks, maps, pictures
from cnnviz.figures.gradient_norms import accuracy_words, colour
from cnnviz.records import Array
from cnnviz.records.differences import PairedDifference
from cnnviz.records.experiments import CellResult, Published, Results
from cnnviz.topics.lenet_then_and_now.records import Lenets

LEARNED = 0.5  # cells that get more right than this are drawn enlarged as well
DASHES = {"average": "dash", "max": "solid"}
WHY = {
    "C1": "six 5×5 kernels in both",
    "S2": "then: sum of four · weight + bias; now: the largest of four",
    "C3": "then: each map reads 3, 4 or 6 of the six maps; now: all six",
    "S4": "as S2",
    "C5": "the same connections",
    "F6": "84 units, then as pixels of a 7×12 image",
    "output": "then: distance to ten drawn digits; now: a linear layer",
}
INK, PAPER, LINE = 40, 250, 200  # grey levels of drawn images


# --------------------------------------------------------------------------------------------- the experiment
def accuracies(
    found: Results, published: Mapping[str, Published], *, enlarged: bool = False, theme: str | None = None,
    height: int = 340,
) -> go.Figure:  # fmt: skip
    """A row a cell: mean, 95 % interval, every seed, and the published number as a star.

    enlarged: only those that learned, on an axis of their own.
    """
    paint = looks.colours(theme)
    shown = [one for one in found.cells if one.n and (not enlarged or one.mean > LEARNED)]
    labels = [one.cell.label if enlarged else f"{one.cell.label}  <b>{accuracy_words(one)}</b>" for one in shown]
    chart = go.Figure()
    if enlarged:
        chart.add_trace(_points(shown, labels, paint))
    else:
        chart.add_trace(go.Bar(
            x=[100 * one.mean for one in shown], y=labels, orientation="h", width=0.6, name="mean",
            marker={"color": [colour(one.cell.label) for one in shown], "opacity": 0.8},
            error_x=_whiskers(shown, paint), hovertemplate="%{x:.2f} %<extra></extra>", showlegend=False,
        ))  # fmt: skip
    chart.add_trace(_seeds(shown, labels, paint))
    stars = [(label, published[one.cell.label]) for label, one in zip(labels, shown, strict=True)
             if one.cell.label in published]  # fmt: skip
    chart.add_trace(go.Scatter(
        x=[100 * one.accuracy for _, one in stars], y=[label for label, _ in stars], mode="markers", name="published",
        marker={"size": 12, "symbol": "star", "color": paint.accent}, customdata=[one.source for _, one in stars],
        hovertemplate="%{customdata}: %{x:.2f} %<extra></extra>",
    ))  # fmt: skip
    looks.apply(chart, theme, height=height).update_layout(showlegend=False)
    chart.update_yaxes(autorange="reversed")
    chart.update_xaxes(title_text="test images right (%)" + (", enlarged" if enlarged else ""))
    if not enlarged:
        chart.update_xaxes(range=[0, 102])
    return chart


def _points(shown: Sequence[CellResult], labels: Sequence[str], paint: looks.Colours) -> go.Scatter:
    return go.Scatter(
        x=[100 * one.mean for one in shown], y=list(labels), mode="markers", name="mean",
        marker={"size": 12, "symbol": "diamond", "color": [colour(one.cell.label) for one in shown]},
        error_x=_whiskers(shown, paint), hovertemplate="%{y}: %{x:.2f} %<extra></extra>",
    )  # fmt: skip


def _seeds(shown: Sequence[CellResult], labels: Sequence[str], paint: looks.Colours) -> go.Scatter:
    runs = [(label, run) for label, one in zip(labels, shown, strict=True) for run in one.runs]
    return go.Scatter(
        x=[100 * run.test_accuracy for _, run in runs], y=[label for label, _ in runs], mode="markers", name="one seed",
        marker={"size": 5, "color": paint.muted}, customdata=[run.seed for _, run in runs],
        hovertemplate="seed %{customdata}: %{x:.2f} %<extra></extra>",
    )  # fmt: skip


def _whiskers(shown: Sequence[CellResult], paint: looks.Colours) -> dict[str, object]:
    spread = [0.0 if math.isnan(one.interval) else 100 * one.interval for one in shown]
    return {"type": "data", "array": spread, "color": paint.text, "thickness": 1.6, "width": 5}


def over_steps(found: Results, *, wrong: bool = False, theme: str | None = None, height: int = 340) -> go.Figure:
    """Accuracy of the training batches over the steps, mean of the seeds. wrong: the share of mistakes, logarithmic.

    Colour by activation; average pooling is dashed.
    """
    chart = go.Figure()
    for one in found.cells:
        steps, mean = one.curve("accuracy")
        values = 100 * (1 - mean) if wrong else 100 * mean
        chart.add_trace(go.Scatter(
            x=steps, y=[None if wrong and value <= 0 else float(value) for value in values], mode="lines",
            name=one.cell.label, line={"color": colour(one.cell.label), "width": 2.2, "dash": _dash(one)},
            hovertemplate=one.cell.label + ", step %{x:,}: %{y:.2f} %<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step")
    if wrong:
        chart.update_yaxes(title_text="training batches wrong (%), logarithmic", **log_axis.of(chart, "y"))
    else:
        chart.update_yaxes(title_text="training batches right (%)", range=[0, 102])
    return chart


def _dash(one: CellResult) -> str:
    options = dict(one.cell.config.options)
    return "dot" if not options else DASHES.get(str(options.get("pooling", "max")), "solid")


def changes_table(changes: Sequence[PairedDifference]) -> list[dict[str, str | int]]:
    """A row a change: from, to, points of accuracy with their 95 % interval, and whether that leaves zero out."""
    return [
        {
            "from": one.other,
            "to": one.one,
            "points": points_words(one),
            "clear": "one seed" if one.n < 2 else "yes" if one.clear else "no",
            "seeds": one.n,
        }
        for one in changes
    ]


def points_words(one: PairedDifference) -> str:
    """ "+0.42 ± 0.10" in points of accuracy."""
    if math.isnan(one.mean):
        return "–"
    said = f"{one.mean * 100:+.2f}".replace("-", "−")
    return said + ("" if math.isnan(one.interval) else f" ± {one.interval * 100:.2f}")


# --------------------------------------------------------------------------------------------- both networks
def stages_table(found: Lenets) -> list[dict[str, str]]:
    """A row a stage, and the sums: output shapes and parameters then and now, and what differs."""
    rows = [
        {
            "1998": one.then,
            "shape, 1998": _shape(one.then_shape),
            "parameters, 1998": f"{one.then_parameters:,}",
            "today": one.now,
            "shape, today": _shape(one.now_shape),
            "parameters, today": f"{one.now_parameters:,}",
            "what differs": WHY[one.then],
        }
        for one in found.stages
    ]
    sums = {"1998": "sum", "parameters, 1998": f"{found.then_parameters:,}", "today": "sum",
            "parameters, today": f"{found.now_parameters:,}"}  # fmt: skip
    return [*rows, {name: sums.get(name, "") for name in rows[0]}]


def stages_csv(found: Lenets) -> str:
    """The same table as CSV."""
    rows, target = stages_table(found), io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def connections_png(found: Lenets, *, cell: int = 18) -> bytes:
    """The paper's table I as an image: a row a map of S2, a column a map of C3, dark where it is read."""
    grid = np.where(found.connections, INK, PAPER).astype(np.uint8)
    return pictures.png(_ruled(grid, cell))


def glyphs_png(found: Lenets, *, scale: int = 6, gap: int = 10) -> bytes:
    """The ten target images in a row: dark for 1, light for −1 and one cell around it, nothing between them."""
    drawn = [np.pad(np.where(one > 0, INK, PAPER).astype(np.uint8), 1, constant_values=PAPER) for one in found.glyphs]
    tiles = [pictures.enlarge(one, scale) for one in drawn]
    opaque = [np.dstack([tile, tile, tile, np.full_like(tile, 255)]) for tile in tiles]
    between = np.zeros((tiles[0].shape[0], gap, 4), dtype=np.uint8)
    parts = [part for tile in opaque for part in (tile, between)]
    return pictures.png(np.concatenate(parts[:-1], axis=1))


def _ruled(grid: Array, cell: int) -> Array:
    """Every entry as a square with a line around it."""
    large = pictures.enlarge(grid, cell)
    large[::cell] = large[:, ::cell] = LINE
    return np.pad(large, ((0, 1), (0, 1)), constant_values=LINE)


def _shape(shape: Sequence[int]) -> str:
    return f"[{', '.join(str(size) for size in shape)}]"


# --------------------------------------------------------------------------------------------- on an image
def maps_png(values: Array, *, theme: str) -> bytes:
    """Six maps side by side, four pixels a cell and the same size before and after pooling."""
    factor = 112 // values.shape[1]
    return maps.mosaic_png(values.repeat(factor, 1).repeat(factor, 2), theme=theme, columns=3)
