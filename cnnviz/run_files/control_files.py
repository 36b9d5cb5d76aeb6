"""Requests to a run that this process trains: files in the run directory, or a signal."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from cnnviz import run_files
from cnnviz.configs import steered
from cnnviz.records import Steering, TrainConfig

LOOK_EVERY = 0.03  # seconds between two checks of the directory
SIGNALLED = threading.Event()  # this process was asked to end: a cluster's SIGTERM, Control-C, its server is gone
ORPHANED = threading.Event()  # its server is gone


class StopAsked:
    """Whether CANCEL lies in the run directory, or SIGTERM or SIGINT has come; cheap enough to be asked every step."""

    def __init__(self, folder: Path) -> None:
        self._cancel = str(folder / run_files.CANCEL)
        self._next = 0.0
        self._asked = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self._asked and now >= self._next:
            self._next = now + LOOK_EVERY
            self._asked = os.path.lexists(self._cancel)
        return self._asked or SIGNALLED.is_set()


class SteeringAsked:
    """The current request in steering.json; one that cannot be carried out is ignored and logged.

    first: the request that holds until there is such a file.
    """

    def __init__(self, folder: Path, config: TrainConfig, *, first: Steering | None = None) -> None:
        self._folder, self._config = folder, config
        self._next, self._stamp = 0.0, (0, 0)
        self._request = first or Steering()

    def __call__(self, step: int) -> Steering:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + LOOK_EVERY
            self._look()
        return self._request

    def _look(self) -> None:
        try:
            found = os.stat(self._folder / run_files.STEERING)
        except OSError:  # nobody has steered it yet, or not with a file
            return
        stamp = found.st_mtime_ns, found.st_ino
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            request = run_files.read_steering(self._folder)
            steered(self._config, request)
        except ValueError as error:  # a ConfigError is one
            print(f"ignored: {error}", flush=True)
            return
        self._request = request
