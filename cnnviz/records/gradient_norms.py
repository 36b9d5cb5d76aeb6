"""How large each layer's gradient was along an experiment's runs, and whether a run came to an end in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnnviz.records.experiments import Array, CellResult

PROBE = "gradient_norms"
STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}  # the largest slope of each activation
NORMS = ("norm", "norm1", "norm2", "bn")  # how layers of batch normalisation end


@dataclass(frozen=True, eq=False)
class GradientNorms:
    """‖∂loss/∂W‖ of every convolution and linear layer of one cell, first layer first; median over its runs.

    layers: L names. steps: [T] int. values: [T, L] float64; inf where half of the runs no longer had a number.
    low, high: the same, smallest and largest of the runs.
    """

    cell: str
    layers: tuple[str, ...]
    steps: Array
    values: Array
    low: Array
    high: Array

    @property
    def share(self) -> Array:
        """[T]: the first layer's gradient over the last layer's; NaN where either is no finite number."""
        first, last = self.values[:, 0], self.values[:, -1]
        there = np.isfinite(first) & np.isfinite(last) & (last > 0)
        return np.where(there, first / np.where(there, last, 1.0), np.nan)

    @property
    def per_layer(self) -> Array:
        """[T]: the factor by which the gradient changes per layer towards the image, from last to first."""
        return np.asarray(self.share ** (1 / (len(self.layers) - 1)))


def gradient_norms(result: CellResult) -> GradientNorms | None:
    """None for a cell that has no run, or none with this probe. Layers of batch normalisation are left out."""
    measured = [run.probes for run in result.runs if run.probes and PROBE in run.probes[0]]
    if not measured:
        return None
    names = [name for name in measured[0][0][PROBE] if not name.endswith(NORMS)]
    length = min(len(probes) for probes in measured)
    every = np.array([[_row(moment[PROBE], names) for moment in probes[:length]] for probes in measured])
    steps = np.array([moment["step"] for moment in measured[0][:length]], dtype=int)
    with np.errstate(invalid="ignore"):
        values = np.nan_to_num(np.median(every, axis=0), nan=np.inf, posinf=np.inf)
    return GradientNorms(result.cell.label, tuple(names), steps, values, every.min(axis=0), every.max(axis=0))


def _row(norms: Mapping[str, float | None], names: list[str]) -> list[float]:
    """What is no number any more came back as None."""
    values = [norms.get(name) for name in names]
    return [np.inf if value is None or np.isnan(float(value)) else float(value) for value in values]


def divergences(result: CellResult) -> int:
    """How many of a cell's runs ended in a loss that is no number."""
    return sum(run.diverged for run in result.runs)


def divergence_step(result: CellResult) -> int | None:
    """The first step of any run's curve at which the loss was no finite number."""
    first = []
    for run in result.runs:
        lost = np.flatnonzero(~np.isfinite(run.curves["loss"]))
        if len(lost):
            first.append(int(run.curves["step"][lost[0]]))
    return min(first, default=None)
