"""Running statistics, batch noise, a trained layer's channels, compared predictions and descent, for the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import numpy as np

from cnnviz.figures import looks, pictures
from cnnviz.figures.numbers import number, percent
from cnnviz.figures.packets import Sealed, digest
from cnnviz.figures.scrub_charts import ScrubChartPacket, ScrubStop, chart, panel, plain, series
from cnnviz.records import Array
from cnnviz.topics.batch_norm import captions, network_captions
from cnnviz.topics.batch_norm.figures import digits
from cnnviz.topics.batch_norm.records import BatchNormLayer, Noise, Prediction, Shifted, Surface, Trace

DRAWN = 300  # batches whose x̂ is drawn as a dot


class ChannelStrip(TypedDict):
    """One stored number of every channel. marks: what this image has instead; marked: what the marks are."""

    name: str
    values: list[float | None]
    marks: NotRequired[list[float | None]]
    marked: NotRequired[str]


class NormChannels(TypedDict):
    """before, after: lowest and highest of every channel's histogram. says: three lines a channel."""

    layer: str
    strips: list[ChannelStrip]
    before: list[list[float | None]]
    after: list[list[float | None]]
    after_mean: list[float | None]
    after_spread: list[float | None]
    says: list[list[str]]
    start: int


class NormChannelsPacket(NormChannels, Sealed):
    """For the component norm_channels, with the counts beside it."""


class ComparedRow(TypedDict):
    """A class and its probability."""

    label: str
    share: float
    text: str


class ComparedColumn(TypedDict):
    """One prediction, or the problem that there was."""

    title: str
    rows: list[ComparedRow]
    problem: str


class ComparedFrame(TypedDict):
    """The predictions at one setting of the control."""

    label: str
    columns: list[ComparedColumn]


class ComparedPredictions(TypedDict):
    """control: what the slider changes, "" for no slider."""

    control: str
    frames: list[ComparedFrame]
    start: int


class ComparedPacket(ComparedPredictions, Sealed):
    """For the component compared."""


class Bowl(TypedDict):
    """A loss over two weights: contours, and the path of every learning rate with its losses."""

    title: str
    says: str
    low: list[float]
    high: list[float]
    minimum: list[float]
    contours: list[list[list[float]]]
    levels: list[str]
    paths: list[list[list[float | None]]]
    losses: list[list[float | None]]
    least: float
    left: list[list[float | None]]
    rates: list[str]
    arrivals: list[int | None]


class DescentPaths(TypedDict):
    """shares: learning rates, as shares of the largest stable one."""

    shares: list[float]
    start: int
    colours: list[str]
    panels: list[Bowl]


class DescentPathsPacket(DescentPaths, Sealed):
    """For the component descent_paths."""


# ------------------------------------------------------------------------------------------------ charts with frames
def trace_chart(found: Trace) -> ScrubChartPacket:
    """Three panels over the batches; the frame is the momentum."""
    steps = len(found.batch_mean)
    batch = list(range(1, steps + 1))
    panels = [
        panel("Mean", "batch", batch, [
            series("this batch's mean", "dots", found.batch_mean, colour=1),
            series("running mean", "line", found.mean[:, 1:], colour=0, framed=True),
            series("mean of all data", "rule", [found.data_mean], colour=2),
        ]),
        panel("Variance (unbiased)", "batch", batch, [
            series("this batch's variance", "dots", found.batch_unbiased, colour=1),
            series("running variance", "line", found.variance[:, 1:], colour=0, framed=True),
            series("variance of all data", "rule", [found.data_variance], colour=2),
        ]),
        panel("Difference between eval's and training's output (RMS, in x̂)", "batch", batch, [
            series("eval − training", "line", found.gap, colour=3, framed=True),
        ], log=True),
    ]  # fmt: skip
    frames: list[ScrubStop] = [
        {"label": digits(momentum), "says": captions.memory(momentum)} for momentum in found.momenta
    ]
    return chart("momentum", frames, panels, start=found.momenta.index(0.1))


def noise_chart(found: Noise) -> ScrubChartPacket:
    """Spread against batch size, measured and expected, and the draws themselves; the frame is the batch size."""
    sizes = list(found.sizes)
    spread = found.means.std(axis=1)
    panels = [
        panel("Spread of the batch mean", "batch size", sizes, [
            series("measured", "marks", spread, colour=0),
            series("σ/√n", "line", found.expected_mean, colour=2),
            series("σ/√n · √((P − n)/(P − 1)), drawn without replacement", "line", found.expected_mean * found.finite,
                    colour=1),
        ], log=True, x_log=True),
        panel("Spread of the batch variance (unbiased)", "batch size", sizes, [
            series("measured", "marks", found.unbiased.std(axis=1), colour=0),
            series("√((μ₄ − σ⁴·(n−3)/(n−1))/n)", "line", found.expected_variance, colour=2),
        ], log=True, x_log=True),
        panel("Mean of the batch variance", "batch size", sizes, [
            series("biased (divided by n)", "marks", found.biased.mean(axis=1), colour=1),
            series("unbiased (divided by n − 1)", "marks", found.unbiased.mean(axis=1), colour=0),
            series("σ² of all data", "rule", [found.data_variance], colour=2),
        ], x_log=True),
        panel("x̂ of the same value in every batch", "draw", list(range(1, DRAWN + 1)), [
            series("x̂ in this batch", "dots", found.x_hat[:, :DRAWN], colour=3, framed=True),
            series("x̂ by all data", "rule", [(found.value - found.data_mean) / found.data_variance**0.5], colour=2),
        ]),
    ]  # fmt: skip
    frames: list[ScrubStop] = [
        {"label": str(size), "at": size, "says": captions.noise_at((float(mean), float(deviation)), row)}
        for size, mean, deviation, row in zip(sizes, found.means.mean(axis=1), spread, found.x_hat, strict=True)
    ]  # fmt: skip
    return chart("batch size", frames, panels, start=min(4, len(sizes) - 1))


