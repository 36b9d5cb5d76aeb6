"""Runs beside each other: what differs between their settings, which differ only in the seed, and their curves.

A curve may be drawn over steps, epochs or seconds. An epoch's fraction follows from the steps at which epochs ended, so
it holds for a run whose batch size was changed on the way, too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from cnnviz.figures.curves import smooth
from cnnviz.figures.run_names import SPELLED, differing, label
from cnnviz.records import Array
from cnnviz.records.experiments import half_interval
from cnnviz.topics.training_lab.records import ComparedRun, GroupCurve, RunGroup

AXES = ("step", "epoch", "seconds")
QUANTITIES = ("loss", "accuracy", "test_loss", "test_accuracy")
GRID = 200  # points of a group's mean


def labels(runs: Sequence[ComparedRun]) -> tuple[str, ...]:
    """What tells each run from the others: its own name, or what differs, and its take where nothing does."""
    return _numbered([run.name or words for run, words in zip(runs, _told_apart(runs), strict=True)])


def _told_apart(runs: Sequence[ComparedRun], *, seeds: bool = True) -> list[str]:
    """What differs, in words; where that is much, each run's title and what differs among those of this title."""
    names = differing([run.config for run in runs], seeds=seeds)
    if len(names) <= SPELLED:
        return [label(run.config, names, run.called) or run.title for run in runs]
    said = []
    for run in runs:
        own = differing([other.config for other in runs if other.title == run.title], seeds=seeds)
        said.append(f"{run.title}: {label(run.config, own[:SPELLED], run.called)}" if own else run.title)
    return said


def _numbered(said: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"{one}, take {said[: place + 1].count(one)}" if said.count(one) > 1 else one for place, one in enumerate(said)
    )


def groups(runs: Sequence[ComparedRun]) -> tuple[RunGroup, ...]:
    """Runs together whose settings differ in nothing but the seed, in the order of the first of each."""
    found: dict[str, list[ComparedRun]] = {}
    for run in runs:
        plain = dataclasses.replace(run.config, seed=0, snapshots=0, probes=())
        found.setdefault(repr(plain), []).append(run)
    firsts = [members[0] for members in found.values()]
    alone = len(found) == len(runs)  # every run stands alone, and may have a name
    said = labels(firsts) if alone else _numbered(_told_apart(firsts, seeds=False))
    return tuple(RunGroup(words, tuple(members)) for words, members in zip(said, found.values(), strict=True))


def curve(group: RunGroup, quantity: str, axis: str, *, half_life: float) -> GroupCurve:
    """One quantity of a group over an axis. half_life: of the running mean over steps; 0 draws none.

    Raises KeyError: a quantity or an axis that is not among QUANTITIES and AXES.
    """
    raw = tuple(points(run, quantity, axis) for run in group.runs)
    tested = quantity.startswith("test_")
    drawn = raw if tested or half_life <= 0 else tuple(_smoothed(run, quantity, axis, half_life) for run in group.runs)
    there = [one for one in drawn if len(one[0])]
    if len(there) < 2:
        none = np.zeros(0)
        return GroupCurve(group.label, raw, drawn, none, none, none, none)
    start, end = max(x[0] for x, _ in there), min(x[-1] for x, _ in there)
    x = there[0][0][(there[0][0] >= start) & (there[0][0] <= end)] if tested else np.linspace(start, end, GRID)
    values = np.array([np.interp(x, *one) for one in there])
    mean = values.mean(0)
    half = np.array([half_interval(column) for column in values.T])
    return GroupCurve(group.label, raw, drawn, x, mean, mean - half, mean + half)


def points(run: ComparedRun, quantity: str, axis: str) -> tuple[Array, Array]:
    """(x, y) as they were measured: a point a recorded step, or an epoch's end for what is of the test images."""
    if quantity not in QUANTITIES:
        raise KeyError(f"there is no curve of {quantity!r}; there are: {', '.join(QUANTITIES)}")
    if quantity.startswith("test_"):
        places = {"step": "epoch_step", "epoch": "epoch", "seconds": "epoch_seconds"}
        return run.curves[places[axis]], run.curves[quantity]
    x = epochs_at(run, run.curves["step"]) if axis == "epoch" else run.curves[axis]
    return x, run.curves[quantity]


def epochs_at(run: ComparedRun, steps: Array) -> Array:
    """How many epochs were over after so many steps: a straight line between ends of epochs, as planned after them."""
    ends, counts = run.curves["epoch_step"], run.curves["epoch"]
    last_step, last = (ends[-1], counts[-1]) if len(ends) else (0.0, 0.0)
    known = np.interp(steps, np.concatenate([[0.0], ends]), np.concatenate([[0.0], counts]))
    beyond = last + (steps - last_step) / (run.per_epoch or 1.0)
    return np.where(steps > last_step, beyond, known)


def _smoothed(run: ComparedRun, quantity: str, axis: str, half_life: float) -> tuple[Array, Array]:
    x, y = points(run, quantity, axis)
    return x, smooth(y, run.curves["step"], half_life=half_life)


def best(found: Sequence[RunGroup]) -> RunGroup | None:
    """The group with the highest mean accuracy on test images; None where none has one."""
    known = [group for group in found if np.isfinite(group.accuracies).any()]
    return max(known, key=lambda group: float(np.nanmean(group.accuracies)), default=None)
