"""The state from which an interrupted run goes on: when it is saved, and what happens when this process is to end."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from typing import TYPE_CHECKING

from cnnviz import run_files
from cnnviz.run_files.control_files import ORPHANED, SIGNALLED
from cnnviz.training.resumption import ResumeError, ResumeState

if TYPE_CHECKING:
    from cnnviz.training.loop import Training
    from cnnviz.training.recording import Recorder

EVERY = 15.0  # seconds between two states, at least
SHARE = 50  # and as many times as long as saving one takes


class StateKeeper:
    """Called at a run's pause points: saves its state every 15 seconds, and before this process ends.

    A process whose server is gone ends here, at once: nobody is left who could stop it.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._next = time.monotonic() + EVERY

    def __call__(self, run: Training) -> None:
        if SIGNALLED.is_set():
            self._save(run)
            if ORPHANED.is_set():
                self._recorder.flush()
                os._exit(1)
        elif not run.reason and time.monotonic() >= self._next:
            self._save(run)

    def _save(self, run: Training) -> None:
        began = time.monotonic()
        state = dataclasses.replace(run.state(), extra=self._recorder.state())
        try:
            state.save(self._recorder.folder / run_files.RESUME)
        except OSError as error:  # a full disk: an older state stays, and the run goes on
            with contextlib.suppress(OSError):  # the log may lie on the same disk
                print(f"the state after step {run.step:,} could not be saved: {error.strerror}", flush=True)
        self._next = time.monotonic() + max(EVERY, SHARE * (time.monotonic() - began))


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
