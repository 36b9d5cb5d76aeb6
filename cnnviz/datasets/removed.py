"""Data sets that were removed: moved into a hidden folder beside the others, from which they can be taken back."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from cnnviz import failures, visitors
from cnnviz.datasets.kinds import DatasetError
from cnnviz.plain_text import said_by

TRASH = ".trash"


def discard(folder: Path) -> None:
    """Moves a data set's folder into the trash, in one step for every reader. Raises DatasetError."""
    trash = folder.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        folder.rename(trash / f"{folder.name}~{time.time_ns():020d}-{os.urandom(2).hex()}")
    except OSError as error:
        raise _unwritable(error) from error


def entries(root: Path) -> list[Path]:
    """The folders in the trash that whoever asks may see, the last removed first."""
    try:
        names = [name for name in os.listdir(root / TRASH) if "~" in name]
    except OSError:  # nothing was ever removed
        return []
    paths = [root / TRASH / name for name in sorted(names, key=lambda name: name.rpartition("~")[2], reverse=True)]
    asking = visitors.current()
    return [path for path in paths if asking.may(visitors.owner_of(path))]


def names(root: Path) -> list[str]:
    """What they were called, the last removed first."""
    return [path.name.rpartition("~")[0] for path in entries(root)]


def own(root: Path) -> list[Path]:
    """Of `entries` those that `empty` removes: a teacher sees others' as well, and those stay."""
    asking = visitors.current()
    return [path for path in entries(root) if asking.owns(visitors.owner_of(path))]


def restore(name: str, root: Path) -> None:
    """Moves the last removed one of this name back. Raises DatasetError: there is none, or the name is taken by now."""
    path = next((path for path in entries(root) if path.name.rpartition("~")[0] == name), None)
    if path is None:
        raise DatasetError(f"there is no data set {name!r} in the trash: {', '.join(names(root)) or 'it is empty'}.")
    if os.path.lexists(root / name):
        raise DatasetError(f"there is another data set {name!r} by now: remove that one first.")
    try:
        path.rename(root / name)
    except OSError as error:
        raise _unwritable(error) from error


def empty(root: Path) -> None:
    """Removes `own` for good. Raises DatasetError."""
    try:
        for path in own(root):
            shutil.rmtree(path)
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> DatasetError:
    failures.note("the data folder was not written", error, remedy="`cnnviz doctor` says what is wrong with it.")
    return DatasetError(
        f"the data folder cannot be written ({said_by(error)}): give this user the right to write there."
    )
