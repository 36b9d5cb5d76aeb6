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
import dataclasses
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from cnnviz import checkpoints, configs, datasets, models, run_files
from cnnviz.records import Array, Event, RunStatus, Steering, TrainConfig
from cnnviz.registry import unknown
from cnnviz.run_files.handover import TRAINING
from cnnviz.runs import curves, directories, snippets, trash
from cnnviz.runs.directories import unwritable
from cnnviz.runs.supervision import QueueFull, Supervisor
from cnnviz.runs.workers import log_of

__all__ = [
    "QueueFull", "Run", "RunError", "adopt_waiting", "delete", "deleted", "empty_trash", "find", "get", "list",
    "restore", "resume", "start", "supervisor", "unreadable", "unwritable",
]  # fmt: skip

_LOCK, _STARTING = threading.Lock(), threading.Lock()
_SUPERVISOR: builtins.list[Supervisor] = []


class RunError(ValueError):
    """What cannot be done with a run: what was asked, what was found, what would work."""


@dataclass(frozen=True)
class Run:
    """One run directory. path is absolute or as CNNVIZ_RUNS has it."""

    path: Path

    @property
    def id(self) -> str:
        """The name of its directory."""
        return self.path.name

    @property
    def config(self) -> TrainConfig:
        """Raises ValueError that names the file, where config.json is damaged."""
        return run_files.read_config(self.path)

    @property
    def shipped(self) -> bool:
        """Whether it comes with cnnviz; such a run is only read."""
        return self.path.parent == checkpoints.SHIPPED

    @property
    def title(self) -> str:
        """ "LeNet-5 on MNIST"; the id where the config names something that is gone."""
        try:
            config = self.config
            network, data = models.title(config.model), datasets.info(config.dataset).title
        except (KeyError, ValueError):
            return self.id
        return f"{network} on {data}" + (", permuted pixels" if config.permutation is not None else "")

    def status(self) -> RunStatus:
        """Its state; "interrupted" where it had not ended and its process is gone."""
        boss = _SUPERVISOR[0] if _SUPERVISOR else None
        unwritten = boss.unwritten(self.path) if boss is not None else None
        if unwritten is not None:
            return unwritten
        status = run_files.read_status(self.path)
        if boss is None:
            return status
        if status.state == "interrupted":
            if boss.owns(self.path):
                return run_files.written_status(self.path)  # the supervisor is about to say what became of it
            return run_files.read_status(self.path)  # or has just done so
        if status.state == "queued" and boss.problem and boss.owns(self.path):
            return dataclasses.replace(status, message=boss.problem)
        return status

    def events(self, *, after: int = 0) -> builtins.list[Event]:
        """What metrics.jsonl holds, but for the first `after` events. A Step stands for all since the one before."""
        return run_files.read_events(self.path, after=after)

    def history(self) -> dict[str, Array]:
        """The curves as float64 arrays; a group's have one length.

        step, loss, accuracy, lr, seconds, images_per_second (each line of steps);
        epoch, epoch_step, epoch_seconds, train_loss, train_accuracy, test_loss, test_accuracy (each epoch).
        """
        return curves.of(self.events())

    def stop(self) -> None:
        """Ask it to stop. A shipped or ended run stays as it is. Raises RunError where that cannot be written."""
        if self.shipped:
            return
        try:
            if _SUPERVISOR:
                _SUPERVISOR[0].stop(self.path)
            elif self.status().alive:  # a process that only looks leaves the request in the directory
                run_files.ask_to_stop(self.path)
        except OSError as error:
            raise RunError(unwritable(error)) from error

    # ----------------------------------------------------------------------------------------- steering
    def steering(self) -> Steering:
        """The pending steering request, empty if unreadable."""
        try:
            return run_files.read_steering(self.path)
        except ValueError:
            return Steering()

    def steer(self, **changes: bool | float | None) -> None:
        """Pauses it, lets it go on, or changes values, as `records.Steering` has them; what is not named stays.

        A single process answers within a step; several under torchrun ignore it. Raises configs.ConfigError
        (a value that cannot be trained with), RunError (it is not under way).
        """
        if self.shipped or not self.status().alive:
            raise RunError(f"{self.id} is not under way: only a run that trains can be steered")
        request = dataclasses.replace(self.steering(), **changes)  # type: ignore[arg-type]
        configs.steered(self._readable_config(), request)
        try:
            run_files.write_steering(self.path, request)
        except OSError as error:
            raise RunError(unwritable(error)) from error

    def _readable_config(self) -> TrainConfig:
        try:
            return self.config
        except ValueError as error:
            raise RunError(str(error)) from error

    def pause(self) -> None:
        """Pauses it before its next step; its clock stands still. Raises RunError."""
        self.steer(paused=True, until=None)

    def resume(self) -> None:
        """Let it go on. Raises RunError."""
        self.steer(paused=False, until=None)

    def advance(self, steps: int = 1) -> int:
        """Lets it take so many steps, then pauses it; returns how many it will have taken. Raises RunError."""
        until = self.status().step + steps
        self.steer(paused=True, until=until)
        return until

    def changes(self, events: builtins.list[Event] | None = None) -> dict[int, Steering]:
        """Steps taken → the values that held from then on, where they were not the config's: for `training.replay`.

        events: the run's, where they have been read already.
        """
        return run_files.changes(self.config, self.events() if events is None else events)

    def log(self, tail: int = 40) -> str:
        """The last lines that the worker printed."""
        return "\n".join(log_of(self.path).splitlines()[-tail:])

    def snapshots(self) -> tuple[int, ...]:
        """Steps whose weights can be opened: checkpoints.load(run.id, step=...)."""
        names = (path.name for path in (self.path / run_files.SNAPSHOTS).glob("step_*.safetensors"))
        return tuple(sorted(int(match[1]) for name in names if (match := checkpoints.SNAPSHOT.fullmatch(name))))

    def has_weights(self) -> bool:
        """Whether there is a network to explore: the last weights, or a snapshot."""
        return (self.path / run_files.WEIGHTS).is_file() or bool(self.snapshots())

    @property
    def resumable(self) -> bool:
        """Whether it was cut off and left the state from which it can go on (`resume`)."""
        left = not self.shipped and (self.path / run_files.RESUME).is_file()
        return left and self.status().state in ("interrupted", "failed", "stopped")

    def modified(self) -> float:
        """When its weights last changed, in seconds since 1970: part of a cache's key."""
        files = [self.path / run_files.WEIGHTS, *(self.path / run_files.SNAPSHOTS).glob("step_*.safetensors")]
        return max((_mtime(file) for file in files), default=0.0)

    def snippet(self) -> str:
        """Python that trains this very run again, with what was changed on the way."""
        return snippets.of(self.config, self.changes())


