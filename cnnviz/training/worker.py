"""The process that trains: reads RUN_DIR/config.json, writes events, snapshots and weights there.

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
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import distributed

from cnnviz import checkpoints, devices, lazy_imports, run_files, training
from cnnviz.configs import Limits
from cnnviz.records import Finished, Steered, Step, TrainConfig
from cnnviz.run_files.control_files import SIGNALLED, SteeringAsked, StopAsked
from cnnviz.run_files.handover import READY, Task
from cnnviz.training.recording import Keeper, Recorder

NICENESS = 10


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
    lazy_imports.postpone_compiler()
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
    os._exit(code)  # everything is on disk; an orderly exit of torch takes as long as a short run


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
    stop, steering = StopAsked(recorder.folder), SteeringAsked(recorder.folder, config)
    run = training.train(config, stop=stop, steering=steering, limits=limits, on_snapshot=keeper, device=device)
    for event in run:
        if isinstance(event, Steered) and event.paused:
            keeper.hold(event.step, run.model)
        recorder.add(event)
        if isinstance(event, Finished):
            _leave(run, event, recorder, half=half)
            keeper.finish()
            recorder.end(event)


def _leave(run: training.Training, event: Finished, recorder: Recorder, *, half: bool) -> None:
    """The weights and the card. An accuracy over a part of the test images (after a stop) is left out."""
    checkpoints.save(run.model, recorder.folder / run_files.WEIGHTS, half=half)
    whole = sum(map(sum, event.confusion)) == recorder.test_examples
    card = checkpoints.describe(run.config, run.model, source=run.source, device=recorder.device)
    card = dataclasses.replace(
        card,
        test_accuracy=event.test_accuracy if whole else None,
        seconds=round(event.seconds, 2),
        steps=event.step,
        reason=event.reason,
        steered=len(run_files.changes(run.config, run_files.read_events(recorder.folder))),
    )
    checkpoints.write_run(recorder.folder, card)


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
    """Two steps of a small network, so that everything that is loaded or allocated once is there."""
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
    asked = Task.of(line)
    os.environ.update(asked.environment)
    log = os.open(asked.folder / run_files.LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    return asked.folder, importlib.import_module(asked.module).work


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
    """Whoever started this process holds the other end: without it nobody could stop the run."""
    while os.read(0, 4096):
        pass
    os._exit(1)
