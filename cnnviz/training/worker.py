"""The process that trains: reads RUN_DIR/config.json, leaves events, snapshots and weights in RUN_DIR.

    python -m cnnviz.training RUN_DIR              by hand, or on a cluster
    torchrun -m cnnviz.training RUN_DIR            several GPUs or hosts, one run
    python -m cnnviz.training --attached --wait    the supervisor's: warmed up, waits on stdin for a run to do

An attached worker runs at a lower priority and ends with the process at the other end of its stdin.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import importlib
import json
import math
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import distributed, nn

from cnnviz import checkpoints, datasets, devices, packages, training
from cnnviz.records import Epoch, Event, Finished, RunStatus, Started, Step, TrainConfig
from cnnviz.runs import run_files, supervision
from cnnviz.runs.supervision import READY
from cnnviz.training import optimization
from cnnviz.training.configs import ConfigError, Limits

LINES = 400  # lines of steps in a run's metrics.jsonl: more would not show in a chart
STATUS_EVERY = 0.1  # seconds between two status files
LOOK_EVERY = 0.03  # seconds between two looks for CANCEL
NICENESS = 10
SIGNALLED = threading.Event()  # this process was asked to end: a cluster's SIGTERM, Control-C
FAMILIAR = (ConfigError, datasets.DatasetError, checkpoints.CheckpointError, ValueError, KeyError)


def main(arguments: list[str] | None = None) -> None:
    """The command line; ends the process with 0 (finished or stopped) or 1 (failed)."""
    parser = argparse.ArgumentParser(
        prog="python -m cnnviz.training", description="Trains what a config.json asks for."
    )
    parser.add_argument("run", nargs="?", type=Path, help="the run directory; it holds config.json")
    parser.add_argument("--half", action="store_true", help="write the weights in half precision")
    parser.add_argument("--attached", action="store_true", help="end when stdin ends, and run at a lower priority")
    parser.add_argument("--wait", action="store_true", help="warm up, then read the run directory from stdin")
    asked = parser.parse_args(arguments)
    if bool(asked.run) == asked.wait:
        parser.error("name a run directory, or --wait for one")
    packages.postpone_compiler()
    if asked.attached:
        os.nice(NICENESS)
    task: Callable[[Path], bool] = functools.partial(work, half=asked.half)
    if asked.wait:
        _warm_up()
        os.write(1, READY)
        asked.run, task = _awaited()
    if asked.attached:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: SIGNALLED.set())
    code = 0 if task(asked.run) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # everything is on disk; taking torch down in order takes as long as a short run


def work(folder: Path, *, half: bool = False) -> bool:
    """Trains the run of this directory, in this process. False where it failed: status.json then says why."""
    with _team() as (rank, device):
        recorder = Recorder(folder) if rank == 0 else None
        try:
            config = run_files.read_config(folder)
            if recorder is not None:
                recorder.begin(config)
            _train(config, recorder, device, half=half)
        except Exception as error:
            traceback.print_exc()
            if recorder is not None:
                recorder.fail(error)
            return False
    return True


def _train(config: TrainConfig, recorder: Recorder | None, device: torch.device, *, half: bool) -> None:
    if recorder is None:  # not rank 0: it computes, and rank 0 writes
        for _event in training.train(config, limits=Limits.from_environment(), device=device):
            pass
        return
    limits = Limits.from_environment()
    keeper = Keeper(recorder.folder, limits.snapshot_bytes, rolling=config.snapshots == 0)
    stop = StopAsked(recorder.folder)
    run = training.train(config, stop=stop, limits=limits, on_snapshot=keeper, device=device)
    for event in run:
        recorder.add(event)
        if isinstance(event, Finished):
            _leave(run, event, recorder, half=half)
            keeper.finish()
            recorder.end(event)


def _leave(run: training.Training, event: Finished, recorder: Recorder, *, half: bool) -> None:
    """The weights and the card. An accuracy over a part of the test pictures (after a Stop) is not put down."""
    checkpoints.save(run.model, recorder.folder / run_files.WEIGHTS, half=half)
    whole = sum(map(sum, event.confusion)) == recorder.test_examples
    card = checkpoints.describe(run.config, run.model, source=run.source, device=recorder.device)
    card = dataclasses.replace(
        card,
        test_accuracy=event.test_accuracy if whole else None,
        seconds=round(event.seconds, 2),
        steps=event.step,
        reason=event.reason,
    )
    checkpoints.write_run(recorder.folder, card)


class StopAsked:
    """Whether somebody put CANCEL into the run directory, or sent SIGTERM or SIGINT; cheap enough for every step."""

    def __init__(self, folder: Path) -> None:
        self._cancel = str(folder / run_files.CANCEL)
        self._next = 0.0
        self._asked = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self._asked and now >= self._next:
            self._next = now + LOOK_EVERY
            self._asked = os.path.exists(self._cancel)
        return self._asked or SIGNALLED.is_set()


class Keeper:
    """Writes snapshots while there is room. rolling: only the newest is kept, and none once the run has its weights."""

    def __init__(self, folder: Path, most_bytes: int, *, rolling: bool) -> None:
        self._folder = folder
        self._most, self._rolling = most_bytes, rolling
        self._bytes = 0

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
        return self._bytes + size <= self._most

    def finish(self) -> None:
        if self._rolling:
            shutil.rmtree(self._folder / run_files.SNAPSHOTS, ignore_errors=True)


class Recorder:
    """Turns events into metrics.jsonl and status.json.

    A run leaves at most 400 lines of steps: a line's loss and accuracy are means over the steps since the line before,
    its probes the last ones measured; which steps make a line follows from how far the run is, so it is repeatable.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.test_examples = 0
        self.device = ""
        self._owner = run_files.Owner.of(os.getpid())
        self._status = RunStatus("starting", "reading the config")
        self._due = optimization.Due(LINES, power=1.0)
        self._waiting: list[Step] = []
        self._written = -math.inf  # the status file's own time, in seconds since Started
        self._seconds: float | None = None
        self._metrics = -1

    def begin(self, config: TrainConfig) -> None:
        """Clears what an earlier run left here, and says that this one is starting."""
        self._seconds = config.seconds
        shutil.rmtree(self.folder / run_files.SNAPSHOTS, ignore_errors=True)
        for name in (run_files.METRICS, run_files.WEIGHTS, run_files.CARD):
            (self.folder / name).unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._metrics = os.open(self.folder / run_files.METRICS, flags, 0o644)
        title = datasets.info(config.dataset).title
        self._say(state="starting", message=f"reading {title} and building {config.model}")

    def add(self, event: Event) -> None:
        if isinstance(event, Step):
            self._add_step(event)
            return
        if isinstance(event, Started):
            self.test_examples, self.device = event.test_examples, event.device
            self._say(state="running", message="", steps=event.steps, epochs=event.epochs)
        elif isinstance(event, Epoch):
            self._say(durable=False, epoch=event.epoch, test_accuracy=event.test_accuracy, seconds=event.seconds)
        elif isinstance(event, Finished) and self._waiting:
            self._write(_merged(self._waiting))
        self._write(event)

    def _add_step(self, step: Step) -> None:
        self._waiting.append(step)
        progress = step.step / max(self._status.steps, 1)
        if self._seconds is not None:
            progress = max(progress, step.seconds / self._seconds)
        if step.seconds - self._written >= STATUS_EVERY:
            self._written = step.seconds
            self._progress(_merged(self._waiting), min(progress, 1.0))
        if self._due.at(progress):
            self._write(_merged(self._waiting))
            self._waiting.clear()

    def _progress(self, step: Step, progress: float) -> None:
        """A status in passing."""
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

    def end(self, event: Finished) -> None:
        """The last status; a shipped run keeps none, its last event says the same."""
        state = "stopped" if event.reason == "stopped" else "finished"
        self._say(
            state=state,
            message=self._closing(event),
            step=event.step,
            epoch=event.epoch,
            seconds=event.seconds,
            seconds_left=None,
            test_accuracy=event.test_accuracy if math.isfinite(event.test_accuracy) else self._status.test_accuracy,
            images_per_second=event.examples_seen / event.seconds if event.seconds else None,
        )
        (self.folder / run_files.CANCEL).unlink(missing_ok=True)
        if self.folder.resolve().parent == checkpoints.SHIPPED.resolve():
            (self.folder / run_files.STATUS).unlink()

    def _closing(self, event: Finished) -> str:
        looked_at = sum(map(sum, event.confusion))
        if event.reason == "budget":
            return "ended by the limits that are set on this machine (CNNVIZ_MAX_…)"
        if event.reason == "stopped" and 0 < looked_at < self.test_examples:
            return f"accuracy on {looked_at:,} of {self.test_examples:,} test pictures"
        return ""

    def fail(self, error: Exception) -> None:
        said = str(error.args[0]) if error.args else ""
        name = "" if isinstance(error, FAMILIAR) and said else f"{type(error).__name__}: "
        self._say(state="failed", message=(name + said).strip(), seconds_left=None)

    def _say(self, *, durable: bool = True, **changes: Any) -> None:
        self._status = dataclasses.replace(self._status, **changes)
        run_files.write_status(self.folder, self._status, owner=self._owner, durable=durable)

    def _write(self, event: Event) -> None:
        """One write of one whole line: a reader never sees two halves mixed."""
        os.write(self._metrics, run_files.line_of(event))


