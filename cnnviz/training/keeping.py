"""The state from which an interrupted run goes on: when it is saved, and what happens when this process is to end."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cnnviz import checkpoints, run_files
from cnnviz.run_files.control_files import ORPHANED, SIGNALLED
from cnnviz.training.process_group import ProcessGroup
from cnnviz.training.resumption import ResumeError, ResumeState

if TYPE_CHECKING:
    from cnnviz.training.loop import Training
    from cnnviz.training.recording import Recorder

EVERY = 15.0  # seconds between two states, at least
SHARE = 50  # and as many times as long as saving one takes


class StateKeeper:
    """Called at a run's pause points: saves its state every 15 seconds, when it is stopped, before this process ends.

    A process whose server is gone ends here, at once: nobody is left who could stop it.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._next = time.monotonic() + EVERY
        self.weights: Mapping[str, Tensor] = {}  # of the state that was saved last, where the run was stopped

    def __call__(self, run: Training) -> None:
        if SIGNALLED.is_set() or run.reason == "stopped":
            self._save(run)
            if ORPHANED.is_set():
                self._recorder.flush()
                settled(self._recorder.folder)
                os._exit(1)
        elif not run.reason and time.monotonic() >= self._next:
            self._save(run)

    def _save(self, run: Training) -> None:
        began, stopped = time.monotonic(), run.reason == "stopped"
        state = dataclasses.replace(run.state(), extra=self._recorder.state()).plain()
        self.weights = state.part("model") if stopped else {}
        try:
            state.save(self._recorder.folder / run_files.RESUME, durable=not stopped)
        except OSError as error:  # a full disk: an older state stays, and the run goes on
            with contextlib.suppress(OSError):  # the log may lie on the same disk
                print(f"the state after step {run.step:,} could not be saved: {error.strerror}", flush=True)
        self._next = time.monotonic() + max(EVERY, SHARE * (time.monotonic() - began))


def settled(folder: Path) -> None:
    """Whoever stops a run does not wait for the disk: this does, once they have been answered."""
    for name in (run_files.RESUME, run_files.WEIGHTS, run_files.STATUS):
        with contextlib.suppress(OSError):  # removed by now
            checkpoints.settle(folder / name)


def kept_state(recorder: Recorder) -> ResumeState | None:
    """The state that an interrupted run left in its directory; None where there is none that can be read."""
    path = recorder.folder / run_files.RESUME
    if not os.path.lexists(path):
        return None
    try:
        return ResumeState.load(path)
    except ResumeError as error:
        print(f"{error}; what it left is kept beside the new run", flush=True)
        return None


def shared_state(folder: Path, state: ResumeState | None, device: torch.device) -> ResumeState | None:
    """The state with which rank 0 goes on (there: `state`) on every rank, which all read the same directory.

    All ranks must call it together. Raises ResumeError.
    """
    group = ProcessGroup()
    step = -1 if state is None else state.values["step"]
    (said,) = group.of_rank_0([float(step)], device)
    if group.rank == 0 or said < 0:
        return state
    found = ResumeState.load(folder / run_files.RESUME)
    if found.values.get("step") != said:
        raise ResumeError(f"{run_files.RESUME} is not the one that the first process reads: is the directory shared?")
    return found
