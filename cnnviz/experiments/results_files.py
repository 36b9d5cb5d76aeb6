"""results.jsonl: one line a finished run, only ever appended to; an incomplete last line is ignored.

{"cell", "config", "test_accuracy", "test_loss", "curves", "epochs", "seconds", "device", "versions", "probes"}
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from cnnviz.records import Array, Epoch, Event, Finished, Started, Step, TrainConfig
from cnnviz.records.experiments import Cell, CellRun

RESULTS = "results.jsonl"
POINTS = 100  # of a training curve; the course's epoch has 938 steps
PROBED = 25  # of the probes' measurements
OF_AN_EPOCH = ("epoch", "step", "test_loss", "test_accuracy")  # what is kept of one
DIGITS = 5  # significant digits of a number in a curve
LARGEST = 64_000_000


def append(path: Path, run: CellRun) -> None:
    """One more line in one write, on the disk when this returns; an incomplete line before it is ended first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(file).st_size
        torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        os.write(file, (b"\n" if torn else b"") + line_of(run))
        os.fsync(file)
    finally:
        os.close(file)


def read(path: Path) -> tuple[CellRun, ...]:
    """All whole lines, in the order of the file; none where there is no file."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
    except OSError:
        return ()
    runs = (run_of(line) for line in data.split(b"\n"))
    return tuple(run for run in runs if run is not None)


def of_cell(runs: Iterable[CellRun], cell: Cell) -> tuple[CellRun, ...]:
    """The runs of this cell's config, whatever their seed, by seed; of two with one seed the first."""
    by_seed: dict[int, CellRun] = {}
    for run in runs:
        if run.cell == cell.label and dataclasses.replace(run.config, seed=cell.config.seed) == cell.config:
            by_seed.setdefault(run.seed, run)
    return tuple(by_seed[seed] for seed in sorted(by_seed))


# --------------------------------------------------------------------------------------------- one line
def line_of(run: CellRun) -> bytes:
    """The run as one line of JSON, with its end."""
    values = {item.name: getattr(run, item.name) for item in dataclasses.fields(run)}
    return plain_json(values | {"config": None}, config=run.config.to_json(defaults=False)) + b"\n"


def plain_json(values: Mapping[str, Any], **exact: Any) -> bytes:
    """One line of JSON, numbers with five digits but for those in `exact`, what is not finite as null."""
    return json.dumps(_plain(dict(values)) | exact, ensure_ascii=False, separators=(",", ":")).encode()


def run_of(line: bytes) -> CellRun | None:
    """None for a line that is incomplete, empty, or of an older format."""
    try:
        values = json.loads(line)
        for name in ("curves", "epochs"):
            values[name] = {key: as_array(numbers) for key, numbers in values[name].items()}
        for name in ("test_accuracy", "test_loss"):
            values[name] = math.nan if values[name] is None else float(values[name])
        values["probes"] = tuple(values["probes"])
        return CellRun(**values | {"config": TrainConfig.from_json(values["config"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def summary(cell: str, config: TrainConfig, events: Sequence[Event], *, versions: Mapping[str, str]) -> CellRun:
    """One finished run as its line: curves thinned, last numbers kept as they are. Raises ValueError if unfinished."""
    finished = next((event for event in reversed(events) if isinstance(event, Finished)), None)
    if finished is None:
        raise ValueError(f"the run of {cell!r} has no end; only finished runs are results")
    started = next(event for event in events if isinstance(event, Started))
    steps = [event for event in events if isinstance(event, Step)]
    epochs = [event for event in events if isinstance(event, Epoch)]
    probed = [{"step": step.step, **step.probes} for step in steps if step.probes]
    if finished.probes:
        probed.append({"step": finished.step, **finished.probes})
    return CellRun(
        cell=cell,
        config=config,
        test_accuracy=finished.test_accuracy,
        test_loss=finished.test_loss,
        curves=thinned(steps),
        epochs={name: _column(epochs, name) for name in OF_AN_EPOCH},
        seconds=round(finished.seconds, 2),
        device=started.device,
        versions=versions,
        probes=tuple(probed[i] for i in sorted(set(np.linspace(0, len(probed) - 1, PROBED).astype(int))) if probed),
    )


def thinned(steps: Sequence[Step], *, points: int = POINTS) -> dict[str, Array]:
    """step (a bucket's last), loss and accuracy (its means); at most `points` of them, the first ones narrower.

    Buckets end at equal distances on the square root's scale: the beginning is where a curve moves most.
    """
    edges = np.unique(np.ceil(np.linspace(0, 1, min(points, len(steps)) + 1) ** 2 * len(steps)).astype(int))
    buckets = [steps[start:end] for start, end in pairwise(edges.tolist())]
    curves = {"step": np.array([bucket[-1].step for bucket in buckets], np.float64)}
    for name in ("loss", "accuracy"):
        curves[name] = np.array([np.mean([getattr(step, name) for step in bucket]) for bucket in buckets], np.float64)
    return curves


def _column(events: Sequence[Any], name: str) -> Array:
    return np.array([getattr(event, name) for event in events], dtype=np.float64)


def _plain(value: Any) -> Any:
    """As JSON says it: arrays as lists, numbers with five digits, what is not finite as null."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, float):
        return (int(value) if value.is_integer() else float(f"{value:.{DIGITS}g}")) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def as_array(values: Sequence[float | None]) -> Array:
    """A curve as float64; null becomes NaN."""
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
