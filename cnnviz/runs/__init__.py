"""Training runs: start one, follow it, stop it, find it again.

    run = runs.start(config)                        # its own process
    run.status(), run.history(), run.stop()
    runs.list(), runs.get(run_id)

A run is its directory (`run_files`), so one that a cluster started appears beside one that the sidebar started, and a
server that restarts finds its runs again. Own runs lie in checkpoints.runs_folder(), shipped ones are only read.
"""

from __future__ import annotations

import builtins
import dataclasses
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz import checkpoints, configs, datasets, models, run_files
from cnnviz.records import Array, Epoch, Event, RunStatus, Steering, Step, TrainConfig
from cnnviz.registry import unknown
from cnnviz.runs.supervision import QueueFull, Supervisor, log_of

__all__ = ["QueueFull", "Run", "RunError", "delete", "find", "get", "list", "start", "supervisor"]

STEP_COLUMNS = ("step", "loss", "accuracy", "lr", "seconds", "images_per_second")
EPOCH_COLUMNS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
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
        status = run_files.read_status(self.path)
        if status.state != "interrupted":
            return status
        if supervisor().owns(self.path):
            return run_files.written_status(self.path)  # the supervisor is about to say what became of it
        return run_files.read_status(self.path)  # or has just done so

    def events(self, *, after: int = 0) -> builtins.list[Event]:
        """What metrics.jsonl holds, but for the first `after` events. A Step stands for all since the one before."""
        return run_files.read_events(self.path, after=after)

    def history(self) -> dict[str, Array]:
        """The curves as float64 arrays; a group's have one length.

        step, loss, accuracy, lr, seconds, images_per_second (each line of steps);
        epoch, epoch_step, epoch_seconds, train_loss, train_accuracy, test_loss, test_accuracy (each epoch).
        """
        events = self.events()
        steps = [event for event in events if isinstance(event, Step)]
        epochs = [event for event in events if isinstance(event, Epoch)]
        curves = {name: _column(steps, name) for name in STEP_COLUMNS}
        curves |= {name: _column(epochs, name) for name in ("epoch", *EPOCH_COLUMNS)}
        return curves | {"epoch_step": _column(epochs, "step"), "epoch_seconds": _column(epochs, "seconds")}

    def stop(self) -> None:
        """Ask it to stop. A shipped or ended run stays as it is."""
        if not self.shipped:
            supervisor().stop(self.path)

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
        configs.steered(self.config, request)
        run_files.write_steering(self.path, request)

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

    def modified(self) -> float:
        """When its weights last changed, in seconds since 1970: part of a cache's key."""
        files = [self.path / run_files.WEIGHTS, *(self.path / run_files.SNAPSHOTS).glob("step_*.safetensors")]
        return max((_mtime(file) for file in files), default=0.0)

    def snippet(self) -> str:
        """Python that trains this very run again, with what was changed on the way."""
        arguments = ", ".join(
            f"{name}={_literal(value)}" for name, value in self.config.to_json(defaults=False).items()
        )
        changes = self.changes()
        lines = [f"    {step}: {_steering_literal(steering)}," for step, steering in changes.items()]
        return (
            "from cnnviz import training\n"
            + ("from cnnviz.records import Steering\n" if changes else "")
            + f"\nconfig = training.TrainConfig({arguments})\n"
            + ("\n".join(["changes = {  # after so many steps", *lines, "}\n"]) if changes else "")
            + f"run = training.train(config{', steering=training.replay(changes)' if changes else ''})\n"
            "for event in run:\n"
            "    print(event)\n"
            "network = run.model\n"
        )


def supervisor() -> Supervisor:
    """This process's one supervisor."""
    with _LOCK:
        if not _SUPERVISOR:
            _SUPERVISOR.append(Supervisor())
        return _SUPERVISOR[0]


def start(config: TrainConfig, *, again: bool = False) -> Run:
    """Start the run in a process of its own, or put it into the queue.

    The same config finished before (or shipped): that run is returned as it is, unless `again`. Under way: it is
    returned, too. Stopped, failed, interrupted: it starts anew in its place.
    Raises configs.ConfigError, QueueFull.
    """
    configs.check(config)
    with _STARTING:
        before = find(config.run_id)
        if before is not None and _stands(before, again):
            return before
        supervisor().admit()
        folder = checkpoints.runs_folder() / config.run_id
        supervisor().release(folder)
        _set_aside(folder)
        folder.mkdir(parents=True)
        supervisor().submit(folder, config)
    return Run(folder)


def _stands(run: Run, again: bool) -> bool:
    """Whether a run that is asked for once more stays as it is: under way, or finished and good enough."""
    status = run.status()
    if not run.shipped and status.alive:
        return True
    return not again and status.state == "finished"


def find(run_id: str) -> Run | None:
    """The run of this id, an own one first; None where there is none."""
    if not isinstance(run_id, str) or not checkpoints.RUN_ID.fullmatch(run_id):
        return None
    for parent in (checkpoints.runs_folder(), checkpoints.SHIPPED):
        if (parent / run_id / run_files.CONFIG).is_file():
            return Run(parent / run_id)
    return None


def get(run_id: str) -> Run:
    """The run of this id. Raises KeyError that lists close ones."""
    run = find(run_id)
    if run is None:
        raise KeyError(
            unknown("run", run_id, (one.id for one in (*_in(checkpoints.runs_folder()), *_in(checkpoints.SHIPPED))))
        )
    return run


def list() -> builtins.list[Run]:
    """One's own runs, the newest first. `checkpoints.available` has the shipped ones, too."""
    return sorted(_in(checkpoints.runs_folder()), key=lambda run: _mtime(run.path / run_files.CONFIG), reverse=True)


def delete(run_id: str) -> None:
    """Remove an own run that has ended. Raises KeyError (no such run), RunError (it is under way, or shipped)."""
    run = get(run_id)
    if run.shipped:
        raise RunError(f"{run_id} ships with cnnviz; only one's own runs can be deleted")
    if run.status().alive:
        raise RunError(f"{run_id} is under way; stop it first")
    supervisor().release(run.path)
    _set_aside(run.path)


def _in(folder: Path) -> builtins.list[Run]:
    try:
        entries = [entry.name for entry in os.scandir(folder) if entry.is_dir()]
    except OSError:  # the folder is made by the first run
        return []
    named = (folder / name for name in entries if checkpoints.RUN_ID.fullmatch(name))
    return [Run(path) for path in named if (path / run_files.CONFIG).is_file()]


def _set_aside(folder: Path) -> None:
    """Removes a run directory, in one step for everyone who looks."""
    if not folder.exists():
        return
    hidden = folder.with_name(f".{folder.name}.{os.getpid()}.{threading.get_ident()}")
    os.replace(folder, hidden)
    shutil.rmtree(hidden)


def _column(events: builtins.list[Step] | builtins.list[Epoch], name: str) -> Array:
    return np.asarray([getattr(event, name) for event in events], np.float64)


def _literal(value: object) -> str:
    """JSON's lists are a config's tuples."""
    if isinstance(value, builtins.list):
        return "(" + "".join(f"{_literal(item)}, " for item in value) + ")"
    return repr(value)


def _steering_literal(steering: Steering) -> str:
    return f"Steering({', '.join(f'{name}={value!r}' for name, value in steering.values.items())})"


def _mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # deleted meanwhile
        return 0.0
