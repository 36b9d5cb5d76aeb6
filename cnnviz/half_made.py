"""Folders that are being made under a hidden name, and are renamed when they are whole; those of the killed are swept.

The name tells who makes it: ".new-<host>-<process>-<anything>". What a process of this host left behind goes as soon as
that process is gone; what another host's makes, on a disk that both share, is left a day.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import time
from pathlib import Path

PREFIX = ".new-"
OLD = 24 * 3600.0  # seconds after which nobody makes it any more


def prefix() -> str:
    """What the name of a folder begins with that this process makes: a few letters or digits more make it its own."""
    return f"{PREFIX}{_host()}-{os.getpid()}-"


def sweep(folder: Path) -> int:
    """Remove from a folder what processes left there half made; returns how many. What cannot be removed stays."""
    gone = [path for path in folder.glob(f"{PREFIX}*") if path.is_dir() and is_left(path)]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)  # another process may be at it, too
    return len(gone)


def is_left(path: Path) -> bool:
    """Whether nobody makes this folder any more, by its name and its age."""
    host, _, rest = path.name.removeprefix(PREFIX).partition("-")
    number = rest.partition("-")[0]
    try:
        if time.time() - path.stat().st_mtime > OLD:
            return True
    except OSError:  # removed meanwhile
        return False
    return host == _host() and number.isdecimal() and not _runs(int(number))


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _runs(pid: int) -> bool:
    if os.name != "posix":
        return True  # asking would end the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