# ------------------------------------------------------------------------------------------------ a trained layer
def channels(found: BatchNormLayer) -> tuple[NormChannelsPacket, dict[str, bytes]]:
    """Stored numbers of every channel, and as uint32 [C, B] the counts of both histograms."""
    header: NormChannels = {
        "layer": found.key,
        "strips": [
            {"name": "running mean", "values": plain(found.stored_mean), "marks": plain(found.before_mean),
             "marked": "this image's mean"},
            {"name": "√ running variance", "values": plain(found.stored_variance**0.5),
             "marks": plain(found.before_variance**0.5), "marked": "this image's standard deviation"},
            {"name": "γ", "values": plain(found.gamma)},
            {"name": "β", "values": plain(found.beta)},
        ],
        "before": plain(found.before_edges[:, [0, -1]]),
        "after": plain(found.after_edges[:, [0, -1]]),
        "after_mean": plain(found.after_mean), "after_spread": plain(found.after_variance**0.5),
        "says": [list(captions.channel(found, channel)) for channel in range(len(found.gamma))],
        "start": int(np.abs(found.shift).argmax()),
    }  # fmt: skip
    counts = {"before_counts": found.before_counts, "after_counts": found.after_counts}
    blobs = {name: values.astype("<u4").tobytes() for name, values in counts.items()}
    return {**header, "digest": digest(header, *blobs.values())}, blobs


def layer_row(found: BatchNormLayer) -> dict[str, Any]:
    """One line of the table of all layers."""
    return {
        "layer": found.key,
        "channels": len(found.gamma),
        "ε": f"{found.eps:g}",
        "mean of |running mean|": float(np.abs(found.stored_mean).mean()),
        "mean running variance": float(found.stored_variance.mean()),
        "γ from": float(found.gamma.min()),
        "γ to": float(found.gamma.max()),
        "β from": float(found.beta.min()),
        "β to": float(found.beta.max()),
        "this image's shift (σ, mean size)": float(np.abs(found.shift).mean()),
    }


# ------------------------------------------------------------------------------------------------ predictions
def wrong_mode(found: Sequence[Prediction], classes: Sequence[str]) -> ComparedPacket:
    """One frame with a column of bars for each condition."""
    columns = [_column(one.name, one.probabilities, classes, one.problem) for one in found]
    return _compared("", [{"label": "", "columns": columns}], start=0)


def shifted(found: Shifted, classes: Sequence[str], *, start: int) -> ComparedPacket:
    """One frame for every version of the image, with its thumbnail: stored against own statistics."""
    frames: list[ComparedFrame] = []
    for place, amount in enumerate(found.amounts):
        own = None if found.own is None else found.own[place]
        label = f"{amount:+g}".replace("-", "−") if found.kind == "brightness" else f"× {amount:g}"
        frames.append(
            {
                "label": label.replace("+0", "±0") if amount == 0 else label,
                "columns": [
                    _column(network_captions.STORED, found.stored[place], classes, ""),
                    _column(network_captions.OWN, own, classes, found.problem),
                ],
            }
        )
    return _compared(found.kind, frames, start=start)


def thumbnails(found: Shifted, size: int = 132) -> bytes:
    """All versions side by side as one PNG, each size × size."""
    return pictures.png(np.concatenate([pictures.fit(version, size) for version in found.pictures], axis=1))


def _column(title: str, chances: Array | None, classes: Sequence[str], problem: str) -> ComparedColumn:
    if chances is None:
        return {"title": title, "rows": [], "problem": problem}
    best = np.argsort(-chances, kind="stable")[:5]
    rows: list[ComparedRow] = [
        {"label": str(classes[i]), "share": round(float(chances[i]), 6), "text": percent(float(chances[i]))}
        for i in best
    ]
    return {"title": title, "rows": rows, "problem": ""}


def _compared(control: str, frames: list[ComparedFrame], *, start: int) -> ComparedPacket:
    header: ComparedPredictions = {"control": control, "frames": frames, "start": start}
    return {**header, "digest": digest(header)}


# ------------------------------------------------------------------------------------------------ descent
def descent(
    before: Surface, after: Surface, arrivals: Sequence[Sequence[int | None]], shares: Sequence[float]
) -> DescentPathsPacket:
    """Two bowls side by side, the path of every learning rate on each."""
    header: DescentPaths = {
        "shares": list(shares),
        "start": list(shares).index(0.9),
        "colours": [looks.SERIES[1], looks.SERIES[0]],
        "panels": [
            _bowl("Features as they are", before, arrivals[0]),
            _bowl("Each feature normalised", after, arrivals[1]),
        ],
    }
    return {**header, "digest": digest(header)}


def _bowl(title: str, found: Surface, arrivals: Sequence[int | None]) -> Bowl:
    contours = found.contours.reshape(-1, 2)
    low, high = contours.min(axis=0), contours.max(axis=0)
    room = 0.08 * (high - low)
    left = np.maximum((found.losses - found.least) / (found.losses[:, :1] - found.least), 0.0)
    return {
        "title": title,
        "says": captions.bowl(found),
        "low": plain(low - room), "high": plain(high + room), "minimum": plain(found.minimum),
        "contours": plain(found.contours), "levels": [number(float(level)) for level in found.levels],
        "paths": plain(found.paths), "losses": plain(found.losses), "least": found.least, "left": plain(left),
        "rates": [number(float(rate)) for rate in found.rates], "arrivals": list(arrivals),
    }  # fmt: skip
