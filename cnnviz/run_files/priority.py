"""A training gives way to the process that answers people, until it is asked to stop: then it is to end soon.

Where Linux groups processes by their session (`sched_autogroup_enabled`, which most systems have on), niceness counts
only within a session, and a worker has one of its own: the group's own niceness has to be set, too. What lowers itself
may go back to the usual there without any rights; a process's own niceness only root lowers again.
https://man7.org/linux/man-pages/man7/sched.7.html, "The autogroup feature"
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

NICENESS = 10  # CNNVIZ_NICENESS: another, from 0 (it does not give way) to 19
PROC = Path("/proc")


def lower(proc: Path = PROC) -> None:
    """Give way from now on: this process, and its group where it leads a session of its own."""
    os.nice(niceness())
    if os.getsid(0) == os.getpid():  # else the group is that of whoever started it
        _group(proc, "self", niceness())


def niceness() -> int:
    """How far a training gives way. A variable that is no such number counts as not set."""
    text = os.environ.get("CNNVIZ_NICENESS", "").strip()
    return min(19, int(text)) if text.isascii() and text.isdigit() else NICENESS


def restore(pid: int, proc: Path = PROC) -> None:
    """Give way no longer: the process of that number, which leads a session, as far as this one may say so."""
    _group(proc, str(pid), 0)
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):  # only root may, or who has RLIMIT_NICE
            os.setpriority(os.PRIO_PGRP, pid, 0)


def _group(proc: Path, which: str, niceness: int) -> None:
    with contextlib.suppress(OSError):  # no Linux, no groups, or the process is gone
        (proc / which / "autogroup").write_text(str(niceness))
