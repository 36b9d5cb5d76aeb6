"""Training runs: start one, follow it, stop it, find it again.

    run = runs.start(config)                        # its own process
    run.status(), run.history(), run.stop()
    runs.list(), runs.get(run_id)

A run is its directory (`run_files`), so one that a cluster started appears beside one that the sidebar started, and a
server that restarts finds its runs again. Own runs lie in checkpoints.runs_folder(), shipped ones are only read.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import os
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO

from cnnviz import checkpoints, configs, half_made, run_files, visitors
from cnnviz.checkpoints import uploads
from cnnviz.records import Steering, TrainConfig
from cnnviz.records.training import PUBLISHED
from cnnviz.registry import unknown
from cnnviz.run_files.handover import EXPERIMENT, TRAINING
from cnnviz.runs import directories, importing, quotas, supervision, trash
from cnnviz.runs.directories import unwritable
from cnnviz.runs.run import Run, RunError
from cnnviz.runs.supervision import QueueFull, Supervisor

__all__ = [
    "QueueFull", "Run", "RunError", "adopt_waiting", "bring_back", "bringing", "delete", "deleted", "empty_trash",
    "experiments_under_way", "find", "get", "list", "own_deleted", "restore", "resume", "room", "standing", "start",
    "stop_and_wait", "supervisor", "under_way", "unreadable", "unwritable", "working",
]  # fmt: skip

_LOCK, _STARTING = threading.Lock(), threading.Lock()


def supervisor() -> Supervisor:
    """This process's one supervisor; when it is made it takes over runs that a server left in its queue."""
    with _LOCK:
        if supervision.CURRENT:
            return supervision.CURRENT[0]
        supervision.CURRENT.append(Supervisor())
    atexit.register(
        supervision.CURRENT[0].close
    )  # in a container every process is killed as soon as the server's has ended
    adopt_waiting()
    return supervision.CURRENT[0]


def adopt_waiting() -> builtins.list[Run]:
    """Go on with the queue of servers that are gone: their waiting runs and experiments, in the order in which they
    were asked for."""
    folder = checkpoints.runs_folder()
    try:
        with visitors.acting_as(visitors.EVERYBODY), directories.locked(folder):
            half_made.sweep(folder)
            modules = dict.fromkeys(directories.experiments(folder), EXPERIMENT) | {
                run.path: TRAINING for run in list()
            }
            waited = [path for path in modules if run_files.written_status(path).state == "queued"]
            left = [path for path in waited if run_files.read_status(path).state == "interrupted"]
            left.sort(key=directories.asked_at)
            for path in left:
                supervisor().adopt(path, modules[path])
    except OSError:  # a folder that cannot be written holds no run that could be continued
        return []
    return [Run(path) for path in left]


def start(config: TrainConfig, *, again: bool = False, paused: bool = False) -> Run:
    """Start the run in a process of its own, or put it into the queue.

    The same config under way, finished or diverged before (or shipped): that run is returned as it is; a finished one
    is kept and trained once more where `again` says so.
    paused: a new one waits before its first step. Every take has a directory of its own: nothing is overwritten.
    Raises configs.ConfigError, QueueFull, and RunError where the folder of runs cannot be written or the visitor has
    as much as one may have here (`quotas`).
    """
    configs.check(config)
    _check_start(config)
    boss = supervisor()
    with _deciding():
        before = under_way(config) or (None if again else standing(config))
        if before is not None:
            return before
        quotas.admit(boss, config)
        boss.admit()
        path = directories.new(checkpoints.runs_folder(), config)
        if paused:
            run_files.write_steering(path, Steering(paused=True))
        boss.submit_work(path, TRAINING, epochs=config.epochs)
    return Run(path)


def bring_back(data: bytes | BinaryIO) -> Run:
    """A network that was taken away in a zip, as a finished run of one's own. Raises RunError: what is wrong."""
    with bringing() as most:
        return importing.from_zip(data, supervisor(), deciding=_deciding, room=most)


def _check_start(config: TrainConfig) -> None:
    """Raises ConfigError where it would go on from a network that is not seen by whoever asks: ids can be guessed."""
    if config.start is None or config.start == PUBLISHED:
        return
    try:
        checkpoints.find(config.start)
    except checkpoints.CheckpointError as error:
        raise configs.ConfigError(f"start is {config.start[:80]!r}: {error}") from error


@contextlib.contextmanager
def bringing() -> Iterator[int | None]:
    """Bytes that whoever asks may put on this disk in this block (`room`), in which they bring a file of any kind.

    What a visitor brings in several tabs at once comes one after another: all would find the same room. In the end
    their runs' states make room for it. Raises RunError.
    """
    asking = visitors.current()
    if not asking.limited:
        yield None
        return
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(directories.locked(checkpoints.runs_folder() / uploads.UPLOADS / asking.id))
        except OSError as error:
            raise RunError(unwritable(error)) from error
        yield room()
        with _deciding():
            quotas.give_way(quotas.used(supervisor()))


def stop_and_wait(run: Run, *, seconds: float = 10.0) -> None:
    """Stops a run and returns when it has ended. Raises RunError where that takes longer."""
    run.stop()
    late = time.monotonic() + seconds
    while run.status().alive:
        if time.monotonic() > late:
            raise RunError(f"{run.id} has been asked to stop and has not ended yet; try again in a moment")
        time.sleep(0.02)


