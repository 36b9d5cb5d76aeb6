"""An experiment as data, what its cells measured, and the verdict: plain values that need no torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cnnviz.records.training import TrainConfig

Array = np.ndarray

# Student's t, two-sided 95 %, by degrees of freedom; from 30 on within 2 % of the normal distribution's 1.96.
T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


def half_interval(values: Array) -> float:
    """Half of the 95 % interval of the mean of [n] values, t · sd/√n (Student 1908); NaN for fewer than two."""
    count = len(values)
    if count < 2:
        return math.nan
    return (T95[count - 2] if count - 2 < len(T95) else 1.96) * float(np.std(values, ddof=1)) / math.sqrt(count)


@dataclass(frozen=True)
class Cell:
    """One setting of the grid: what it is called, and how it is trained (the seed is put in for each run)."""

    label: str
    config: TrainConfig


@dataclass(frozen=True)
class Published:
    """What somebody else measured for a cell. accuracy in [0, 1]; source: who, in words."""

    accuracy: float
    source: str


@dataclass(frozen=True)
class Verdict:
    """What the numbers say, in computed sentences; agrees: whether all that was expected came out.

    headline: the answer in at most fifteen words. beside: which of the sentences stands with it, the others are folded.
    """

    agrees: bool
    headline: str
    sentences: tuple[str, ...]
    beside: int = 0

    @property
    def sentence(self) -> str:
        """The one that stands beside the headline."""
        return self.sentences[self.beside]

    @property
    def folded(self) -> tuple[str, ...]:
        """All the others, in their order."""
        shown = self.beside % len(self.sentences)
        return tuple(one for index, one in enumerate(self.sentences) if index != shown)


@dataclass(frozen=True, eq=False)
class CellRun:
    """One cell trained once: a line of results.jsonl.

    curves: step, loss, accuracy of the training batches (means over buckets of steps); epochs: epoch, step, test_loss,
    test_accuracy after each epoch; probes: what was measured along the way, {"step": …, probe: {layer: value}} each.
    """

    cell: str
    config: TrainConfig
    test_accuracy: float
    test_loss: float
    curves: Mapping[str, Array]
    epochs: Mapping[str, Array]
    seconds: float
    device: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    probes: tuple[Mapping[str, Any], ...] = ()

    @property
    def seed(self) -> int:
        """The seed of its config."""
        return self.config.seed

    @property
    def diverged(self) -> bool:
        """Whether its loss ended beyond all numbers: it then answers one class to every image."""
        return not math.isfinite(self.test_loss)

    def average(self, name: str, *, after: float = 0.0, until: float = math.inf) -> float:
        """Mean of "loss" or "accuracy" over the training batches after step `after`, up to step `until`.

        A bucket of the curve that lies only partly inside counts by that part. NaN where no step lies inside.
        """
        ends = self.curves["step"]
        starts = np.concatenate([[0.0], ends[:-1]])
        inside = np.clip(np.minimum(ends, until) - np.maximum(starts, after), 0, None)
        return float((self.curves[name] * inside)[inside > 0].sum() / inside.sum()) if inside.sum() else math.nan

    def ending(self, name: str, *, batches: int = 100) -> float:
        """The same over the last so many training batches."""
        steps = self.curves["step"]
        return self.average(name, after=steps[-1] - batches) if len(steps) else math.nan

    @property
    def last_pass(self) -> float:
        """Accuracy on the training batches of the last epoch, as the network met them; NaN for an empty curve."""
        end = self.curves["step"][-1] if len(self.curves["step"]) else math.nan
        return self.average("accuracy", after=end * (1 - 1 / self.config.epochs))


@dataclass(frozen=True, eq=False)
class UnderWay:
    """A cell that is being trained: what is known of it so far.

    planned: steps of the whole run. seconds: its own so far, without those of cells beside it. curves, epochs: as in
    CellRun.
    """

    cell: str
    seed: int
    planned: int
    seconds: float
    curves: Mapping[str, Array]
    epochs: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class CellResult:
    """All runs of a cell. Accuracies in [0, 1]."""

    cell: Cell
    runs: tuple[CellRun, ...]

    @property
    def n(self) -> int:
        """The number of runs."""
        return len(self.runs)

    @property
    def accuracies(self) -> Array:
        """Test accuracy of each run, float64 [n]."""
        return np.array([run.test_accuracy for run in self.runs], dtype=np.float64)

    @property
    def mean(self) -> float:
        """The mean test accuracy of its runs, in [0, 1]; NaN without any."""
        return float(self.accuracies.mean()) if self.n else math.nan

    @property
    def sd(self) -> float:
        """Standard deviation over the seeds, with n − 1; NaN for fewer than two runs."""
        return float(self.accuracies.std(ddof=1)) if self.n > 1 else math.nan

    @property
    def interval(self) -> float:
        """Half of the mean's 95 % interval; NaN for fewer than two runs."""
        return half_interval(self.accuracies)

    def curve(self, name: str) -> tuple[Array, Array]:
        """(steps, mean over the runs) of "loss" or "accuracy" on training batches; empty where there is no run."""
        if not self.runs:
            return np.zeros(0), np.zeros(0)
        length = min(len(run.curves["step"]) for run in self.runs)
        steps = self.runs[0].curves["step"][:length]
        return steps, np.mean([run.curves[name][:length] for run in self.runs], axis=0)

    def reached(self, share: float) -> float:
        """The step at which the mean curve of training batches comes to this accuracy; NaN where it never does."""
        steps, accuracy = self.curve("accuracy")
        there = np.flatnonzero(accuracy >= share)
        return float(steps[there[0]]) if len(there) else math.nan


