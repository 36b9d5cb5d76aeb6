"""Networks over learning rates, for `components.scrub_chart`: where they train, how soon, and one rate's course."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from cnnviz.figures import looks
from cnnviz.figures.numbers import number, whole_percent
from cnnviz.figures.scrub_charts import ScrubChartPacket, ScrubStop, Series, chart, panel, series
from cnnviz.records import Array
from cnnviz.records.learning_rates import Course, HowSoon, RateLine, Span
from cnnviz.topics.batch_norm_rates import captions

DEPTHS = (
    "#3b78c2",
    "#16917e",
    "#86861d",
    "#d0701c",
    "#b8558f",
)  # first layer to last; between them the colours are mixed
HALF = 0.5
SCALES = {"accuracy": 100.0, "loss": 1.0}
LARGEST = 100.0  # percent, or nats: a loss above it is on its way to infinity and is not drawn
SHOWN = 0.01  # the learning rate that the courses open on


# ------------------------------------------------------------------------------------------------ where they train
def where(lines: Sequence[RateLine], shares: Sequence[float], spans: Sequence[Sequence[Span]], *, chance: float,
          start: float) -> ScrubChartPacket:  # fmt: skip
    """Test accuracy over the rates; the frame is the accuracy from which a rate counts as one that trains.

    spans: [shares][lines].
    """
    drawn = []
    for colour, line in enumerate(lines):
        drawn.append(series(f"{line.name}, seeds from", "band", [100 * line.lowest, 100 * line.highest], colour=colour))
        drawn.append(series(line.name, "line", 100 * line.means, colour=colour, marked=True))
    for colour, line in enumerate(lines):
        lost = np.where(np.array(line.diverged) > 0, 100 * line.means, np.nan)
        if np.isfinite(lost).any():
            drawn.append(series(f"{line.name}, diverged", "crosses", lost, colour=colour))
    drawn.append(series(f"chance, {whole_percent(chance)}", "rule", [100 * chance], colour=4))
    drawn.append(series("trains from here on", "rule", [[100 * share] for share in shares], colour=3, framed=True))
    frames: list[ScrubStop] = [
        {"label": whole_percent(share),
         "says": "; ".join(f"{line.name}: {captions.span(one)}" for line, one in zip(lines, row, strict=True))}
        for share, row in zip(shares, spans, strict=True)
    ]  # fmt: skip
    over = panel(
        "Test images classified correctly (%)", "learning rate", lines[0].rates, drawn, x_log=True,
        limits=(0.0, _top(lines)),
    )  # fmt: skip
    return chart("counts as trained from", frames, [over], start=_nearest(shares, start))


def _top(lines: Sequence[RateLine]) -> float:
    highest = [float(value) for line in lines for value in line.highest if np.isfinite(value)]
    return 100 * max(highest, default=0.5) + 2


# ------------------------------------------------------------------------------------------------ how soon
def how_soon(found: Sequence[HowSoon]) -> ScrubChartPacket:
    """Steps until training batches are right to a share, over the rates; the frame is the share."""
    shares = found[0].shares
    drawn = [series(one.name, "line", one.steps, colour=i, framed=True, marked=True) for i, one in enumerate(found)]
    frames: list[ScrubStop] = [
        {"label": whole_percent(share),
         "says": "; ".join(_soon_words(one, index) for one in found)}
        for index, share in enumerate(shares)
    ]  # fmt: skip
    over = panel("Steps until then", "learning rate", found[0].rates, drawn, log=True, x_log=True)
    return chart("of a batch right", frames, [over], start=_nearest(shares, most_reached(found)))


def most_reached(found: Sequence[HowSoon]) -> float:
    """Half where some network gets there at some rate; else the largest share that one reaches."""
    reached = [float(share) for one in found for share, row in zip(one.shares, one.steps, strict=True)
               if np.isfinite(row).any()]  # fmt: skip
    return (
        HALF if any(abs(share - HALF) < 1e-9 for share in reached) else max(reached, default=float(found[0].shares[0]))
    )


def _soon_words(one: HowSoon, index: int) -> str:
    row = one.steps[index]
    if np.isfinite(row).any():
        best = int(np.nanargmin(row))
        there = int(np.isfinite(row).sum())
        return (
            f"{one.name}: at {there} of {len(row)} rates, soonest at {one.rates[best]:g} after {row[best]:,.0f} steps"
        )
    return f"{one.name}: at no rate, at most {_most(one):.1f} %"


def _most(one: HowSoon) -> float:
    """The largest share of batches that any rate reaches, in percent, the mean over the seeds."""
    finite = one.most[np.isfinite(one.most)]
    return float(100 * finite.max()) if len(finite) else 0.0


def half_words(found: Sequence[HowSoon]) -> str:
    """Whether and when half of a batch is right, and what is reached where it never is."""
    index = _nearest(found[0].shares, HALF)
    said = "; ".join(_soon_words(one, index) for one in found)
    return f"Half of the last ten batches right: {said}."


# ------------------------------------------------------------------------------------------------ one learning rate
def courses(found: Sequence[Course], *, runs: str) -> ScrubChartPacket:
    """Four panels over the steps, the frame is the rate: accuracy and loss of batches, and what BatchNorm remembers.

    runs: which ones, in words.
    """
    names = list(dict.fromkeys(one.name for one in found))
    rates = sorted({one.rate for one in found})
    by = {(one.name, one.rate): one for one in found}
    steps = max((one.steps for one in found), key=len)
    rows = [[by[name, rate] for rate in rates] for name in names]
    top = max((float(np.nanmax(one.accuracy)) for one in found if one.seeds), default=1.0) * 100
    panels = [
        panel("Training batches right (%)", "step", steps, _lines(rows, "accuracy", len(steps)), limits=(0.0, top)),
        panel("Loss (nats)", "step", steps, _lines(rows, "loss", len(steps)), log=True),
    ]
    layers = next((one.layers for one in found if one.layers), ())
    with_norm = next((row for row in rows if any(one.layers for one in row)), None)
    if with_norm is not None:
        probed = max((one.probed for one in with_norm), key=len)
        size = (len(layers), len(probed))
        panels += [
            panel("Running means, RMS over a layer's channels", "step", probed,
                  _layers(with_norm, "means", layers, size), log=True),
            panel("Running standard deviations, mean over a layer's channels", "step", probed,
                  _layers(with_norm, "deviations", layers, size), log=True),
        ]  # fmt: skip
    said = {rate: "; ".join(_course_words(by[name, rate]) for name in names) for rate in rates}
    frames: list[ScrubStop] = [{"label": f"{rate:g}", "says": f"{runs}: {said[rate]}"} for rate in rates]
    return chart(
        "learning rate", frames, panels, start=_nearest(rates, SHOWN), colours=[*looks.SERIES, *depths(len(layers))]
    )


def statistics_csv(found: Sequence[Course]) -> str:
    """One line for each network, rate, BatchNorm layer and time: what the layer remembers, empty where not finite."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["network", "learning_rate", "step", "layer", "running_mean_rms", "running_deviation"])
    for one in found:
        for index, layer in enumerate(one.layers):
            for step, *numbers in zip(one.probed, one.means[index], one.deviations[index], strict=True):
                shown = [f"{value:.6g}" if np.isfinite(value) else "" for value in numbers]
                writer.writerow([one.name, one.rate, step, layer, *shown])
    return target.getvalue()