def supervisor() -> Supervisor:
    """This process's one supervisor; when it is made it takes over runs that a server left in its queue."""
    with _LOCK:
        if _SUPERVISOR:
            return _SUPERVISOR[0]
        _SUPERVISOR.append(Supervisor())
    atexit.register(_SUPERVISOR[0].close)  # in a container every process is killed as soon as the server's has ended
    adopt_waiting()
    return _SUPERVISOR[0]


def adopt_waiting() -> builtins.list[Run]:
    """Go on with the queue of servers that are gone: their waiting runs, in the order in which they were asked for."""
    try:
        with directories.locked(checkpoints.runs_folder()):
            left = [run for run in reversed(list()) if run_files.written_status(run.path).state == "queued"]
            left = [run for run in left if run_files.read_status(run.path).state == "interrupted"]
            for run in left:
                supervisor().adopt(run.path)
    except OSError:  # a folder that cannot be written holds no run that could be continued
        return []
    return left


def start(config: TrainConfig, *, again: bool = False) -> Run:
    """Start the run in a process of its own, or put it into the queue.

    The same config under way, finished or diverged before (or shipped): that run is returned as it is; a finished one
    is kept and trained once more where `again` says so. Every take has a directory of its own: nothing is overwritten.
    Raises configs.ConfigError, QueueFull, and RunError where the folder of runs cannot be written.
    """
    configs.check(config)
    folder, boss = checkpoints.runs_folder(), supervisor()
    try:
        with _STARTING, directories.locked(folder):
            before = _standing(config, again)
            if before is not None:
                return before
            boss.admit()
            path = directories.new(folder, config)
            boss.submit_work(path, TRAINING, epochs=config.epochs)
    except OSError as error:
        raise RunError(unwritable(error)) from error
    return Run(path)


def resume(run_id: str) -> Run:
    """Have an interrupted, failed or stopped run go on from its last full state, in its own directory.

    Raises KeyError (no such run), RunError (it is under way, has ended, or left no state), QueueFull.
    """
    run = get(run_id)
    if not run.resumable:
        raise RunError(f"{run_id} cannot go on: it is {run.status().state}, or left no state to go on from")
    boss = supervisor()
    boss.release(run.path)
    run_files.clear_requests(run.path)
    boss.submit_work(run.path, TRAINING, epochs=run.config.epochs)
    return run


def _standing(config: TrainConfig, again: bool) -> Run | None:
    """The run that answers a start of this config, if there is one: under way, or ended and good enough."""
    own = [Run(path) for path in directories.takes(checkpoints.runs_folder(), config)]
    under_way = next((run for run in own if run.status().alive), None)
    if under_way is not None or again:
        return under_way
    shipped = [Run(path) for path in directories.takes(checkpoints.SHIPPED, config)]
    return next((run for run in (*own, *shipped) if run.status().state in ("finished", "diverged")), None)


def find(run_id: str) -> Run | None:
    """The run of this id, an own one first; None where there is none that can be read (`unreadable` names these)."""
    if not isinstance(run_id, str) or not checkpoints.RUN_ID.fullmatch(run_id):
        return None
    for parent in (checkpoints.runs_folder(), checkpoints.SHIPPED):
        if os.path.isdir(parent / run_id) and directories.readable(parent / run_id):
            return Run(parent / run_id)
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
    return [Run(path) for path in sorted(paths, key=lambda path: _mtime(path / run_files.CONFIG), reverse=True)]


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
    if run.status().alive:
        raise RunError(f"{run_id} is under way; stop it first")
    if _SUPERVISOR:
        _SUPERVISOR[0].release(run.path)
    try:
        trash.discard(run.path)
    except OSError as error:
        raise RunError(unwritable(error)) from error


def deleted() -> builtins.list[str]:
    """Ids of the runs in the trash, the last deleted first."""
    return trash.deleted(checkpoints.runs_folder())


def restore(run_id: str) -> Run:
    """Take the last deleted run of this id back; where there is such a run by now, as a further take.

    Raises KeyError (there is none in the trash), RunError (it cannot be moved).
    """
    try:
        path = trash.take_back(checkpoints.runs_folder(), run_id)
    except OSError as error:
        raise RunError(unwritable(error)) from error
    if path is None:
        raise KeyError(unknown("deleted run", run_id, deleted()))
    return Run(path)


def empty_trash() -> int:
    """Remove deleted runs for good; returns how many there were. Raises RunError."""
    try:
        return trash.empty(checkpoints.runs_folder())
    except OSError as error:
        raise RunError(unwritable(error)) from error


def _mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # deleted meanwhile
        return 0.0
