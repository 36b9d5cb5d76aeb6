"""Run directories as the runs that a comparison takes."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz import datasets, models, runs
from cnnviz.records import Started
from cnnviz.runs import curves, notes
from cnnviz.topics.training_lab.records import ComparedRun


def of(run_ids: Sequence[str]) -> tuple[ComparedRun, ...]:
    """Those of the runs that are there, in this order."""
    found = (runs.find(run_id) for run_id in run_ids)
    return tuple(_compared(run) for run in found if run is not None)


def _compared(run: runs.Run) -> ComparedRun:
    events, status = run.events(), run.status()
    begun = next((event for event in events if isinstance(event, Started)), None)
    return ComparedRun(
        run_id=run.id,
        title=run.title,
        name=notes.read(run.path).name,
        state=status.state,
        config=run.config,
        curves=curves.of(events),
        per_epoch=begun.steps / begun.epochs if begun is not None and begun.epochs else None,
        accuracy=status.test_accuracy,
        seconds=status.seconds,
        called=_called(run),
    )


def _called(run: runs.Run) -> dict[str, str]:
    """The titles of its network and its data; none where the config names something that is gone."""
    try:
        return {"model": models.title(run.config.model), "dataset": datasets.info(run.config.dataset).title}
    except KeyError:
        return {}
