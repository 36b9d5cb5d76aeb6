"""A clock of a test's own, so that no machine is too slow or too fast for what the test says."""

from __future__ import annotations

import threading
from typing import Self

import pytest


class Clock:
    """Stands in for the module `time` of what is tested: it goes on by `tick` seconds each time that it is read.

    A sleep takes no time but this clock's. Thread-safe. now: its seconds; slept: how often.
    """

    def __init__(self, tick: float = 0.0) -> None:
        self.tick, self.now, self.slept = tick, 1000.0, 0
        self._lock = threading.Lock()

    def forward(self, seconds: float) -> float:
        """So much later it is; returns its seconds by then."""
        with self._lock:
            self.now += seconds
            return self.now

    def monotonic(self) -> float:
        """Seconds."""
        return self.forward(self.tick)

    perf_counter = monotonic

    def sleep(self, seconds: float) -> None:
        """Over at once, for everybody but this clock."""
        self.slept += 1
        self.forward(seconds)

    def of(self, monkeypatch: pytest.MonkeyPatch, *modules: str) -> Self:
        """What these modules read from here on."""
        for name in modules:
            monkeypatch.setattr(f"{name}.time", self)
        return self
