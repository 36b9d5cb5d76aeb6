"""Deleted runs: moved into a hidden folder beside the others, from which they can be taken back."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from cnnviz import checkpoints, visitors
from cnnviz.runs import directories

TRASH = ".trash"


def discard(path: Path) -> Path:
    """Moves a run directory into the trash, in one step for every reader; returns where it lies. Raises OSError."""
    folder = path.parent / TRASH
    folder.mkdir(exist_ok=True)
    target = folder / f"{path.name}~{time.time_ns():020d}-{os.urandom(2).hex()}"
    path.rename(target)
    return target


def deleted(folder: Path) -> list[str]:
    """Ids of the runs in the trash of a folder of runs, the last deleted first."""
    return [path.name.partition("~")[0] for path in entries(folder)]


def own(folder: Path) -> list[Path]:
    """Of `entries` those that `empty` removes: a teacher sees others' as well, and those stay."""
    asking = visitors.current()
    return [path for path in entries(folder) if asking.owns(visitors.owner_of(path))]


def take_back(folder: Path, run_id: str) -> Path | None:
    """Moves the last deleted run of this id back; where its name is taken by now, as a further take. Raises OSError.

    Returns where it lies; None where there is none.
    """
    for path in entries(folder):
        if path.name.partition("~")[0] == run_id:
            return directories.back(path, folder)
    return None


def empty(folder: Path) -> int:
    """Removes `own` for good; returns how many runs there were. Raises OSError."""
    paths = own(folder)
    for path in paths:
        shutil.rmtree(path)
    return len(paths)


def entries(folder: Path) -> list[Path]:
    """The directories in the trash that whoever asks may see, the last deleted first."""
    try:
        names = os.listdir(folder / TRASH)
    except OSError:  # nothing was ever deleted
        return []
    named = [name for name in names if checkpoints.RUN_ID.fullmatch(name.partition("~")[0]) and "~" in name]
    paths = [folder / TRASH / name for name in sorted(named, key=lambda name: name.partition("~")[2], reverse=True)]
    asking = visitors.current()
    return [path for path in paths if asking.may(visitors.owner_of(path))]
