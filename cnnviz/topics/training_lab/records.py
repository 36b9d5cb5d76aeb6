"""What the training lab compares: runs as curves, grouped where only their seeds differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cnnviz.records import Array, TrainConfig


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """One run beside others. curves: as `runs.Run.history` has them.

    name: what its owner calls it, or "". per_epoch: steps of an epoch as planned, None before the first step.
    accuracy: on the test images, in [0, 1], None before any were shown. seconds: of training and testing so far.
    called: "model" and "dataset" → what the pages call them.
    """

    run_id: str
    title: str
    name: str
    state: str
    config: TrainConfig
    curves: Mapping[str, Array]
    per_epoch: float | None
    accuracy: float | None
    seconds: float
    called: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class RunGroup:
    """Runs whose settings differ in nothing but the seed. label: what tells it from the other groups."""

    label: str
    runs: tuple[ComparedRun, ...]

    @property
    def n(self) -> int:
        """How many runs it has."""
        return len(self.runs)

    @property
    def accuracies(self) -> Array:
        """[n] final accuracies on the test images, NaN where there is none yet."""
        return np.array([np.nan if run.accuracy is None else run.accuracy for run in self.runs])


@dataclass(frozen=True, eq=False)
class GroupCurve:
    """One group's curve. raw: each run's measured points (x, y); smooth: each run's running mean.

    x, mean, low, high: where two runs or more have points, their mean and its 95 % interval (NaN for one run).
    """

    label: str
    raw: tuple[tuple[Array, Array], ...]
    smooth: tuple[tuple[Array, Array], ...]
    x: Array
    mean: Array
    low: Array
    high: Array