@contextlib.contextmanager
def working() -> Iterator[None]:
    """What begins in this block is no run of its own, an experiment: nothing else begins meanwhile.

    Raises QueueFull, and RunError where whoever asks has as much waiting or on disk as one visitor may.
    """
    with _deciding():
        quotas.admit_work(quotas.used(supervisor()))
        supervisor().admit()
        yield


def room() -> int | None:
    """Bytes that whoever asks may still put on this disk, with runs, data sets, weights; None: as many as there are."""
    return quotas.room(quotas.used(supervisor())) if visitors.current().limited else None


def resume(run_id: str) -> Run:
    """Have an interrupted, failed or stopped run go on from its last full state, in its own directory.

    Raises KeyError (no such run), RunError (it is under way, has ended, left no state, or its folder cannot be
    written), QueueFull.
    """
    boss = supervisor()
    with _deciding():  # of two who ask at once, the second finds it in the queue
        run = get(run_id)
        if not run.resumable:
            raise RunError(f"{run_id} cannot go on: it is {run.status().state}, or left no state to go on from")
        quotas.admit(boss, run.config, kept=run.path)
        boss.release(run.path)
        run_files.clear_requests(run.path)
        boss.submit_work(run.path, TRAINING, epochs=run.config.epochs)
    return run


def under_way(config: TrainConfig) -> Run | None:
    """One's own run of this very config that waits or trains; None where there is none."""
    return next((run for run in _takes(config) if run.status().alive), None)


def standing(config: TrainConfig) -> Run | None:
    """The last take of this very config that has finished or diverged, an own one first, then a shipped one."""
    shipped = [Run(path) for path in directories.takes(checkpoints.SHIPPED, config)]
    return next((run for run in (*_takes(config), *shipped) if run.status().state in ("finished", "diverged")), None)


def _takes(config: TrainConfig) -> builtins.list[Run]:
    """One's own runs of this very config, the last take first."""
    return [Run(path) for path in directories.takes(checkpoints.runs_folder(), config)]


def find(run_id: str) -> Run | None:
    """The run of this id, an own one first; None where there is none that can be read (`unreadable` names these)."""
    if not isinstance(run_id, str) or not checkpoints.RUN_ID.fullmatch(run_id):
        return None
    for parent in (checkpoints.runs_folder(), checkpoints.SHIPPED):
        path = parent / run_id
        if os.path.isdir(path) and directories.readable(path) and directories.seen(path):
            return Run(path)
    return None


def get(run_id: str) -> Run:
    """The run of this id. Raises KeyError that lists close ones."""
    run = find(run_id)
    if run is None:
        paths = (*directories.found(checkpoints.runs_folder()), *directories.found(checkpoints.SHIPPED))
        raise KeyError(unknown("run", run_id, (path.name for path in paths)))
    return run


def list() -> builtins.list[Run]:
    """One's own runs, the newest first. `checkpoints.available` has the shipped ones, too."""
    paths = filter(directories.readable, directories.found(checkpoints.runs_folder()))
    return [
        Run(path)
        for path in sorted(paths, key=lambda path: directories.modified(path / run_files.CONFIG), reverse=True)
    ]


def experiments_under_way() -> builtins.list[Run]:
    """The experiments from the page that wait or train, of whoever asks; a teacher sees everybody's."""
    paths = filter(directories.seen, directories.experiments(checkpoints.runs_folder()))
    return [run for run in map(Run, paths) if run.status().alive]


def unreadable() -> dict[str, str]:
    """Id → what is wrong, of one's own run directories that `list` leaves out. They are left as they are."""
    paths = directories.found(checkpoints.runs_folder())
    return {path.name: said for path in paths if (said := directories.problem(path))}


def delete(run_id: str) -> None:
    """Move an own run that has ended to the trash; `restore` takes it back.

    Raises KeyError (no such run), RunError (it is under way, shipped, or cannot be moved).
    """
    path = checkpoints.runs_folder() / run_id
    run = Run(path) if run_id in unreadable() else get(run_id)
    if run.shipped:
        raise RunError(f"{run_id} ships with cnnviz; only one's own runs can be deleted")
    with _deciding():
        if run.status().alive:
            raise RunError(f"{run_id} is under way; stop it first")
        if supervision.CURRENT:
            supervision.CURRENT[0].release(run.path)
        trash.discard(run.path)


def deleted() -> builtins.list[str]:
    """Ids of the runs in the trash, the last deleted first."""
    return trash.deleted(checkpoints.runs_folder())


def own_deleted() -> int:
    """How many of them `empty_trash` removes: a teacher sees others' as well, and those stay."""
    return len(trash.own(checkpoints.runs_folder()))


def restore(run_id: str) -> Run:
    """Take the last deleted run of this id back; where there is such a run by now, as a further take.

    Raises KeyError (there is none in the trash), RunError (it cannot be moved).
    """
    with _deciding():
        path = trash.take_back(checkpoints.runs_folder(), run_id)
    if path is None:
        raise KeyError(unknown("deleted run", run_id, deleted()))
    return Run(path)


def empty_trash() -> int:
    """Remove one's own deleted runs for good; returns how many there were. Raises RunError."""
    with _deciding():
        return trash.empty(checkpoints.runs_folder())


@contextlib.contextmanager
def _deciding() -> Iterator[None]:
    """One at a time, of all tabs and processes, looks at a run and changes what becomes of it.

    Raises RunError where the folder of runs cannot be written.
    """
    try:
        with _STARTING, directories.locked(checkpoints.runs_folder()):
            yield
    except OSError as error:
        raise RunError(unwritable(error)) from error
