"""The process that a run belongs to, and whether it still lives.

On this host the process table says so. On another host the run's lease does: its owner renews the status at least every
`RENEWED` seconds, and a reader counts the seconds without a renewal by its own monotonic clock. Clocks of two hosts are
never compared, except that a status which nobody has renewed before and whose stamp is older than `FORGOTTEN` is not
waited for.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

RENEWED = 10.0  # seconds between two renewals by the owner, at most
LEASE = 60.0  # seconds without one, as the reader counts them, after which the owner counts as gone
FORGOTTEN = 900.0  # more than two hosts' clocks lie apart


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


class Leases:
    """What this process has seen of statuses that other hosts renew. Thread-safe.

    >>> leases = Leases()
    >>> leases.held("run", 1.0, age=5.0, now=100.0), leases.held("run", 1.0, age=5.0, now=150.0)
    (True, True)
    >>> leases.held("run", 2.0, age=5.0, now=155.0), leases.held("run", 2.0, age=5.0, now=216.0)
    (True, False)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, float, bool]] = {}

    def held(self, run: str, stamp: float, *, age: float, now: float | None = None) -> bool:
        """Whether its owner has renewed it within `LEASE` seconds, as far as was seen from here.

        run: which run, and whose. stamp: the owner's, by its own clock; a later one is a renewal. age: seconds since
        the stamp, by two clocks; it decides only before the first renewal was seen. now: this host's monotonic clock.
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            before = self._seen.get(run)
            if before is None:
                before = self._seen[run] = (stamp, now, False)
            elif stamp > before[0]:
                before = self._seen[run] = (stamp, now, True)
        _, since, renewed = before
        return now - since < LEASE and (renewed or age < FORGOTTEN)


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
    except (ProcessLookupError, OverflowError):
        return ""
    except PermissionError:
        return "there"
    return "there"
