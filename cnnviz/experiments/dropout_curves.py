"""What runs with several shares of dropped units show: curves by epoch, the gap, and how alike hidden units become."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from cnnviz.records import Array
from cnnviz.records.experiments import CellResult, CellRun, Results, half_interval
from cnnviz.records.overfitting import DropoutRuns

PROBE = "co_adaptation"
ALONE = 0.005  # of two single runs, a difference that a seed can make


def dropped(found: Results) -> tuple[DropoutRuns, ...]:
    """Every share of the experiment that has runs, in the order of the grid."""
    return tuple(_dropped(one) for one in found.cells if one.runs)


def _dropped(one: CellResult) -> DropoutRuns:
    first = one.runs[0]
    layers = tuple(first.probes[0][PROBE]) if first.probes else ()
    return DropoutRuns(
        label=one.cell.label,
        share=float(dict(one.cell.config.options)["dropout"]),
        seeds=tuple(run.seed for run in one.runs),
        epochs=first.epochs["epoch"],
        training=_stacked(one, lambda run: by_epoch(run, "accuracy")),
        test=_stacked(one, lambda run: run.epochs["test_accuracy"]),
        training_loss=_stacked(one, lambda run: by_epoch(run, "loss")),
        test_loss=_stacked(one, lambda run: run.epochs["test_loss"]),
        probed=np.array([moment["step"] for moment in first.probes], np.float64),
        layers=layers,
        together=_stacked(one, lambda run: _together(run, layers)),
    )


def by_epoch(run: CellRun, kind: str) -> Array:
    """[E], the mean of a training curve over each epoch's steps; kind: "accuracy" or "loss".

    A point of a curve is the mean over the steps since the one before it, so sums over steps are known at its points
    and lie on a straight line between them.
    """
    ends = np.concatenate([[0.0], run.curves["step"]])
    total = np.concatenate([[0.0], np.cumsum(np.diff(ends) * run.curves[kind])])
    borders = np.concatenate([[0.0], run.epochs["step"]])
    found: Array = np.diff(np.interp(borders, ends, total)) / np.diff(borders)
    return found


def _together(run: CellRun, layers: Sequence[str]) -> Array:
    """[L, T]; NaN where fewer than two units had something to say."""
    rows = [[moment[PROBE].get(layer) for moment in run.probes] for layer in layers]
    return np.array(rows, np.float64).reshape(len(layers), len(run.probes))


def _stacked(one: CellResult, values: Callable[[CellRun], Array]) -> Array:
    return np.stack([values(run) for run in one.runs])


def helps(plain: DropoutRuns, other: DropoutRuns) -> bool:
    """Whether test accuracy ends higher than without dropout, by more than the seeds scatter.

    With several seeds: by more than half of the difference's 95 % interval; with one: by half a point.
    """
    one, two = other.test[:, -1], plain.test[:, -1]
    halves = half_interval(one), half_interval(two)
    beyond = math.hypot(*halves) if all(map(math.isfinite, halves)) else ALONE
    return float(one.mean() - two.mean()) > beyond


def agreement(found: Sequence[DropoutRuns], layer: int) -> float:
    """The correlation, over all runs, between a layer's mean |correlation| and the test accuracy; NaN for too few."""
    alike = np.concatenate([one.ends[:, layer] for one in found])
    right = np.concatenate([one.test[:, -1] for one in found])
    known = np.isfinite(alike)
    if known.sum() < 3 or not alike[known].std() or not right[known].std():
        return math.nan
    return float(np.corrcoef(alike[known], right[known])[0, 1])
