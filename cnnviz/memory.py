"""How much memory there is: what the machine or the container allows, what is used of it, and what is left.

A container's limit is read where it holds: the process's own control group and every one above it, of version 2 or 1.
https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnnviz import limits

UNLIMITED = 1 << 60  # version 1 says "no limit" with a number near 2⁶³
ROOT = Path("/")


@dataclass(frozen=True)
class Memory:
    """Bytes. limit: that this process and its neighbours in the container may use; free: of these, by now."""

    limit: int
    free: int

    @property
    def allowed(self) -> int:
        """What may still be begun: some of the limit stays for everything that is not counted."""
        return max(0, self.free - min(int(self.limit * (1 - limits.MEMORY_SHARE)), limits.MEMORY_SPARE_MB * 1_000_000))


def now(root: Path = ROOT) -> Memory | None:
    """The narrowest of all limits; None where the system says nothing. root: the folder that holds /proc and /sys."""
    found = [*_machine(root), *_groups(root)]
    if not found:
        return None
    return Memory(min(one.limit for one in found), min(one.free for one in found))


def resident(root: Path = ROOT) -> int:
    """Bytes of this process that lie in memory; 0 where the system does not say."""
    fields = _text(root / "proc/self/statm").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else 0


def words(size: float) -> str:
    """A number of bytes for people.

    >>> words(7_300_000_000), words(120_000_000)
    ('7.3 GB', '120 MB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _machine(root: Path) -> Iterator[Memory]:
    values = _numbers(root / "proc/meminfo", scale=1024)
    if "MemTotal:" in values and "MemAvailable:" in values:
        yield Memory(values["MemTotal:"], values["MemAvailable:"])


def _groups(root: Path) -> Iterator[Memory]:
    """The limits of the control groups that this process is in; a file cache that is not in use counts as free."""
    for line in _text(root / "proc/self/cgroup").splitlines() or ["0::/"]:
        _, kinds, path = (*line.split(":", 2), "", "")[:3]
        if kinds not in ("", "memory"):
            continue
        top, names = _files(root, kinds)
        place = top / path.strip("/")
        while True:  # a container sees its own group as the topmost; a service lies some levels below it
            yield from _group(place, names)
            if place == top:
                break
            place = place.parent


def _files(root: Path, kinds: str) -> tuple[Path, tuple[str, str, str]]:
    if kinds == "memory":
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        return root / "sys/fs/cgroup/memory", names
    return root / "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")


def _group(place: Path, names: tuple[str, str, str]) -> Iterator[Memory]:
    most, used = (_text(place / name) for name in names[:2])
    if most.isdigit() and used.isdigit() and int(most) < UNLIMITED:
        unused = _numbers(place / "memory.stat").get(names[2], 0)
        yield Memory(int(most), max(0, int(most) - max(0, int(used) - unused)))


def _numbers(path: Path, *, scale: int = 1) -> dict[str, int]:
    """Name → number, of a file with a name and a number on each line."""
    lines = (line.split() for line in _text(path).splitlines())
    return {line[0]: int(line[1]) * scale for line in lines if len(line) > 1 and line[1].isdigit()}


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