def depths(count: int) -> list[str]:
    """So many colours from the first layer's to the last one's."""
    found = []
    for place in np.linspace(0, len(DEPTHS) - 1, count) if count > 1 else [0.0] * count:
        low = min(int(place), len(DEPTHS) - 2)
        found.append(looks.mix(DEPTHS[low], DEPTHS[low + 1], float(place) - low))
    return found


def _lines(rows: Sequence[Sequence[Course]], kind: str, length: int) -> list[Series]:
    drawn: list[Series] = []
    scale = SCALES[kind]
    for colour, row in enumerate(rows):
        values = scale * np.stack([_padded(getattr(one, kind), (3, length)) for one in row])
        values[values > LARGEST] = np.nan
        drawn.append(series(f"{row[0].name}, seeds from", "band", values[:, 1:], colour=colour, framed=True))
        drawn.append(series(row[0].name, "line", values[:, 0], colour=colour, framed=True))
    return drawn


def _layers(row: Sequence[Course], kind: str, layers: Sequence[str], size: tuple[int, int]) -> list[Series]:
    values = np.stack([_padded(getattr(one, kind), size) for one in row])
    return [
        series(layer.rpartition(".")[2], "line", values[:, index], colour=len(looks.SERIES) + index, framed=True)
        for index, layer in enumerate(layers)
    ]


def _padded(values: Array, size: tuple[int, int]) -> Array:
    """What has not been trained, or not to the end, is a gap."""
    result = np.full(size, np.nan)
    result[: values.shape[0], : values.shape[1]] = values[: size[0], : size[1]]
    return result


def _course_words(one: Course) -> str:
    if not one.seeds:
        return f"{one.name}: not trained yet"
    if one.diverged:
        return f"{one.name}: {one.diverged} of {one.seeds} seed{'s' * (one.seeds != 1)} diverged"
    right, loss = 100 * one.accuracy[0, -1], float(one.loss[0, -1])
    return f"{one.name}: {right:.1f} % of the last batches right, loss {number(loss)}"


def _nearest(values: Sequence[float] | Array, wanted: float) -> int:
    return int(np.abs(np.asarray(values) - wanted).argmin())
