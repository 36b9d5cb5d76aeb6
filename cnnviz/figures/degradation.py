"""Deep networks with and without shortcuts: training error, what blocks add while they train, plans; and in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import scrub_charts
from cnnviz.figures import theme as looks
from cnnviz.figures.numbers import number, percent
from cnnviz.records import Array
from cnnviz.records.experiments import CellResult, Results
from cnnviz.records.gradient_norms import gradient_norms
from cnnviz.records.residuals import Plan, Ratios, StartNorms, ratios

LOOKS = {  # plain orange, residual blue; shallow thin and dotted, deep solid
    "plain-20": (looks.SERIES[1], "dot"), "plain-56": (looks.SERIES[1], "solid"),
    "ResNet-20": (looks.SERIES[0], "dot"), "ResNet-56": (looks.SERIES[0], "solid"),
}  # fmt: skip
DASHES = ("solid", "dash", "dot", "dashdot")


def look(found: Results, label: str) -> tuple[str, str]:
    """Colour and dash of a cell."""
    place = [one.cell.label for one in found.cells].index(label)
    return LOOKS.get(label, (looks.SERIES[place % len(looks.SERIES)], DASHES[place % len(DASHES)]))


# --------------------------------------------------------------------------------------------- training error
def errors(found: Results, *, theme: str | None = None, height: int = 360) -> go.Figure:
    """Training error over the steps, the mean over the seeds and the band from the lowest to the highest of them."""
    chart = go.Figure()
    for one in found.cells:
        steps, mean = one.curve("accuracy")
        if not len(steps):
            continue
        colour, dash = look(found, one.cell.label)
        if one.n > 1:
            every = 100 - 100 * np.array([run.curves["accuracy"][: len(steps)] for run in one.runs])
            chart.add_trace(_band(steps, every.min(0), every.max(0), colour))
        chart.add_trace(go.Scatter(
            x=steps, y=100 - 100 * mean, mode="lines", name=one.cell.label + _lost(one),
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate=f"{one.cell.label}, step %{{x:,}}: %{{y:.1f}} %<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(title_text="training batches wrong (%)")
    return chart


def error_bars(found: Results, *, last: int, theme: str | None = None, height: int = 360) -> go.Figure:
    """Training error over the last batches: a bar a cell, ± one standard deviation over the seeds, a dot a seed."""
    chart, paint = go.Figure(), looks.colours(theme)
    cells = [one for one in found.cells if one.n]
    ends = [_ends(one, last) * 100 for one in cells]
    chart.add_trace(go.Bar(
        x=[one.cell.label for one in cells], y=[float(values.mean()) for values in ends], width=0.5, showlegend=False,
        marker={"color": [look(found, one.cell.label)[0] for one in cells], "opacity": 0.75},
        text=[f"{values.mean():.1f}" for values in ends], textposition="inside", insidetextanchor="start",
        error_y={"type": "data", "array": [float(values.std(ddof=1)) if len(values) > 1 else 0.0 for values in ends],
                 "color": paint.text, "thickness": 1.8, "width": 8},
        hovertemplate="%{x}: %{y:.2f} %<extra></extra>",
    ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_yaxes(title_text=f"last {last} training batches wrong (%)", rangemode="tozero")
    return chart


def error_table(found: Results, *, last: int) -> list[dict[str, str | int]]:
    """A row a cell: training error at the end, test pictures right, both with their spread over the seeds."""
    rows: list[dict[str, str | int]] = []
    for one in found.cells:
        ends = _ends(one, last)
        rows.append({
            "network": one.cell.label, "n": one.n,
            f"last {last} training batches wrong": _spread(ends),
            "test pictures right": _spread(one.accuracies),
            "± 95 %": "–" if math.isnan(one.interval) else f"{one.interval * 100:.1f}",
            "diverged": sum(run.diverged for run in one.runs),
        })  # fmt: skip
    return rows


def _ends(one: CellResult, last: int) -> Array:
    """Training error of every run over its last batches, [n]."""
    return np.array([1 - run.ending("accuracy", batches=last) for run in one.runs])


def _spread(values: Array) -> str:
    if not len(values):
        return "–"
    return percent(float(values.mean())) + (f" ± {values.std(ddof=1) * 100:.1f}" if len(values) > 1 else "")


def _lost(one: CellResult) -> str:
    lost = sum(run.diverged for run in one.runs)
    return f" (diverged in {lost} of {one.n})" if lost else ""


def _band(steps: Array, low: Array, high: Array, colour: str) -> go.Scatter:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return go.Scatter(
        x=np.concatenate([steps, steps[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
        line={"width": 0}, fillcolor=f"rgba({red},{green},{blue},0.15)", showlegend=False, hoverinfo="skip",
    )  # fmt: skip


# --------------------------------------------------------------------------------------------- gradients
def first_and_last(found: Results, *, theme: str | None = None, height: int = 320) -> go.Figure:
    """The first layer's gradient norm over the last layer's, over the steps, logarithmic; the median of the seeds."""
    chart = go.Figure()
    for one in found.cells:
        norms = gradient_norms(one)
        if norms is None:
            continue
        colour, dash = look(found, one.cell.label)
        chart.add_trace(go.Scatter(
            x=norms.steps, y=[float(value) if math.isfinite(value) and value > 0 else None for value in norms.share],
            mode="lines+markers", name=one.cell.label, line={"color": colour, "width": 2.2, "dash": dash},
            marker={"size": 5}, hovertemplate=f"{one.cell.label}, step %{{x:,}}: %{{y:.3g}}<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step")
    chart.update_yaxes(title_text="first layer's gradient / last layer's", type="log", exponentformat="power", dtick=1)
    return chart


def gradient_words(found: Results) -> str:
    """How much of the last layer's gradient each network's first layer gets, at the first step and at the end."""
    said = [
        f"{one.cell.label} {number(float(norms.share[0]))} and {number(float(norms.share[-1]))}"
        for one in found.cells if (norms := gradient_norms(one)) is not None
    ]  # fmt: skip
    if not said:
        return "No run has measured its gradients yet."
    return (
        "The first layer's gradient norm over the last layer's, at the first and at the last step: "
        f"{'; '.join(said)}. The paper (section 4.1) argues that vanishing gradients are unlikely to be the cause of "
        "degradation, because every convolution is followed by batch normalisation."
    )


# --------------------------------------------------------------------------------------------- blocks
def block_chart(found: Results) -> dict[str, Any] | None:
    """‖F(x)‖ / ‖x‖ by block, scrubbed over the steps, and its mean over the blocks; None where nothing was measured.

    One panel for all networks with the same number of blocks.
    """
    measured = [item for one in found.cells if (item := ratios(one)) is not None]
    if not measured:
        return None
    length = min(len(item.steps) for item in measured)
    steps = measured[0].steps[:length].tolist()
    colours = {item.cell: index for index, item in enumerate(measured)}
    top = max(float(np.nanmax(item.values)) for item in measured)
    panels = [
        scrub_charts.panel(
            f"By block, {', '.join(item.cell for item in group) if len(group) == 1 else f'{count} blocks'}", "block",
            list(range(1, count + 1)),
            [scrub_charts.series(item.cell, "line", item.values[:length], colour=colours[item.cell], framed=True,
                                 marked=True) for item in group],
            limits=(0.0, top),
        )
        for count, group in _by_depth(measured).items()
    ]  # fmt: skip
    panels.append(scrub_charts.panel("Mean over the blocks", "step", steps, [
        scrub_charts.series(item.cell, "line", item.values[:length].mean(axis=1), colour=colours[item.cell])
        for item in measured
    ], limits=(0.0, max(float(np.nanmax(item.values.mean(axis=1))) for item in measured))))  # fmt: skip
    frames = [{"label": f"{step:,}", "at": step, "says": _moment_words(measured, moment)}
              for moment, step in enumerate(steps)]  # fmt: skip
    return scrub_charts.chart("step", frames, panels, start=length - 1)


def _by_depth(measured: Sequence[Ratios]) -> dict[int, list[Ratios]]:
    groups: dict[int, list[Ratios]] = {}
    for item in measured:
        groups.setdefault(len(item.blocks), []).append(item)
    return groups


def _moment_words(measured: Sequence[Ratios], moment: int) -> str:
    return "‖F(x)‖ / ‖x‖, mean over the blocks: " + "; ".join(
        f"{item.cell} {number(float(item.values[moment].mean()))}" for item in measured
    )


def block_words(found: Results) -> str:
    """Whether the deeper network's blocks change less, as the paper's figure 7 has it; with numbers."""
    measured = [item for one in found.cells if (item := ratios(one)) is not None]
    said = [f"{item.cell}: {number(float(item.values[0].mean()))} at step {item.steps[0]}, "
            f"{number(float(item.values[-1].mean()))} at step {item.steps[-1]}" for item in measured]  # fmt: skip
    if not said:
        return "No residual network has been trained yet."
    words = f"‖F(x)‖ / ‖x‖, the mean over the blocks. {'; '.join(said)}."
    depths = sorted((len(item.blocks), float(item.values[-1].mean())) for item in measured)
    if depths[0][0] < depths[-1][0]:
        less = depths[-1][1] < depths[0][1]
        words += f" A block of the deeper network changes {'less' if less else 'no less'} of what passes through it" + (
            ", as the paper's figure 7 has it." if less else "; the paper's figure 7, after 64,000 steps, has it less."
        )
    return words


def block_table(found: Results) -> list[dict[str, str]]:
    """A row a block of any network: its ratio at the first and the last measured step."""
    return [
        {"network": item.cell, "block": block, f"step {item.steps[0]}": number(float(first)),
         f"step {item.steps[-1]}": number(float(last))}
        for one in found.cells if (item := ratios(one)) is not None
        for block, first, last in zip(item.blocks, item.values[0], item.values[-1], strict=True)
    ]  # fmt: skip


# --------------------------------------------------------------------------------------------- plans
def plan_table(plans: Sequence[tuple[str, Plan]]) -> list[dict[str, str | int]]:
    """A row a network: what it is made of. plans: (what it is called, plan)."""
    return [
        {"network": said, "layers with weights": plan.layers, "additions": plan.additions,
         "parameters": f"{plan.parameters:,}", "of them in shortcuts": f"{plan.shortcut_parameters:,}",
         "multiply-adds": f"{plan.macs:,}"}
        for said, plan in plans
    ]  # fmt: skip


def stage_table(one: Plan, other: Plan) -> list[dict[str, str]]:
    """A row a stage of two networks that differ in depth alone."""
    return [
        {"stage": name, "maps after it": " × ".join(map(str, shape)), f"convolutions, {one.layers} layers": str(few),
         f"{other.layers} layers": str(many), f"parameters, {one.layers}": f"{small:,}",
         f"parameters, {other.layers}": f"{large:,}"}
        for (name, shape, few, small, _), (_, _, many, large, _) in zip(one.stages, other.stages, strict=True)
    ]  # fmt: skip


def plan_words(plain: Plan, residual: Plan) -> str:
    """What a shortcut costs."""
    more = residual.parameters - plain.parameters
    return (
        f"{residual.title} is {plain.title} plus {residual.additions} additions: "
        f"{'no parameter' if not more else f'{more:,} parameters'} and "
        f"{'no multiply-add' if residual.macs == plain.macs else f'{residual.macs - plain.macs:,} multiply-adds'} more."
    )


def cost_words(padding: Plan, projection: Plan) -> str:
    """What the 1×1 convolutions cost."""
    more = projection.parameters - padding.parameters
    return (
        f"The 1×1 convolutions with their normalisation add {more:,} parameters to {padding.parameters:,} "
        f"({percent(more / padding.parameters)}) and {projection.macs - padding.macs:,} multiply-adds to "
        f"{padding.macs:,}; padding adds neither, and neither does the identity start."
    )


# --------------------------------------------------------------------------------------------- one picture
def start_chart(found: StartNorms, *, theme: str | None = None, height: int = 340) -> go.Figure:
    """‖x‖ and ‖F(x)‖ of every block, side by side."""
    chart = go.Figure()
    for name, values, colour in (
        ("‖x‖, on the shortcut", found.x, 0),
        ("‖F(x)‖, added by the branch", found.branch, 1),
    ):
        chart.add_trace(go.Bar(
            x=list(found.blocks), y=values, name=name, marker={"color": looks.SERIES[colour], "opacity": 0.8},
            hovertemplate=f"%{{x}}: {name} %{{y:.4g}}<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.update_layout(barmode="group")
    chart.update_xaxes(tickangle=-60)
    chart.update_yaxes(title_text="Euclidean norm", rangemode="tozero")
    return chart


def start_words(found: StartNorms) -> str:
    """What the first and the last block add, and that an identity start adds nothing."""
    if not found.branch.any():
        return (
            f"Every branch of {found.title} adds exactly 0: the picture passes all {len(found.blocks)} blocks along "
            "their shortcuts alone, and training decides which block leaves that first."
        )
    share = found.branch / found.x
    return (
        f"Drawn and never trained, the first block of {found.title} adds {number(float(share[0]))} times what it gets, the "
        f"last {number(float(share[-1]))} times: every branch ends normalised, while what the shortcuts carry "
        "grows with every addition of a stage."
    )
