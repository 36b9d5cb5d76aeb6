"""The states from which runs that were cut off go on: each as large as the weights and what the optimiser keeps.

Where visitors have so much disk each, a state is kept as long as nobody needs its room: it counts to nothing, and gives
way to what does. First go those from which nobody goes on (of deleted runs, of earlier trainings in a directory), then
the oldest. Curves, weights and snapshots stay.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz import run_files
from cnnviz.owners import Owner
from cnnviz.runs import trash

GAVE_WAY = "its state made room for other things of yours: it cannot go on, its curves and weights are kept"


@dataclass(frozen=True)
class StateFile:
    """One file. folder: of its run. size: bytes; saved: when, in seconds since 1970. idle: nobody can go on from it."""

    path: Path
    folder: Path
    size: int
    saved: float
    idle: bool


def of(folders: Sequence[Path]) -> list[StateFile]:
    """The states in these runs' directories, in the order in which they give way. One under way keeps its own."""
    found: list[StateFile] = []
    for folder in folders:
        deleted = folder.parent.name == trash.TRASH
        files = [(one, True) for one in folder.glob(f"earlier-*/{run_files.RESUME}")]
        if deleted or not run_files.read_status(folder).alive:
            files.append((folder / run_files.RESUME, deleted))
        for path, idle in files:
            with contextlib.suppress(OSError):  # there is none, or it has gone meanwhile
                known = path.lstat()
                found.append(StateFile(path, folder, known.st_size, known.st_mtime, idle))
    return sorted(found, key=lambda one: (not one.idle, one.saved))


def make_room(states: Sequence[StateFile], size: int) -> int:
    """Removes these, in their order, until so many bytes are free; returns how many became free.

    What cannot be removed stays. The run says in its status that it cannot go on.
    """
    freed = 0
    for one in states:
        if freed >= size:
            break
        with contextlib.suppress(OSError):
            one.path.unlink()
            freed += one.size
            if one.path.parent == one.folder:
                said = dataclasses.replace(run_files.read_status(one.folder), message=GAVE_WAY)
                run_files.write_status(one.folder, said, owner=Owner.of(os.getpid()))
    return freed
