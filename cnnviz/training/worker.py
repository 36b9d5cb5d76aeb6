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
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch
from torch import distributed

from cnnviz import checkpoints, devices, lazy_imports, run_files, training
from cnnviz.configs import RunLimits
from cnnviz.records import Finished, Steered, Steering, Step, TrainConfig
from cnnviz.records.typed import checked
from cnnviz.run_files import handover, priority
from cnnviz.run_files.control_files import ORPHANED, SIGNALLED, SteeringAsked, StopAsked
from cnnviz.run_files.handover import READY, Task
from cnnviz.training.keeping import StateKeeper, kept_state, settled, shared_state
from cnnviz.training.process_group import explained
from cnnviz.training.recording import Keeper, Recorder
from cnnviz.training.resumption import ResumeState
from cnnviz.training.watching import Watcher

GRACE = 5.0  # seconds that a training has to save its state when its server is gone
UNWRITABLE = threading.Event()  # not even the status could be written


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
        priority.lower()
    task: Callable[[Path], bool] = functools.partial(work, half=asked.half)
    if asked.wait:
        _warm_up()
        os.write(1, READY)
        asked.run, task = _awaited()
    if asked.attached:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: SIGNALLED.set())
    code = 0 if task(asked.run) else (handover.UNWRITABLE if UNWRITABLE.is_set() else 1)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # everything is on disk; an orderly exit of torch takes as long as a short run


def work(folder: Path, *, half: bool = False) -> bool:
    """Trains the run of this directory, in this process, or goes on with one that was interrupted.

    False where it failed: status.json then says why.
    """
    with _group() as (rank, device):
        recorder = Recorder(folder) if rank == 0 else None
        try:
            config = run_files.read_config(folder)
            if recorder is None:  # not rank 0: it computes, and rank 0 writes
                state = shared_state(folder, None, device)
                for _event in training.train(config, limits=RunLimits.from_environment(), device=device, resume=state):
                    pass
            else:
                _train(config, recorder, device, half=half)
        except Exception as error:
            with contextlib.suppress(OSError):  # the log may lie on a full disk, too
                traceback.print_exc()
            if recorder is not None:
                _fail(recorder, explained(error))
            return False
    return True


def _fail(recorder: Recorder, error: Exception) -> None:
    try:
        recorder.fail(error)
    except OSError as second:
        UNWRITABLE.set()
        with contextlib.suppress(OSError):
            print(f"the run's folder cannot be written: {second.strerror}", flush=True)


def _train(config: TrainConfig, recorder: Recorder, device: torch.device, *, half: bool) -> None:
    limits, folder = RunLimits.from_environment(), recorder.folder
    alone = not distributed.is_initialized()
    state = _begun(config, recorder, kept_state(recorder))
    if not alone:
        shared_state(folder, state, device)
    keeper = Keeper(folder, limits.snapshot_bytes, rolling=config.snapshots == 0)
    first = checked(Steering, state.values["steering"]) if state is not None else Steering()
    stop, states = StopAsked(folder), StateKeeper(recorder)
    run = training.train(
        config, stop=stop, interrupt=stop, limits=limits, on_snapshot=keeper, device=device, resume=state,
        steering=SteeringAsked(folder, config, first=dataclasses.replace(first, paused=False, until=None)),
        on_pause_point=states, onlooker=Watcher(folder) if alone else None,
    )  # fmt: skip
    for event in run:
        if isinstance(event, Steered) and event.paused:
            keeper.hold(event.step, run.model)
        recorder.add(event)
        if isinstance(event, Finished):
            _leave(run, event, recorder, half=half, weights=states.weights)
            keeper.finish()
            recorder.end(event, weights_step=run.weights_step)
            settled(folder)


def _begun(config: TrainConfig, recorder: Recorder, state: ResumeState | None) -> ResumeState | None:
    """Begins the record; the state to go on from, None where there is none that fits what was recorded."""
    try:
        recorder.begin(config, state)
    except ValueError as error:
        if state is None:
            raise
        print(f"{error}; the run starts anew", flush=True)
        recorder.begin(config)
        return None
    return state


def _leave(
    run: training.Training, event: Finished, recorder: Recorder, *, half: bool, weights: Mapping[str, torch.Tensor]
) -> None:
    """The weights and the card. An accuracy over a part of the test images (after a stop) is left out.

    weights: the run's, where somebody has laid them out for a file already.
    """
    path = recorder.folder / run_files.WEIGHTS
    if weights and not half:
        checkpoints.save_tensors(weights, path)
    else:
        checkpoints.save(run.model, path, half=half)
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
def _group() -> Iterator[tuple[int, torch.device]]:
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
    """Whoever started this process holds the other end: without it nobody could stop the run. A training saves its
    state and ends at its next pause point (`keeping`); whatever has not ended after five seconds is ended here."""
    while os.read(0, 4096):
        pass
    ORPHANED.set()
    SIGNALLED.set()
    time.sleep(GRACE)
    os._exit(1)
