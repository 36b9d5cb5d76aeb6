"""What runs over several learning rates show: where a network trains, how soon, and its running statistics."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np

from cnnviz.records import Array
from cnnviz.records.experiments import CellResult, CellRun, Results
from cnnviz.records.learning_rates import Course, HowSoon, RateLine, Span

ENOUGH = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)  # test accuracies from which a rate may be said to train
WINDOW = 10  # steps: the accuracy of one batch of 64 scatters by several points
SHARES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


def together(*several: Results) -> Results:
    """Networks of several experiments as one: those that have a run of every cell, under the first one's name."""
    cells = tuple(cell for found in several if found.complete for cell in found.cells)
    return Results(several[0].name, several[0].dataset, cells)


def networks(found: Results) -> dict[str, tuple[CellResult, ...]]:
    """Network → its cells by ascending learning rate. Labels are "network, rate"."""
    names = dict.fromkeys(_name(one) for one in found.cells)
    return {name: _ascending([one for one in found.cells if _name(one) == name]) for name in names}


def lines(found: Results) -> tuple[RateLine, ...]:
    """Test accuracy over the learning rates, a line a network."""
    return tuple(
        RateLine(name, _rates(cells), tuple(one.accuracies for one in cells),
                 tuple(sum(diverged(run) for run in one.runs) for one in cells))
        for name, cells in networks(found).items()
    )  # fmt: skip


def diverged(run: CellRun) -> bool:
    """Whether its loss stopped being a finite number."""
    return not (math.isfinite(run.test_loss) and bool(np.isfinite(run.curves["loss"]).all()))


def span(line: RateLine, share: float) -> Span:
    """The neighbouring rates at which every run's test accuracy is at least `share`, around the best of them.

    A mean would count a rate at which two runs train and one stays at chance.
    """
    least = np.nan_to_num(line.lowest)
    best = int(least.argmax())
    if least[best] < share:
        return Span(math.nan, math.nan, 0)
    low = high = best
    while low > 0 and least[low - 1] >= share:
        low -= 1
    while high + 1 < len(least) and least[high + 1] >= share:
        high += 1
    return Span(float(line.rates[low]), float(line.rates[high]), high - low + 1)


def how_soon(found: Results, shares: Sequence[float] = SHARES) -> tuple[HowSoon, ...]:
    """Steps until the last ten training batches together are right to each share."""
    return tuple(_how_soon(name, cells, shares) for name, cells in networks(found).items())


def _how_soon(name: str, cells: Sequence[CellResult], shares: Sequence[float]) -> HowSoon:
    steps = [[_median([first_step(run, share) for run in one.runs]) for one in cells] for share in shares]
    most = [_mean([float(held(run).max()) for run in one.runs]) for one in cells]
    return HowSoon(name, _rates(cells), np.array(shares), np.array(steps), np.array(most))


def first_step(run: CellRun, share: float) -> float:
    """The first step at which the last ten batches are right to `share`; infinite where they never are."""
    reached = np.flatnonzero(held(run) >= share)
    return float(run.curves["step"][reached[0]]) if len(reached) else math.inf


def held(run: CellRun) -> Array:
    """[S], at each point of a run's curve: the mean training accuracy of the last ten steps, or as many as there are.

    A point is the mean over the steps since the one before it, so whole points are taken: ten steps at the least.
    """
    ends = np.concatenate([[0.0], run.curves["step"]])
    total = np.concatenate([[0.0], np.cumsum(np.diff(ends) * run.curves["accuracy"])])
    since = np.maximum(np.searchsorted(ends, ends[1:] - WINDOW, side="right") - 1, 0)
    found: Array = (total[1:] - total[since]) / (ends[1:] - ends[since])
    return np.where(ends[1:] < WINDOW, 0.0, found)


def courses(found: Results, *, seed: int | None = None) -> tuple[Course, ...]:
    """Every network at every rate over its steps. seed: one seed's runs alone (None: all)."""
    return tuple(_course(name, one, seed) for name, cells in networks(found).items() for one in cells)


def _course(name: str, one: CellResult, seed: int | None) -> Course:
    runs = [run for run in one.runs if seed is None or run.seed == seed]
    rate, count = one.cell.config.lr, len(runs)
    if not runs:
        nothing = np.zeros(0)
        empty = np.zeros((3, 0))
        return Course(name, rate, nothing, empty, empty, nothing, (), empty[:0], empty[:0], 0, 0)
    probed = np.array([moment["step"] for moment in runs[0].probes], np.float64)
    layers = tuple(runs[0].probes[0].get("running_means", {})) if runs[0].probes else ()
    means, deviations = (
        np.mean([_probed(run, probe, layers) for run in runs], axis=0)
        for probe in ("running_means", "running_deviations")
    )
    accuracy, loss = (_spread([run.curves[kind] for run in runs]) for kind in ("accuracy", "loss"))
    return Course(
        name, rate, runs[0].curves["step"], accuracy, loss, probed, layers, means, deviations, count,
        sum(diverged(run) for run in runs),
    )  # fmt: skip


def _probed(run: CellRun, probe: str, layers: Sequence[str]) -> Array:
    """[L, T]; a number that was not finite is NaN."""
    rows = [[moment[probe].get(layer) for moment in run.probes] for layer in layers]
    return np.array(rows, np.float64).reshape(len(layers), len(run.probes))


def _spread(curves: Sequence[Array]) -> Array:
    """[3, S]: mean, lowest, highest; NaN where no run has a finite number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a step at which every run had diverged
        return np.array([np.nanmean(curves, axis=0), np.nanmin(curves, axis=0), np.nanmax(curves, axis=0)])


def _name(one: CellResult) -> str:
    return one.cell.label.partition(", ")[0]


def _ascending(cells: Sequence[CellResult]) -> tuple[CellResult, ...]:
    return tuple(sorted(cells, key=lambda one: one.cell.config.lr))


def _rates(cells: Sequence[CellResult]) -> Array:
    return np.array([one.cell.config.lr for one in cells], np.float64)


def _median(steps: Sequence[float]) -> float:
    """NaN where most runs never arrive, or there is none."""
    middle = sorted(steps)[len(steps) // 2] if steps else math.inf
    return middle if math.isfinite(middle) else math.nan


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan
