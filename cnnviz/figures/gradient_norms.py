"""Gradients along an experiment's runs: by layer for the browser to scrub, over steps, and accuracies over a grid."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import captions, log_axis, looks
from cnnviz.figures.numbers import number, on_log_scale
from cnnviz.records import Array
from cnnviz.records.experiments import CellResult, Results
from cnnviz.records.gradient_norms import PROBE, STEEPEST, GradientNorms, divergences, gradient_norms

COLOURS = dict(zip(("sigmoid", "tanh", "ReLU"), looks.SERIES, strict=False))
DASHES = {"": "solid", "plain": "solid", "BatchNorm": "dash", "skips": "dot", "both": "dashdot"}
AXES = {"loss": "loss of the training batches (nats)", "accuracy": "training batches right (%)"}
BANDS = 4  # cells up to which the spread over the seeds is drawn


class LayerNormsCell(TypedDict):
    """One training. values: [moments][layers]. slope: of its activation, where it bounds the gradient."""

    name: str
    colour: str
    right: str
    layers: list[str]
    values: list[list[float | str]]
    slope: float | None
    shares: list[str]


class LayerNormsPacket(TypedDict):
    """For the component layer_norms. says: of each moment. columns: charts in a row on a wide screen."""

    steps: list[float]
    cells: list[LayerNormsCell]
    says: list[str]
    columns: int
    keys: str


# --------------------------------------------------------------------------------------------- by layer
def packet(found: Results, cells: Sequence[str]) -> LayerNormsPacket:
    """For the component `layer_norms`: of each cell its layers, the median norms [T][L] and what is said of them.

    What no logarithm takes travels as a word: "zero", "infinite". columns: charts in a row on a wide screen.
    """
    chosen = [(found[label], norms) for label in cells if (norms := gradient_norms(found[label])) is not None]
    if not chosen:
        raise ValueError(f"none of {', '.join(cells)} has gradient norms yet")
    length = min(len(norms.steps) for _, norms in chosen)
    helps = len({label.partition(", ")[2] for label in cells})
    return {
        "steps": chosen[0][1].steps[:length].tolist(),
        "cells": [_cell(result, norms, length) for result, norms in chosen],
        "says": [_says([norms for _, norms in chosen], moment) for moment in range(length)],
        "columns": helps if helps > 1 and len(chosen) > helps else min(4, len(chosen)),
        "keys": _keys([result for result, _ in chosen]),
    }


def _cell(result: CellResult, norms: GradientNorms, length: int) -> LayerNormsCell:
    label = result.cell.label
    lost = f"diverged in {divergences(result)} of {result.n}"
    accuracy = lost if divergences(result) else f"test {accuracy_words(result)}"
    return {
        "name": label,
        "colour": colour(label),
        "right": accuracy,
        "layers": list(norms.layers),
        "values": [on_log_scale(row) for row in norms.values[:length]],
        "slope": slope(result),
        "shares": [f"first/last {_share(value)}" for value in norms.share[:length]],
    }


def _says(norms: Sequence[GradientNorms], moment: int) -> str:
    """The smallest and the largest share of the gradient that a first layer gets at this step, in words."""
    shares = {one.cell: float(one.share[moment]) for one in norms}
    there = {cell: share for cell, share in shares.items() if math.isfinite(share)}
    lost = [cell for cell in shares if cell not in there]
    ends = [(number(there[cell]), cell) for cell in sorted(there, key=there.__getitem__)]
    return captions.first_layer(ends[0] if ends else None, ends[-1] if ends else None, lost)


def _keys(results: Sequence[CellResult]) -> str:
    """What the marks mean."""
    runs, slopes = min(one.n for one in results), any(slope(one) for one in results)
    return captions.norms_key(runs, slope=slopes, lost=any(divergences(one) for one in results))


def slope(result: CellResult) -> float | None:
    """The steepest slope of the cell's activation, where it bounds the gradient: below 1, with no help on the way."""
    options = dict(result.cell.config.options)
    steepest = STEEPEST.get(str(options.get("activation")), 1.0)
    return steepest if steepest < 1 and not options.get("batch_norm") and not options.get("skip") else None


