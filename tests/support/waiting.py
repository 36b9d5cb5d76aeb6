"""Waiting for what happens in another process or thread."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds: what has not come about by then does not come, however busy the machine is


def until(condition: Callable[[], object]) -> bool:
    """Whether it came about, as soon as it has. How long that took says nothing: other tests want the machine, too."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def stays(condition: Callable[[], object], seconds: float = 0.2) -> bool:
    """Whether it holds all the while. A slow machine may hide that it does not; it never fails what is right."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            return False
        time.sleep(0.02)
    return bool(condition())
