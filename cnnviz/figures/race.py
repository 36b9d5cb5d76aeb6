"""A race: every cell's curves over equal images, equal steps or equal seconds, as the component `race` takes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from cnnviz.figures import looks
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array, TrainConfig
from cnnviz.records.experiments import CellResult, Results, UnderWay


class RaceAxis(TypedDict):
    """What the race can be drawn over."""

    title: str
    words: str


class NamedRaceAxis(RaceAxis):
    """With its name."""

    id: str


class Measure(TypedDict):
    """What is drawn. low: less is better."""

    words: str
    percent: bool
    log: bool
    low: bool


class NamedMeasure(Measure):
    """With its name."""

    id: str


class TestCurve(TypedDict):
    """A point an epoch. x: by axis."""

    x: dict[str, list[float | None]]
    y: list[float | None]


class RaceLane(TypedDict):
    """One cell. x, ends: by axis, where its curve's points and its end lie. lowest, highest: empty for a single run."""

    name: str
    colour: str
    dash: tuple[int, ...]
    n: int
    running: bool
    ends: dict[str, float | None]
    diverged: int
    x: dict[str, list[float | None]]
    accuracy: list[float | None]
    loss: list[float | None]
    lowest: list[float | None]
    highest: list[float | None]
    test: TestCurve


class Race(TypedDict):
    """start: the measure that it opens on. live: a cell is under way."""

    title: str
    start: str
    live: bool
    lanes: list[RaceLane]
    axes: list[NamedRaceAxis]
    measures: list[NamedMeasure]


class RacePacket(Race, Sealed):
    """For the component race."""


AXES: dict[str, RaceAxis] = {
    "pictures": {"title": "images seen", "words": "Equal images"},
    "steps": {"title": "steps", "words": "Equal steps"},
    "seconds": {"title": "seconds of its own", "words": "Equal seconds"},
}
MEASURES: dict[str, Measure] = {
    "accuracy": {"words": "Training batches right", "percent": True, "log": False, "low": False},
    "loss": {"words": "Training loss", "percent": False, "log": True, "low": True},
    "test": {"words": "Test images right", "percent": True, "log": False, "low": False},
}
DASHES: tuple[tuple[int, ...], ...] = ((), (9, 5), (2, 4), (10, 4, 2, 4))
DIGITS = 5
MANY = 10  # epochs: from there on the race opens on test images, of which there is a point an epoch


def race(
    found: Results, *, under_way: Sequence[UnderWay] = (), examples: int | None = None, title: str = ""
) -> RacePacket:
    """Header: a lane a cell that has curves, those of finished runs (their mean) or of one that is under way.

    examples: training images of the data set, where a config takes them all. Seconds: a cell's own, of training and
    testing together, spread evenly over its steps. title: names the race for a screen reader.
    """
    running = {one.cell: one for one in under_way}
    lanes = [
        _lane(index, result, running.get(result.cell.label), examples)
        for index, result in enumerate(found.cells)
        if result.n or result.cell.label in running
    ]
    shown = [name for name in MEASURES if name != "test" or any(len(lane["test"]["y"]) > 1 for lane in lanes)]
    long = "test" in shown and max(result.cell.config.epochs for result in found.cells) >= MANY
    header: Race = {
        "title": title,
        "start": "test" if long else "accuracy",
        "live": bool(running),
        "lanes": lanes,
        "axes": [{**words, "id": name} for name, words in AXES.items()],
        "measures": [{**MEASURES[name], "id": name} for name in shown],
    }
    return {**header, "digest": digest(header)}


def seen(config: TrainConfig, steps: Array, planned: float, *, examples: int | None = None) -> Array:
    """How many images a run has met after so many steps; every epoch's last batch may be a smaller one."""
    everything = [count for count in (config.examples, examples) if count is not None]
    if not everything:
        return steps * float(config.batch_size)
    count, each = min(everything), max(1.0, round(planned / config.epochs))
    whole, rest = np.divmod(steps, each)
    return whole * count + np.minimum(rest * config.batch_size, count)


def _lane(index: int, result: CellResult, running: UnderWay | None, examples: int | None) -> RaceLane:
    config = result.cell.config
    if result.n:
        curves, epochs = _means(result)
        planned, seconds = (
            float(result.runs[0].curves["step"][-1]),
            float(np.mean([run.seconds for run in result.runs])),
        )
        diverged = sum(run.diverged for run in result.runs)
    else:
        assert running is not None
        curves, epochs, planned = running.curves, running.epochs, float(running.planned)
        over = float(curves["step"][-1]) / planned if len(curves["step"]) else 0.0
        seconds, diverged = running.seconds / over if over else 0.0, 0
    places = lambda steps: {  # noqa: E731
        "pictures": _plain(seen(config, steps, planned, examples=examples)),
        "steps": _plain(steps),
        "seconds": _plain(steps * (float(seconds) / max(planned, 1.0))),
    }
    ends = {axis: values[0] for axis, values in places(np.array([planned])).items()}
    accuracy, loss, lowest, highest = (
        _plain(curves.get(name, np.zeros(0))) for name in ("accuracy", "loss", "lowest", "highest")
    )
    return {
        "name": result.cell.label,
        "colour": looks.SERIES[index % len(looks.SERIES)],
        "dash": DASHES[index % len(DASHES)],
        "n": result.n,
        "running": running is not None and not result.n,
        "ends": ends,
        "diverged": diverged,
        "x": places(curves["step"]),
        "accuracy": accuracy,
        "loss": loss,
        "lowest": lowest,
        "highest": highest,
        "test": {"x": places(epochs["step"]), "y": _plain(epochs["test_accuracy"])},
    }


def _means(result: CellResult) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
    """(curves, epochs): means over the runs; lowest and highest accuracy of any run where there are several."""
    steps, accuracy = result.curve("accuracy")
    curves = {"step": steps, "accuracy": accuracy, "loss": result.curve("loss")[1]}
    if result.n > 1:
        every = np.array([run.curves["accuracy"][: len(steps)] for run in result.runs])
        curves |= {"lowest": every.min(0), "highest": every.max(0)}
    passes = min(len(run.epochs["step"]) for run in result.runs)
    tested = np.mean([run.epochs["test_accuracy"][:passes] for run in result.runs], axis=0)
    return curves, {"step": result.runs[0].epochs["step"][:passes], "test_accuracy": tested}


def _plain(values: Array) -> list[float | None]:
    return [float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None for value in np.asarray(values, float)]