@dataclass(frozen=True, eq=False)
class Results:
    """What an experiment has measured so far: one CellResult a cell, in the order of the grid, runs or none in it.

    dataset: what it was trained on.
    """

    name: str
    dataset: str
    cells: tuple[CellResult, ...]

    def __getitem__(self, label: str) -> CellResult:
        """Raises KeyError that lists the cells."""
        for result in self.cells:
            if result.cell.label == label:
                return result
        raise KeyError(f"{self.name} has no cell {label!r}; it has {', '.join(one.cell.label for one in self.cells)}")

    @property
    def n(self) -> int:
        """The smallest number of runs of any cell."""
        return min((result.n for result in self.cells), default=0)

    @property
    def complete(self) -> bool:
        """Whether every cell has at least one run: before that there is no verdict."""
        return self.n > 0

    @property
    def seconds(self) -> float:
        """Training and testing, all runs together."""
        return sum(run.seconds for result in self.cells for run in result.runs)


@dataclass(frozen=True, eq=False)
class Experiment:
    """A question and the grid of runs that answers it.

    cells: the settings. seeds: how many seeds of each ship. published: cell → what others measured.
    expect: the verdict, computed from results that are complete. probes: measured along every run.
    small: fields of TrainConfig that differ in the small version, which runs anywhere in seconds (digits).
    cut: what was made shorter to fit two cores, one sentence ("" for nothing).
    race: its page trains the cells of a seed side by side rather than one after the other; what is kept is the same.
    axis: what its settings are, the title of the axis they stand on ("" where they say so themselves).
    """

    name: str
    title: str
    question: str
    cells: tuple[Cell, ...]
    expect: Callable[[Results], Verdict]
    seeds: int = 5
    published: Mapping[str, Published] = field(default_factory=dict)
    probes: tuple[str, ...] = ()
    small: Mapping[str, Any] = field(default_factory=lambda: {"dataset": "digits", "epochs": 20, "examples": None})
    cut: str = ""
    race: bool = False
    axis: str = ""

    def grid(self, *, small: bool = False) -> tuple[Cell, ...]:
        """The cells with the probes in, and on digits where the small version is asked for."""
        changes = dict(self.small) if small else {}
        return tuple(Cell(one.label, replace(one.config, probes=self.probes, **changes)) for one in self.cells)