# --------------------------------------------------------------------------------------------- over steps
def first_layer(found: Results, cells: Sequence[str], *, theme: str | None = None, height: int = 320) -> go.Figure:
    """The first layer's gradient norm over the steps, logarithmic: a line a cell, median over its runs."""
    chart = go.Figure()
    for label in cells:
        norms = gradient_norms(found[label])
        if norms is None:
            continue
        values = norms.values[:, 0]
        if found[label].n > 1 and len(cells) <= BANDS:
            chart.add_trace(_band(norms.steps, norms.low[:, 0], norms.high[:, 0], colour(label)))
        chart.add_trace(_line(norms.steps, values, found[label], hover="%{y:.3g}"))
    looks.apply(chart, theme, height=height).update_layout(showlegend=len(cells) <= BANDS)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(title_text="first layer's gradient norm", **log_axis.of(chart, "y"))
    return chart


def over_steps(
    found: Results, cells: Sequence[str], quantity: str, *, theme: str | None = None, height: int = 320
) -> go.Figure:
    """Loss or accuracy of the training batches, a line a cell, mean over its runs. quantity: "loss" or "accuracy".

    A loss that is no number leaves the line; its legend then says so.
    """
    chart, factor = go.Figure(), 100.0 if quantity == "accuracy" else 1.0
    for label in cells:
        steps, mean = found[label].curve(quantity)
        hover = "%{y:.1f} %" if quantity == "accuracy" else "%{y:.3f}"
        chart.add_trace(_line(steps, factor * mean, found[label], hover=hover))
    looks.apply(chart, theme, height=height).update_layout(showlegend=len(cells) <= BANDS)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(
        title_text=AXES[quantity], range=[0, 102] if quantity == "accuracy" else [0, _loss_top(found, cells)]
    )
    return chart


def _loss_top(found: Results, cells: Sequence[str]) -> float:
    """High enough for what learns: a loss that explodes leaves at the top."""
    largest = [float(np.nanmax(mean)) for label in cells if (mean := found[label].curve("loss")[1]).size
               and np.isfinite(mean).any()]  # fmt: skip
    return 1.05 * min(max(largest, default=2.5), 4.0)


def _line(steps: Array, values: Array, result: CellResult, *, hover: str) -> go.Scatter:
    label = result.cell.label
    shown = [float(value) if math.isfinite(value) and value > 0 else None for value in values]
    lost = "" if not divergences(result) else " (diverged)"
    return go.Scatter(
        x=steps, y=shown, mode="lines", name=label + lost,
        line={"color": colour(label), "width": 2.2, "dash": dash(label)},
        hovertemplate=f"{label}, step %{{x:,}}: {hover}<extra></extra>",
    )  # fmt: skip


def key_words(cells: Sequence[str]) -> str:
    """What colours and dashes mean where the charts have no room for a legend of their own; else ""."""
    if len(cells) <= BANDS:
        return ""
    helps = list(dict.fromkeys(label.partition(", ")[2] for label in cells))
    drawn = {"solid": "a full line", "dash": "dashed", "dot": "dotted", "dashdot": "dots and dashes"}
    said = [f"{one} {drawn[DASHES.get(one, 'solid')]}" for one in helps]
    return captions.line_key(said)


