"""One run, as its directory says it is: its status, its events, and what it may be asked for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from cnnviz import checkpoints, configs, datasets, models, run_files
from cnnviz.plain_text import without_folders
from cnnviz.records import Array, Event, RunStatus, Steering, TrainConfig
from cnnviz.records.inside import Inside
from cnnviz.run_files import watching
from cnnviz.runs import curves, directories, snippets, supervision
from cnnviz.runs.directories import unwritable
from cnnviz.runs.workers import log_of


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
        boss = supervision.CURRENT[0] if supervision.CURRENT else None
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

    def events(self, *, after: int = 0) -> list[Event]:
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
            if supervision.CURRENT:
                supervision.CURRENT[0].stop(self.path)
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

        It is answered within a step, by several processes under torchrun as by one. Raises configs.ConfigError
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

    def changes(self, events: list[Event] | None = None) -> dict[int, Steering]:
        """Steps taken → the values that held from then on, where they were not the config's: for `training.replay`.

        events: the run's, where they have been read already.
        """
        return run_files.changes(self.config, self.events() if events is None else events)

    def watch(self, picture: Array | None = None) -> Inside | None:
        """Says that somebody watches, and returns the last look inside with their image; None: there is none yet.

        picture: [C, H, W] float32, normalised: whose maps and scores are wanted; others who watch have their own. To be
        called again every second or so.
        Raises RunError where the request cannot be written.
        """
        if self.shipped or not self.status().alive:
            return None
        try:
            key = watching.watch(self.path, picture)
        except OSError as error:
            raise RunError(unwritable(error)) from error
        return watching.last(self.path, key)

    def log(self, tail: int = 40) -> str:
        """The last lines that the worker printed, without the folders in which files lie: a page shows them."""
        return without_folders("\n".join(log_of(self.path).splitlines()[-tail:]))

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

    def state_size(self) -> int:
        """Bytes of the state from which it can go on; 0 where there is none."""
        try:
            return (self.path / run_files.RESUME).stat().st_size
        except OSError:
            return 0

    def modified(self) -> float:
        """When its weights last changed, in seconds since 1970: part of a cache's key."""
        files = [self.path / run_files.WEIGHTS, *(self.path / run_files.SNAPSHOTS).glob("step_*.safetensors")]
        return max((directories.modified(file) for file in files), default=0.0)

    def begun(self) -> float:
        """When it was asked for, in seconds since 1970."""
        return directories.modified(self.path / run_files.CONFIG)

    def snippet(self) -> str:
        """Python that trains this very run again, with what was changed on the way."""
        return snippets.of(self.config, self.changes())
