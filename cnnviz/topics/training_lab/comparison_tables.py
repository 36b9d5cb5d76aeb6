"""Runs as lines of a table: only the settings that differ, and what came of them. As CSV with every digit."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnviz.figures import run_names
from cnnviz.figures.run_names import differing
from cnnviz.records.experiments import half_interval
from cnnviz.topics.training_lab.records import ComparedRun, RunGroup


def rows(runs: Sequence[ComparedRun]) -> list[dict[str, Any]]:
    """A line a run: what differs, accuracy and loss on test images, steps, seconds, and how it ended.

    Numbers have as many digits as in the sentences above.
    """
    names = differing([run.config for run in runs])
    return [_row(run, names) for run in runs]


def _row(run: ComparedRun, names: Sequence[str]) -> dict[str, Any]:
    tested, losses, steps = run.curves["test_accuracy"], run.curves["test_loss"], run.curves["step"]
    named = {"name": run.name} if run.name else {}
    return {
        **named,
        **{
            run_names.setting_name(name): run.called.get(name) or run_names.setting_value(getattr(run.config, name))
            for name in names
        },
        "test accuracy (%)": None if run.accuracy is None else round(100 * run.accuracy, 1),
        "best test accuracy (%)": round(100 * float(np.nanmax(tested)), 1) if np.isfinite(tested).any() else None,
        "test loss": _finite(losses[-1]) if len(losses) else None,
        "steps": int(steps[-1]) if len(steps) else 0,
        "seconds": round(run.seconds, 1),
        "state": run.state,
        "run": run.run_id,
    }


def group_rows(found: Sequence[RunGroup]) -> list[dict[str, Any]]:
    """A line a group: its mean accuracy on test images, and the 95 % interval where it has several seeds."""
    lines = []
    for group in found:
        known = group.accuracies[np.isfinite(group.accuracies)]
        half = half_interval(known)
        lines.append(
            {
                "settings": group.label,
                "seeds": len(known),
                "mean test accuracy (%)": round(100 * float(known.mean()), 1) if len(known) else None,
                "± (95 %)": None if math.isnan(half) else round(100 * half, 1),
            }
        )
    return lines


def as_csv(runs: Sequence[ComparedRun]) -> str:
    """The settings that differ and the results of every run, numbers with all their digits."""
    names = differing([run.config for run in runs])
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["run", "name", *names, "test_accuracy", "test_loss", "steps", "seconds", "state"])
    for run in runs:
        losses, steps = run.curves["test_loss"], run.curves["step"]
        writer.writerow(
            [
                run.run_id, run.name, *(_cell(getattr(run.config, name)) for name in names),
                "" if run.accuracy is None else repr(run.accuracy), repr(float(losses[-1])) if len(losses) else "",
                int(steps[-1]) if len(steps) else 0, repr(run.seconds), run.state,
            ]
        )  # fmt: skip
    return target.getvalue()


def _cell(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _finite(value: float) -> float | None:
    return round(float(value), 3) if math.isfinite(value) else None
