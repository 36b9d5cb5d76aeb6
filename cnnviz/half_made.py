"""Folders that are being made under a hidden name, and are renamed when they are whole; those of the killed are swept.

The name tells who makes it: ".new-<host>-<process>-<birth>-<anything>", since the number of a process alone may be
anybody's after a restart. What a process of this host left behind goes as soon as that process is gone. What another
host makes, on a disk that both share, is renewed while it is made (`making`) and goes as a run's lease does (`owners`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from cnnviz.owners import RENEWED, Leases, Owner

PREFIX = ".new-"
BOOT = Path("/proc/sys/kernel/random/boot_id")  # births are counted from the machine's start
_LEASES = Leases()


def prefix() -> str:
    """What the name of a folder begins with that this process makes: a few letters or digits more make it its own."""
    return f"{PREFIX}{_digest(socket.gethostname())}-{os.getpid()}-{_birth(os.getpid())}-"


@contextlib.contextmanager
def making(folder: Path, *, every: float = RENEWED) -> Iterator[Path]:
    """A new folder under such a name, renewed every so many seconds; what is there of it afterwards goes.

    Raises OSError.
    """
    path = folder / f"{prefix()}{os.urandom(6).hex()}"
    path.mkdir(parents=True)
    ended = threading.Event()
    threading.Thread(target=_renew, args=(path, ended, every), name="cnnviz-half-made", daemon=True).start()
    try:
        yield path
    finally:
        ended.set()
        shutil.rmtree(path, ignore_errors=True)  # gone already where it took its place


def sweep(folder: Path) -> int:
    """Remove from a folder what processes left there half made; returns how many. What cannot be removed stays."""
    gone = [path for path in folder.glob(f"{PREFIX}*") if path.is_dir() and is_left(path)]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)  # another process may be at it, too
    return len(gone)


def is_left(path: Path) -> bool:
    """Whether nobody makes this folder any more: by its name on this host, by its lease on another."""
    host, pid, birth = _maker(path.name)
    if host == _digest(socket.gethostname()) and pid.isdecimal() and birth and os.name == "posix":
        return birth != _birth(int(pid))
    try:
        renewed = path.stat().st_mtime
    except OSError:  # removed meanwhile
        return False
    return not _LEASES.held(str(path), renewed, age=time.time() - renewed)


def _maker(name: str) -> tuple[str, str, str]:
    """Host, process and birth of a name; "" for what it does not tell."""
    host, pid, birth, *_ = [*name.removeprefix(PREFIX).split("-")[:-1], "", "", ""]
    return host, pid, birth


def _birth(pid: int) -> str:
    """When this process of this host began, and after which start of the machine; "0" where there is none."""
    born = Owner.of(pid).born
    try:
        boot = BOOT.read_text()
    except OSError:
        boot = ""
    return _digest(boot + born) if born else "0"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _renew(path: Path, ended: threading.Event, every: float) -> None:
    """Says that it is still being made, until it has ended or has taken its place."""
    while not ended.wait(every):
        try:
            os.utime(path)
        except FileNotFoundError:
            return
        except OSError:  # a full or absent disk: said by whoever writes there
            continue
