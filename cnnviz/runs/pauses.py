"""Paused runs: how long each has kept its place, whether it is still to be held, and what is said where it gave way."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from cnnviz import run_files
from cnnviz.records import RunStatus

GAVE_WAY = "its state is saved, and its place went to a run that waited: let it go on, and it waits for its turn"
WAITS = "waiting for a place"
STOPPED = "it was paused and had given its place up: its state is kept, and it can go on"


class Pauses:
    """Since when each run that has a place has been held at the step that it is at."""

    def __init__(self) -> None:
        self._since: dict[Path, tuple[int, float]] = {}  # folder → (steps taken, when that was first seen)

    def longest(self, folders: Sequence[Path], now: float) -> tuple[Path | None, float]:
        """Which of these has been held longest at one step, and for how many seconds; (None, 0.0) where none is.

        now: seconds that only grow. Of folders that are not named any more nothing is remembered.
        """
        steps = {folder: step for folder in folders if (step := held_at(folder)) is not None}
        before = self._since
        self._since = {
            folder: before[folder] if before.get(folder, (None,))[0] == step else (step, now)
            for folder, step in steps.items()
        }
        found = min(self._since, key=lambda folder: self._since[folder][1], default=None)
        return found, 0.0 if found is None else now - self._since[found][1]


def held_at(folder: Path) -> int | None:
    """After how many steps this run waits to be let go on; None where it does not wait for that."""
    status = run_files.written_status(folder)
    if status.state != "paused":
        return None
    try:
        return status.step if run_files.read_steering(folder).holds(status.step) else None
    except (ValueError, OSError):  # a request that cannot be read holds nothing
        return None


def given_way(folder: Path, *, state: str = "paused") -> RunStatus:
    """What is said of a run that was paused and has no process any more; and where it then waits or is stopped."""
    said = {"paused": GAVE_WAY, "queued": WAITS, "stopped": STOPPED}[state]
    return dataclasses.replace(run_files.written_status(folder), state=state, message=said, seconds_left=None)
