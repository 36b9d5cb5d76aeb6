"""The process that a run belongs to, and whether it still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """The process behind a status. born: its start time as the kernel counts it, since a pid alone may be anybody's."""

    pid: int
    born: str
    host: str

    @classmethod
    def of(cls, pid: int) -> Owner:
        """The process of this pid on this host."""
        return cls(pid, _born(pid), socket.gethostname())

    def lives(self) -> bool | None:
        """Whether that process still runs; None if it is on another host."""
        if self.host != socket.gethostname():
            return None
        return bool(self.born) and _born(self.pid) == self.born


def _born(pid: int) -> str:
    """When the process began, or "" where there is none (a zombie has ended, too)."""
    if not Path("/proc/self/stat").exists():
        return _exists(pid)
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the name before it may hold blanks
    return "" if fields[0] in "ZX" else fields[19]


def _exists(pid: int) -> str:
    """Without /proc: only whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "there"
    return "there"