def _band(steps: Array, low: Array, high: Array, hue: str) -> go.Scatter:
    red, green, blue = (int(hue[i : i + 2], 16) for i in (1, 3, 5))
    return go.Scatter(
        x=np.concatenate([steps, steps[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
        line={"width": 0}, fillcolor=f"rgba({red},{green},{blue},0.15)", showlegend=False, hoverinfo="skip",
    )  # fmt: skip


# --------------------------------------------------------------------------------------------- accuracies
def grid_bars(found: Results, *, theme: str | None = None, height: int = 340) -> go.Figure:
    """Test accuracies of cells "activation, help": a group of bars a help, 95 % intervals; × where a run diverged."""
    paint, chart = looks.colours(theme), go.Figure()
    for name, row in grid(found).items():
        means = [None if math.isnan(one.mean) else 100 * one.mean for one in row.values()]
        spread = [0.0 if math.isnan(one.interval) else 100 * one.interval for one in row.values()]
        chart.add_trace(go.Bar(
            x=list(row), y=means, name=name, marker={"color": COLOURS[name], "opacity": 0.8},
            error_y={"type": "data", "array": spread, "color": paint.text, "thickness": 1.6, "width": 5},
            text=["×" if divergences(one) else "" for one in row.values()], textposition="outside",
            hovertemplate=name + ", %{x}: %{y:.1f} %<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_layout(barmode="group")
    chart.update_yaxes(title_text="test images right (%)", range=[0, 102])
    return chart


def grid(found: Results) -> dict[str, dict[str, CellResult]]:
    """Cells "activation, help" as rows of columns."""
    rows: dict[str, dict[str, CellResult]] = {}
    for one in found.cells:
        name, _, helped = one.cell.label.partition(", ")
        rows.setdefault(name, {})[helped] = one
    return rows


def grid_table(found: Results) -> list[dict[str, str]]:
    """A row an activation, a column a help: mean and 95 % interval in percent, or that it diverged."""
    return [{"activation": name} | {helped: grid_words(one) for helped, one in row.items()}
            for name, row in grid(found).items()]  # fmt: skip


def share_table(found: Results) -> list[dict[str, str]]:
    """A row a cell: accuracy, and the first layer's share of the last one's gradient at the first and the last step."""
    rows = []
    for one in found.cells:
        row, norms = {"activation": one.cell.label, "right": grid_words(one)}, gradient_norms(one)
        if norms is not None:
            row |= {f"first/last, step {norms.steps[moment]}": _share(norms.share[moment]) for moment in (0, -1)}
        rows.append(row)
    return rows


def grid_words(one: CellResult) -> str:
    """A cell's accuracy in words, with the seeds that diverged, if any did."""
    return captions.grid_cell(accuracy_words(one), diverged=divergences(one), runs=one.n)


def accuracy_words(one: CellResult) -> str:
    """ "84.6 ± 1.2 %" """
    if not one.n:
        return "not trained"
    return f"{one.mean * 100:.1f}" + ("" if math.isnan(one.interval) else f" ± {one.interval * 100:.1f}") + " %"


# --------------------------------------------------------------------------------------------- words and numbers
def bound_words(found: Results, cells: Sequence[str]) -> str:
    """What the sigmoid's steepest slope allows for, beside what was measured, per layer and over all of them."""
    said = []
    for label in cells:
        result, norms = found[label], gradient_norms(found[label])
        steepest = slope(result)
        if norms is None or steepest is None or not math.isfinite(norms.share[0]):
            continue
        between, share, factor = len(norms.layers) - 1, float(norms.share[0]), float(norms.per_layer[0])
        said.append(
            captions.slope_bound(
                label, between=between, steepest=steepest, bound=number(steepest**between), measured=number(share),
                below=share <= steepest**between, each=number(factor),
            )
        )  # fmt: skip
    return " ".join(said)


def norms_csv(found: Results) -> str:
    """One line a measurement: cell, seed, step, layer, norm (empty where it is no number)."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["cell", "seed", "step", "layer", "gradient_norm"])
    for one in found.cells:
        for run in one.runs:
            for moment in run.probes:
                for layer, value in moment.get(PROBE, {}).items():
                    writer.writerow([run.cell, run.seed, moment["step"], layer, "" if value is None else value])
    return target.getvalue()


def colour(label: str) -> str:
    """By the activation, which a label starts with."""
    return COLOURS.get(label.partition(", ")[0], looks.SERIES[3])


def dash(label: str) -> str:
    """By what helps, which a label ends with."""
    return DASHES.get(label.partition(", ")[2], "solid")


def _share(value: float) -> str:
    return number(float(value)) if math.isfinite(value) else "no number"
