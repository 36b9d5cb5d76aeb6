"""The folder of runs: which directories in it are runs, a new directory for a run, and one process at a time."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from cnnviz import checkpoints, failures, half_made, run_files, visitors
from cnnviz.owners import Owner
from cnnviz.plain_text import said_by
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.run_files.names import ASKED, EXPERIMENTS

try:
    import fcntl
except ImportError:  # Windows: two processes that start at once are kept apart by the directory's name alone
    fcntl = None  # type: ignore[assignment]

TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR)
LOCK = ".lock"


def found(folder: Path) -> list[Path]:
    """The directories in it that have a run's name and a run's file, in the order of their names.

    Of own runs, those that whoever asks may see; shipped ones are everybody's.
    """
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if checkpoints.RUN_ID.fullmatch(entry.name))
    except OSError:  # the folder is made by the first run
        return []
    paths = (folder / name for name in names)
    files = (run_files.CONFIG, run_files.STATUS, run_files.METRICS, run_files.WEIGHTS)
    there = [path for path in paths if os.path.isdir(path) and any(os.path.lexists(path / name) for name in files)]
    return [path for path in there if seen(path)]


def experiments(folder: Path) -> list[Path]:
    """The directories of experiments from the page, of all visitors."""
    top = folder / EXPERIMENTS
    return sorted(file.parent for depth in ("*", "*/*") for file in top.glob(f"{depth}/{ASKED}"))


def asked_at(path: Path) -> float:
    """When a run or an experiment was asked for, in seconds since 1970."""
    return modified(path / run_files.CONFIG) or modified(path / ASKED)


def seen(path: Path) -> bool:
    """Whether whoever asks may see this run: a shipped one, or one of theirs."""
    asking = visitors.current()
    return not asking.id or path.parent == checkpoints.SHIPPED or asking.may(visitors.owner_of(path))


def readable(path: Path) -> bool:
    """Whether its config.json can be read."""
    return not problem(path)


def problem(path: Path) -> str:
    """Why a run directory cannot be used, in a sentence; "" where it can."""
    try:
        run_files.read_config(path)
    except ValueError as error:
        return str(error)
    return ""


def takes(folder: Path, config: TrainConfig) -> list[Path]:
    """The directories of this very config, the last take first: shipped ones, or those of whoever asks.

    A teacher's are the teacher's own: another's run never answers a start.
    """
    asking = visitors.current()
    wanted = config.run_id
    named = [path for path in found(folder) if path.name == wanted or path.name.rpartition("-")[0] == wanted]
    if asking.id and folder != checkpoints.SHIPPED:
        named = [path for path in named if visitors.owner_of(path) == asking.id]
    same = [path for path in named if readable(path) and run_files.read_config(path) == config]
    return sorted(same, key=lambda path: _number(path.name, wanted), reverse=True)


def new(folder: Path, config: TrainConfig) -> Path:
    """A directory for one more take, with its config and the status "queued". Nothing that exists is touched.

    It is made under a hidden name and renamed when it is whole, so two processes never share one. Raises OSError.
    """
    half_made.sweep(folder)
    with half_made.making(folder) as hidden:
        run_files.write_config(hidden, config)
        visitors.mark(hidden)
        waiting = RunStatus("queued", "waiting for a place", epochs=config.epochs)
        run_files.write_status(hidden, waiting, owner=Owner.of(os.getpid()))
        return placed(hidden, folder, config)


def placed(hidden: Path, folder: Path, config: TrainConfig) -> Path:
    """Gives a directory that is whole its run's name, or the next take's. Raises OSError."""
    for number in itertools.count(1):
        path = folder / (config.run_id if number == 1 else f"{config.run_id}-{number}")
        try:
            hidden.rename(path)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
        else:
            return path
    raise AssertionError("numbers do not end")


def back(path: Path, folder: Path) -> Path:
    """Moves a directory into the folder again, under its run's name or as a further take. Raises OSError."""
    run_id = path.name.partition("~")[0]
    for number in itertools.count(1):
        target = folder / (run_id if number == 1 else f"{run_id}-{number}")
        if not os.path.lexists(target):
            path.rename(target)
            return target
    raise AssertionError("numbers do not end")


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time decides about the runs in this folder. Raises OSError where it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        if fcntl is not None:
            with contextlib.suppress(OSError):  # a shared disk without locks: names keep two processes apart
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def unwritable(error: OSError) -> str:
    """One sentence for a folder of runs that is full, read-only or cannot be made; the log has it, too."""
    failures.note("the folder of runs was not written", error, remedy="`cnnviz doctor` says what is wrong with it.")
    return (
        f"the folder of runs cannot be written ({said_by(error)}): free some space there, give this user the right to "
        "write, or name another folder with CNNVIZ_RUNS"
    )


def modified(path: Path) -> float:
    """When it was last written, in seconds since 1970; 0 where it was deleted meanwhile."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _number(name: str, run_id: str) -> int:
    return 1 if name == run_id else int(name.rpartition("-")[2])
