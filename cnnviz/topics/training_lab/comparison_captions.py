"""What the comparison of runs says: whole sentences; names from outside are escaped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import percent
from cnnviz.figures.run_names import differing
from cnnviz.plain_text import escaped
from cnnviz.records.experiments import half_interval
from cnnviz.topics.training_lab.comparison import best
from cnnviz.topics.training_lab.records import ComparedRun, RunGroup

INTRODUCTION = (
    "Put runs beside each other: their curves, the settings in which they differ, and the results. "
    "Or let a few values race."
)
RUNS, NOTHING = "Runs to compare", "Choose two runs or more, or start a race below."
RUNS_HERE = "the runs of the list"
ONE_MORE = "Choose one more run to compare it with."
OVER, OF, SMOOTHING = "Over", "Of", "Smoothing (half-life in steps)"
SMOOTHING_HELP = "The faint line is as measured. In the strong one a value counts half after so many steps; 0: none."
LOG = "Logarithmic loss"
AXES = {"step": "Steps", "epoch": "Epochs", "seconds": "Seconds"}
SETS = {"train": "Training batches", "test": "Test images"}
ALL_SAME = "All their settings are the same: what differs came from elsewhere (machine, threads, a change on the way)."
TABLE, GROUPS = "Run by run", "Seeds together"
TAKE = "Table as CSV"
RACE, RACE_OF, VALUES, SEEDS = "Start a race", "What differs", "Values", "Seeds each"
RACE_HELP = "Everything else is as it stands in the sidebar. The runs train one after the other."
VALUES_HELP = "With commas between, such as 0.001, 0.01, 0.1"


def start(count: int) -> str:
    """The button that starts a race."""
    return f"Train {count} runs" if count else "Train"


def started(new: int, kept: int) -> str:
    """What became of a race's start."""
    begun = f"{new} {'run is' if new == 1 else 'runs are'} under way or waiting."
    if not kept:
        return begun
    there = (
        f"{kept} {'was' if kept == 1 else 'were'} trained before and {'is' if kept == 1 else 'are'} taken as they are."
    )
    return there if not new else f"{begun} {there}"


def stopped_early(problem: str, started_so_far: int) -> str:
    """The rest of a race could not be started."""
    return f"{started_so_far} started, the rest did not: {escaped(problem)}"


def base(title: str, settings: str) -> str:
    """What every run of the race has in common."""
    return f"All else as in the sidebar: {escaped(title)}, {escaped(settings)}."


def differences(runs: Sequence[ComparedRun], names: Sequence[str]) -> str:
    """Which settings differ, by name."""
    if not differing([run.config for run in runs]):
        return ALL_SAME
    return f"They differ in the {_listed(names)} and in nothing else."


def verdict(found: Sequence[RunGroup]) -> str:
    """Which settings got most test images right, and how sure that is; "" where nothing was tested yet."""
    first = best(found)
    if first is None:
        return ""
    others = [one for one in found if one is not first and np.isfinite(one.accuracies).any()]
    mean = float(np.nanmean(first.accuracies))
    said = f"Most test images right: **{escaped(first.label)}** with {percent(mean)}"
    if not others:
        return f"{said}."
    second = best(others)
    assert second is not None
    behind = float(np.nanmean(second.accuracies))
    gap = f"{said}, {round(100 * mean, 1) - round(100 * behind, 1):.1f} points ahead of {escaped(second.label)}."
    return f"{gap} {_how_sure(first, second)}"


def _how_sure(first: RunGroup, second: RunGroup) -> str:
    halves = [half_interval(one.accuracies[np.isfinite(one.accuracies)]) for one in (first, second)]
    if not np.isfinite(halves).all():
        return "It takes several seeds of each to know how much of that is chance."
    gap = float(np.nanmean(first.accuracies) - np.nanmean(second.accuracies))
    apart = gap > sum(halves)
    return "Their 95 % intervals do not touch." if apart else "Their 95 % intervals overlap: it may be chance."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
