"""Normalisation as the browser draws it: every step with its numbers put in, and which values are averaged together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from cnnviz.figures.numbers import number
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.batch_norm.records import Normalised, Running

MOST_TERMS = 8  # of a sum that is written out; the ones between become "…"


class StepGrid(TypedDict):
    """One grid of the computation. texts, values: a number a cell, row by row."""

    symbol: str
    title: str
    texts: list[str]
    values: list[float]


class StepLine(TypedDict):
    """A formula with its numbers, and the symbol of the grid that it belongs to."""

    grid: str
    name: str
    text: str


class NormSteps(TypedDict):
    """shape: [N, C, H, W]. group: of each cell. channel, cell: the formulas of each."""

    shape: list[int]
    grids: list[StepGrid]
    group: list[int]
    names: list[str]
    channel: list[list[StepLine]]
    cell: list[list[StepLine]]


class NormStepsPacket(NormSteps, Sealed):
    """For the component norm_steps."""


class AxesPanel(TypedDict):
    """One normalisation. group: of each cell, which are averaged together; means, variances: of each group."""

    title: str
    says: str
    group: list[int]
    count: int
    means: list[str]
    variances: list[str]
    normalised: list[float]


class GroupsPanel(AxesPanel):
    """Group normalisation with so many groups."""

    groups: int


class NormAxes(TypedDict):
    """shape: [N, C, H, W]. values: row by row."""

    shape: list[int]
    values: list[float]
    panels: list[AxesPanel]
    groups: list[GroupsPanel]


class NormAxesPacket(NormAxes, Sealed):
    """For the component norm_axes."""


def digits(value: float, places: int = 7) -> str:
    """Seven significant digits without trailing zeros, a real minus sign.

    >>> digits(-1.34163541), digits(0.25), digits(1 / 3), digits(0.0), digits(1e-5)
    ('−1.341635', '0.25', '0.3333333', '0', '1e−5')
    """
    mantissa, _, exponent = f"{value + 0.0:.{places}g}".partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")


def steps(step: Normalised, stored: Running, after: Running | None, *, momentum: float) -> NormStepsPacket:
    """The grids x, x − μ, (x − μ)², x̂ and y, and for each value the formulas with its numbers.

    stored: the running statistics before this batch; after: after it (None in eval mode, where they do not move).
    """
    grids = [
        ("x", "the batch", step.x),
        ("x − μ", "centred", step.centred),
        ("(x − μ)²", "squared distance", step.centred**2),
        ("x̂", "normalised", step.x_hat),
        ("y = γ·x̂ + β", "scaled and shifted", step.y),
    ]
    if not step.batch_statistics:
        del grids[2]
    shape = list(step.x.shape) + [1] * (4 - step.x.ndim)
    header: NormSteps = {
        "shape": shape,
        "grids": [
            {"symbol": symbol, "title": title, "texts": [digits(v, 4) for v in values.ravel()],
             "values": [round(float(v), 6) for v in values.ravel()]}
            for symbol, title, values in grids
        ],
        "group": step.group.ravel().tolist(),
        "names": [f"channel {channel + 1}" for channel in range(shape[1])],
        "channel": [_channel_lines(step, stored, after, channel, momentum) for channel in range(shape[1])],
        "cell": [_cell_lines(step, place) for place in range(step.x.size)],
    }  # fmt: skip
    return {**header, "digest": digest(header)}


def _channel_lines(
    step: Normalised, stored: Running, after: Running | None, channel: int, momentum: float
) -> list[StepLine]:
    """Mean, both variances and the running statistics of one channel, each with the grid that it belongs to."""
    if not step.batch_statistics or after is None:
        return [
            _line("x", "μ", f"the stored mean, {digits(step.mean[channel])}: the batch has no say"),
            _line("x", "σ²", f"the stored variance, {digits(step.variance[channel])}"),
        ]
    values = step.x[step.group == channel]
    mean, biased, unbiased = (float(part[channel]) for part in (step.mean, step.variance, step.unbiased))
    squares = [f"({digits(v, 4)} − {_wrapped(mean)})²" for v in values]
    total = _sum(squares)
    rest, share = digits(1 - momentum, 4), digits(momentum, 4)
    return [
        _line("x", "μ", f"({_sum([_wrapped(v) for v in values])}) / {step.count} = {digits(mean)}"),
        _line("(x − μ)²", "σ², biased", f"({total}) / {step.count} = {digits(biased)}, σ = {digits(biased**0.5)} → "
              "normalises this batch"),
        _line("(x − μ)²", "s², unbiased", f"the same sum / ({step.count} − 1) = {digits(unbiased)} → is stored"),
        _line("x", "running mean", f"{rest} · {_wrapped(stored.mean[channel])} + {share} · {_wrapped(mean)} = "
              f"{digits(after.mean[channel])}"),
        _line("(x − μ)²", "running var", f"{rest} · {_wrapped(stored.variance[channel])} + {share} · "
              f"{_wrapped(unbiased)} = {digits(after.variance[channel])}"),
    ]  # fmt: skip


def _cell_lines(step: Normalised, place: int) -> list[StepLine]:
    """x̂ and y of one value, with its numbers."""
    index = np.unravel_index(place, step.x.shape)
    channel = int(index[1])
    x, x_hat, y = (float(part[index]) for part in (step.x, step.x_hat, step.y))
    mean, variance = float(step.mean[channel]), float(step.variance[channel])
    gamma, beta = float(step.gamma[channel]), float(step.beta[channel])
    return [
        _line("x̂", "x̂", f"({digits(x)} − {_wrapped(mean)}) / √({digits(variance)} + {digits(step.eps)}) = "
              f"{digits(x_hat)}"),
        _line("y = γ·x̂ + β", "y", f"{digits(gamma)} · {_wrapped(x_hat)} + {_wrapped(beta)} = {digits(y)}"),
    ]  # fmt: skip


def _line(grid: str, name: str, text: str) -> StepLine:
    return {"grid": grid, "name": name, "text": text}


def _wrapped(value: float) -> str:
    return f"({digits(value)})" if value < 0 else digits(value)


def _sum(terms: Sequence[str]) -> str:
    if len(terms) > MOST_TERMS:
        terms = [*terms[: MOST_TERMS - 2], "…", terms[-1]]
    return " + ".join(terms)


def axes(found: Mapping[str, Normalised], groups: Mapping[int, Normalised]) -> NormAxesPacket:
    """The four normalisations of one x [N, C, H, W], for panels side by side.

    found: "batch", "layer", "instance" -> Normalised; groups: number of groups -> GroupNorm with so many.
    """
    x = next(iter(found.values())).x
    n, c, *sides = x.shape
    each = "·".join("HW"[: len(sides)])
    panels = [
        _panel("BatchNorm", f"one channel, all images: N·{each}", found["batch"]),
        _panel("LayerNorm", f"one image, all channels: C·{each}", found["layer"]),
        _panel("InstanceNorm", f"one channel of one image: {each}", found["instance"]),
    ]
    header: NormAxes = {
        "shape": [n, c, *sides],
        "values": [round(float(v), 6) for v in x.ravel()],
        "panels": panels,
        "groups": [
            {"groups": count, **_panel("GroupNorm", f"{c // count} of {c} channels of one image: C/G·{each}", one)}
            for count, one in groups.items()
        ],
    }
    return {**header, "digest": digest(header)}


def _panel(title: str, says: str, step: Normalised) -> AxesPanel:
    return {
        "title": title,
        "says": says,
        "group": step.group.ravel().tolist(),
        "count": step.count,
        "means": [number(float(v)) for v in step.mean],
        "variances": [number(float(v)) for v in step.variance],
        "normalised": [round(float(v), 5) for v in step.x_hat.ravel()],
    }


def batch_of(table: Array, shape: tuple[int, int, int, int]) -> Array:
    """A table [N·H, C·W], images below and channels beside each other, as the batch [N, C, H, W]."""
    n, c, h, w = shape
    batch: Array = table.reshape(n, h, c, w).transpose(0, 2, 1, 3)
    return batch