def _merged(steps: list[Step]) -> Step:
    """Several steps as one: means of loss and accuracy, everything else of the last."""
    count = len(steps)
    return dataclasses.replace(
        steps[-1],
        loss=sum(step.loss for step in steps) / count,
        accuracy=sum(step.accuracy for step in steps) / count,
        probes=next((step.probes for step in reversed(steps) if step.probes), {}),
    )


# --------------------------------------------------------------------------------------------- processes
@contextlib.contextmanager
def _team() -> Iterator[tuple[int, torch.device]]:
    """(rank, device) of this process; under torchrun it has joined the others."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield 0, devices.torch_device()
        return
    device = devices.torch_device()
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield distributed.get_rank(), device
    finally:
        distributed.destroy_process_group()


def _warm_up() -> None:
    """Two steps of a small network: whatever is loaded and allocated once has then been."""
    config = TrainConfig("digits", "lenet5", examples=128, seconds=60.0)
    for event in training.train(config):
        if isinstance(event, Step) and event.step == 2:
            return


def _awaited() -> tuple[Path, Callable[[Path], bool]]:
    """Waits for one line of JSON on stdin: the run directory, the module that does its work (this one, or another of
    cnnviz's own), and the server's CNNVIZ_ variables as they are by now."""
    line = _line_of_stdin()
    if not line:
        sys.exit(0)
    asked = json.loads(line)
    os.environ.update(asked["environment"])
    folder = Path(asked["run"])
    log = os.open(folder / run_files.LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    module = str(asked.get("module", supervision.TRAINING))
    if not module.startswith("cnnviz."):
        raise ValueError(f"{module!r} is no module of cnnviz; a worker runs no other")
    return folder, importlib.import_module(module).work


def _line_of_stdin() -> bytes:
    """Up to the first line's end, unbuffered: what follows is left for `_end_with_stdin`."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return b""
        line += byte
    return line


def _end_with_stdin() -> None:
    """Whoever started this process holds the other end: when it is gone, nobody would ever stop the run."""
    while os.read(0, 4096):
        pass
    os._exit(1)
