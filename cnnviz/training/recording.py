"""Writes a run's events, status and snapshots into its directory while it trains."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import itertools
import math
import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from cnnviz import checkpoints, datasets, run_files
from cnnviz.configs import ConfigError
from cnnviz.owners import RENEWED
from cnnviz.plain_text import said_by
from cnnviz.records import Epoch, Event, Finished, RunStatus, Started, Steered, Step, TrainConfig
from cnnviz.records.typed import checked
from cnnviz.training.progress import MilestoneSchedule, RunProgress
from cnnviz.training.resumption import ResumeState

LINES = 400  # lines of steps in a run's metrics.jsonl: more would not show in a chart
STATUS_EVERY = 0.1  # seconds between two status files
FAMILIAR = (ConfigError, datasets.DatasetError, checkpoints.CheckpointError, ValueError, KeyError)


class Keeper:
    """Writes snapshots while there is room. rolling: only the newest is kept, and none once the run has its weights."""

    def __init__(self, folder: Path, most_bytes: int, *, rolling: bool) -> None:
        self._folder = folder
        self._most, self._rolling = most_bytes, rolling
        self._bytes = sum(path.stat().st_size for path in (folder / run_files.SNAPSHOTS).glob("step_*.safetensors"))
        self._held_bytes = 0
        self._held: Path | None = None

    def __call__(self, step: int, model: nn.Module) -> bool:
        """False where the next one would not fit any more."""
        path = checkpoints.save(model, self._folder / checkpoints.snapshot_name(step))
        if self._rolling:
            for old in path.parent.glob("step_*.safetensors"):
                if old != path:
                    old.unlink()
            return True
        size = path.stat().st_size
        self._bytes += size
        return self._bytes + self._held_bytes + size <= self._most

    def hold(self, step: int, model: nn.Module) -> None:
        """The weights of a paused run, so that it can be opened: all in half of the allowed bytes, then only the
        newest."""
        path = self._folder / checkpoints.snapshot_name(step)
        if path.exists():
            return
        if self._rolling:
            self(step, model)
            return
        if self._held is not None and self._held_bytes + self._held.stat().st_size > self._most // 2:
            self._held_bytes -= self._held.stat().st_size
            self._held.unlink()
        self._held = checkpoints.save(model, path)
        self._held_bytes += path.stat().st_size

    def finish(self) -> None:
        """The run has its last weights: a rolling snapshot is no longer needed."""
        if self._rolling:
            shutil.rmtree(self._folder / run_files.SNAPSHOTS, ignore_errors=True)


class Recorder:
    """Turns events into metrics.jsonl and status.json.

    A run that nobody steers leaves at most 400 lines of steps: a line's loss and accuracy are means over the steps
    since the line before, its probes the last ones measured; which steps make a line follows from how far the run is,
    so it is repeatable.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.test_examples = 0
        self.device = ""
        self._owner = run_files.Owner.of(os.getpid())
        self._status = RunStatus("starting", "reading the config")
        self._due = MilestoneSchedule(LINES, power=1.0)
        self._waiting: list[Step] = []
        self._last: Step | None = None  # line of steps
        self._written = -math.inf  # the status file's own time, in seconds since Started
        self._seconds: float | None = None
        self._plan = RunProgress(1)
        self._metrics = -1
        self._resumed = False
        self._lock, self._ended = threading.Lock(), threading.Event()

    def begin(self, config: TrainConfig, state: ResumeState | None = None) -> None:
        """Starts anew, or goes on after the events that a state knows; writes the status "starting"."""
        self._seconds = config.seconds
        self._resumed = state is not None
        title = datasets.info(config.dataset).title
        if state is None:
            set_aside(self.folder)
            self._say(state="starting", message=f"reading {title} and building {config.model}")
        self._metrics = os.open(self.folder / run_files.METRICS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if state is not None:
            self._restore(state.extra)
            self._say(state="starting", message=f"reading {title}, to go on after step {self._status.step:,}")
        threading.Thread(target=self._renew, name="cnnviz-lease", daemon=True).start()

    def state(self) -> dict[str, Any]:
        """What `begin` goes on from: plain values."""
        return {
            "metrics": os.fstat(self._metrics).st_size,
            "waiting": [run_files.line_of(step, exact=True).decode() for step in self._waiting],
            "last": run_files.line_of(self._last, exact=True).decode() if self._last is not None else None,
            "reported": self._due.reported,
            "plan": self._plan.state(),
            "status": run_files.finite(dataclasses.asdict(self._status)),
            "test_examples": self.test_examples,
        }  # fmt: skip

    def _restore(self, values: Mapping[str, Any]) -> None:
        """Lines that were written after the state go: the same steps come again. Raises ValueError."""
        try:
            if os.fstat(self._metrics).st_size < values["metrics"]:
                raise ValueError("it ends before the state was taken")
            events = [run_files.event_of(line.encode()) for line in values["waiting"]]
            self._waiting = [event for event in events if isinstance(event, Step)]
            last = run_files.event_of(values["last"].encode()) if values["last"] is not None else None
            self._last = last if isinstance(last, Step) else None
            self._due.reported, self.test_examples = values["reported"], values["test_examples"]
            self._plan.restore(values["plan"])
            self._status = dataclasses.replace(checked(RunStatus, values["status"]), seconds_left=None)
            os.ftruncate(self._metrics, values["metrics"])
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{run_files.METRICS} and the state to go on from do not fit: {error}") from error

    def flush(self) -> None:
        """Writes the status as of the last step."""
        if self._waiting or self._last is not None:
            step = _merged(self._waiting) if self._waiting else self._last
            assert step is not None
            self._progress(step, self._over(step))

    def _renew(self) -> None:
        """The lease: also a run that is paused, or in a long evaluation, says that it lives."""
        while not self._ended.wait(RENEWED):
            with contextlib.suppress(OSError):  # a full disk: the run's own writes say so
                self._say(durable=False, lease=True)

    def add(self, event: Event) -> None:
        """Writes what this event adds to metrics.jsonl and status.json."""
        if isinstance(event, Step):
            self._add_step(event)
            return
        if isinstance(event, Started):
            self.test_examples, self.device = event.test_examples, event.device
            self._say(state="running", message="", steps=event.steps, epochs=event.epochs)
            if self._resumed:  # it stands in the file already
                return
            self._plan = RunProgress(event.steps)
        elif isinstance(event, Steered):
            self._add_steered(event)
        elif isinstance(event, Epoch):
            self._say(durable=False, epoch=event.epoch, test_accuracy=event.test_accuracy, seconds=event.seconds)
        elif isinstance(event, Finished) and self._waiting:
            self._end_line()
        self._write(event)

    def _add_steered(self, event: Steered) -> None:
        """The steps up to here get a line of their own: whoever pauses a run wants to see what it just did."""
        if self._waiting:
            self._end_line()
        if self._last is not None:
            self._progress(self._last, self._over(self._last))
        self._plan.plan(event.step, event.steps)
        self._say(durable=False, state="paused" if event.paused else "running", steps=event.steps)

    def _end_line(self) -> None:
        self._last = _merged(self._waiting)
        self._waiting.clear()
        self._write(self._last)

    def _over(self, step: Step) -> float:
        """How much of the run is over, in [0, 1]."""
        over = self._plan.at(step.step)
        return min(1.0, over if self._seconds is None else max(over, step.seconds / self._seconds))

    def _add_step(self, step: Step) -> None:
        self._waiting.append(step)
        progress = self._over(step)
        if step.seconds - self._written >= STATUS_EVERY:
            self._written = step.seconds
            self._progress(_merged(self._waiting), progress)
        if self._due.at(progress):
            self._end_line()

    def _progress(self, step: Step, progress: float) -> None:
        """Writes an interim status."""
        left = step.seconds * (1 - progress) / progress if progress else None
        self._say(
            durable=False,
            message="" if math.isfinite(step.loss) else "the loss is no longer a number: try a smaller learning rate",
            step=step.step,
            epoch=step.epoch,
            loss=step.loss,
            accuracy=step.accuracy,
            seconds=step.seconds,
            seconds_left=left,
            images_per_second=step.images_per_second,
        )

    def end(self, event: Finished, *, weights_step: int | None = None) -> None:
        """The last status; a shipped run keeps none: its last event holds the same.

        weights_step: of a run that diverged: after how many steps its weights were reached.
        """
        self._ended.set()
        self._say(
            durable=event.reason != "stopped",  # somebody waits; `keeping.settled` follows
            state=event.reason if event.reason in ("stopped", "diverged") else "finished",
            message=self._closing(event, weights_step),
            step=event.step,
            epoch=event.epoch,
            seconds=event.seconds,
            seconds_left=None,
            test_accuracy=event.test_accuracy if math.isfinite(event.test_accuracy) else self._status.test_accuracy,
            images_per_second=event.examples_seen / event.seconds if event.seconds else None,
        )
        run_files.clear_requests(self.folder)
        if event.reason != "stopped":  # a stopped run may go on one day
            (self.folder / run_files.RESUME).unlink(missing_ok=True)
        if self.folder.resolve().parent == checkpoints.SHIPPED.resolve():
            (self.folder / run_files.STATUS).unlink()

    def _closing(self, event: Finished, weights_step: int | None) -> str:
        looked_at = sum(map(sum, event.confusion))
        if event.reason == "budget":
            return "ended by the limits that are set on this machine (CNNVIZ_MAX_…)"
        if event.reason == "diverged":
            kept = f"; its weights are those after step {weights_step:,}" if weights_step is not None else ""
            return f"diverged at step {event.step:,}{kept}: try a smaller learning rate"
        if event.reason == "stopped" and 0 < looked_at < self.test_examples:
            return f"accuracy on {looked_at:,} of {self.test_examples:,} test images"
        return ""

    def fail(self, error: Exception) -> None:
        """The status "failed", with the error's first argument as its sentence."""
        self._ended.set()
        self._say(state="failed", message=explanation(error), seconds_left=None)

    def _say(self, *, durable: bool = True, lease: bool = False, **changes: Any) -> None:
        with self._lock:
            if lease and self._ended.is_set():
                return
            self._status = dataclasses.replace(self._status, **changes)
            run_files.write_status(self.folder, self._status, owner=self._owner, durable=durable)

    def _write(self, event: Event) -> None:
        """One write of one whole line, so that lines are never mixed; a full disk leaves none of it. Raises OSError."""
        line, size = run_files.line_of(event), os.fstat(self._metrics).st_size
        if os.write(self._metrics, line) < len(line):
            os.ftruncate(self._metrics, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def explanation(error: Exception) -> str:
    """Why a training failed, for its status: no path of this machine."""
    said = said_by(error)
    if isinstance(error, OSError):
        return f"a file could not be read or written: {said}"
    return said if isinstance(error, FAMILIAR) and said else f"{type(error).__name__}: {said}".strip()


def set_aside(folder: Path) -> None:
    """Moves what an earlier run of this directory left into a folder earlier-N there: nothing is deleted."""
    names = (run_files.METRICS, run_files.WEIGHTS, run_files.CARD, run_files.SNAPSHOTS, run_files.RESUME)
    left = [folder / name for name in names if os.path.lexists(folder / name)]
    if not left:
        return
    number = next(number for number in itertools.count(1) if not os.path.lexists(folder / f"earlier-{number}"))
    target = folder / f"earlier-{number}"
    target.mkdir()
    for path in left:
        path.rename(target / path.name)


def _merged(steps: list[Step]) -> Step:
    """Several steps as one: means of loss and accuracy, everything else of the last."""
    count = len(steps)
    return dataclasses.replace(
        steps[-1],
        loss=sum(step.loss for step in steps) / count,
        accuracy=sum(step.accuracy for step in steps) / count,
        probes=next((step.probes for step in reversed(steps) if step.probes), {}),
    )
