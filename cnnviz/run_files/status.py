"""status.json: how the run stands, and which process it belongs to."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from pathlib import Path

from cnnviz.records import Finished, RunStatus, Started, Step
from cnnviz.run_files.events import read_events
from cnnviz.run_files.json_files import finite, read_json
from cnnviz.run_files.names import CANCEL, STATUS
from cnnviz.run_files.owners import Owner

STALE = 120.0  # seconds after which a run on another host that says nothing counts as interrupted


def write_status(folder: Path, status: RunStatus, *, owner: Owner, durable: bool = True) -> None:
    """Replaces status.json: a reader sees the old one or the new one.

    durable: survives a power cut too, for the price of waiting for the disk; progress ten times a second need not.
    """
    values = dataclasses.asdict(status) | {"owner": dataclasses.asdict(owner), "written": time.time()}
    temporary = folder / f".{STATUS}.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(finite(values), file)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    os.replace(temporary, folder / STATUS)


def written_status(folder: Path) -> RunStatus:
    """status.json as it stands, whether or not its process lives; "starting" where there is none."""
    values = read_json(folder / STATUS)
    known = {item.name for item in dataclasses.fields(RunStatus)}
    try:
        return RunStatus(**{"state": "starting"} | {name: value for name, value in values.items() if name in known})
    except TypeError:
        return RunStatus("starting")


def read_status(folder: Path) -> RunStatus:
    """The status, or "interrupted" for an unfinished run whose process is gone."""
    values = read_json(folder / STATUS)
    try:
        owner = Owner(**values["owner"])
        written = float(values["written"])
    except (KeyError, TypeError, ValueError):
        return _without_status(folder)
    status = written_status(folder)
    lives = owner.lives()
    if status.alive and not (time.time() - written < STALE if lives is None else lives):
        said = "it was still waiting" if status.state == "queued" else f"it ended after step {status.step:,}"
        message = f"{said} when its process went away"
        return dataclasses.replace(status, state="interrupted", message=message, seconds_left=None)
    if status.state in ("running", "paused") and (folder / CANCEL).exists():
        return dataclasses.replace(status, message="stopping")
    return status


def _without_status(folder: Path) -> RunStatus:
    """A shipped run has none: what its last event says."""
    events = read_events(folder)
    steps = [event for event in events if isinstance(event, Step)]
    last = steps[-1] if steps else None
    started = next((event for event in events if isinstance(event, Started)), None)
    finished = next((event for event in reversed(events) if isinstance(event, Finished)), None)
    if finished is None:
        return RunStatus("interrupted", "it has no status", step=last.step if last else 0)
    return RunStatus(
        state="stopped" if finished.reason == "stopped" else "finished",
        step=finished.step,
        steps=started.steps if started else finished.step,
        epoch=finished.epoch,
        epochs=started.epochs if started else finished.epoch,
        loss=last.loss if last else None,
        accuracy=last.accuracy if last else None,
        test_accuracy=finished.test_accuracy,
        seconds=finished.seconds,
        images_per_second=finished.examples_seen / finished.seconds if finished.seconds else None,
    )
