"""status.json: how the run stands, and which process it belongs to."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

from cnnviz.owners import Leases, Owner
from cnnviz.records import Finished, RunStatus, Started, Step
from cnnviz.records.typed import LARGEST, checked
from cnnviz.run_files.events import read_events
from cnnviz.run_files.json_files import finite, read_json, write_json
from cnnviz.run_files.names import STATUS
from cnnviz.run_files.steering import stop_asked

STATES = ("queued", "starting", "running", "paused", "finished", "diverged", "stopped", "failed", "interrupted")
_LEASES = Leases()


def write_status(folder: Path, status: RunStatus, *, owner: Owner, durable: bool = True) -> None:
    """Replaces status.json: a reader sees the old one or the new one. Raises OSError.

    durable: survives a power cut too, for the price of waiting for the disk; progress ten times a second need not.
    """
    said = finite(dataclasses.asdict(status))
    renewed = {"owner": dataclasses.asdict(owner), "written": time.time()}  # every digit: it tells two renewals apart
    write_json(folder / STATUS, said | renewed, durable=durable)


def written_status(folder: Path) -> RunStatus:
    """status.json as it stands, whether or not its process lives; "starting" where there is none to read."""
    return _status(read_json(folder / STATUS)) or RunStatus("starting")


def owner_of(folder: Path) -> Owner | None:
    """The process that status.json names; None where it names none."""
    return _owner(read_json(folder / STATUS))


def read_status(folder: Path) -> RunStatus:
    """The status, or "interrupted" for an unfinished run whose process is gone."""
    values = read_json(folder / STATUS)
    status, owner = _status(values), _owner(values)
    if status is None or owner is None:
        return _without_status(folder)
    if status.alive and not _lives(folder, owner, values.get("written")):
        said = "it was still waiting" if status.state == "queued" else f"it ended after step {status.step:,}"
        message = f"{said} when its process went away"
        return dataclasses.replace(status, state="interrupted", message=message, seconds_left=None)
    if status.state in ("running", "paused") and stop_asked(folder):
        return dataclasses.replace(status, message="stopping")
    return status


def _lives(folder: Path, owner: Owner, written: Any) -> bool:
    """Whether the owner is there: this host's process table says so, or another host's lease."""
    lives = owner.lives()
    if lives is None:
        stamp = float(written) if isinstance(written, int | float) and abs(written) < LARGEST else 0.0
        return _LEASES.held(f"{folder} {owner.pid} {owner.born}", stamp, age=time.time() - stamp)
    return lives


def _status(values: dict[str, Any]) -> RunStatus | None:
    """What the file says of the run; None where that is not a status."""
    known = {item.name for item in dataclasses.fields(RunStatus)}
    try:
        status = checked(RunStatus, {name: value for name, value in values.items() if name in known})
    except ValueError:
        return None
    counts = (status.step, status.steps, status.epoch, status.epochs, status.seconds)
    return status if status.state in STATES and min(counts) >= 0 else None


def _owner(values: dict[str, Any]) -> Owner | None:
    try:
        return checked(Owner, values["owner"]) if isinstance(values.get("owner"), dict) else None
    except ValueError:
        return None


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
        state=finished.reason if finished.reason in ("stopped", "diverged") else "finished",
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
