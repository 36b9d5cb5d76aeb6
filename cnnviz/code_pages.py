"""Pages of libraries that were read once, while these were loaded, go back to the system's file cache.

On a machine without a GPU the loader and the start-up code of NVIDIA's libraries alone read some 100 MB, which stay in
the process's resident memory for as long as it lives. They are unchanged pages of files: what is used again comes back
by itself, a microsecond for each 64 kB, without the disk. https://man7.org/linux/man-pages/man2/madvise.2.html
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

DONT_NEED = 4  # MADV_DONTNEED of Linux
MAPS = Path("/proc/self/maps")


def give_back(maps: Path = MAPS) -> int:
    """Hand back the pages of every library's code, and say how many bytes of address space those are; Linux only.

    maps: a file in the format of /proc/self/maps that describes this process.
    """
    advise = getattr(ctypes.CDLL(None), "madvise", None) if sys.platform.startswith("linux") else None
    if advise is None:
        return 0
    places = list(code(maps.read_text(errors="replace") if maps.is_file() else ""))
    done = (advise(ctypes.c_void_p(start), ctypes.c_size_t(size), DONT_NEED) == 0 for start, size in places)
    return sum(size for (_, size), given in zip(places, done, strict=True) if given)


def code(maps: str) -> Iterator[tuple[int, int]]:
    """(address, bytes) of each mapping that runs and cannot be written, from a shared library's file.

    What may be written holds numbers of this process, which would be lost; so may what was written once and is closed
    by now, which is readable without running.
    """
    for line in maps.splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[1] == "r-xp" and ".so" in fields[5].rpartition("/")[2]:
            start, _, end = fields[0].partition("-")
            yield int(start, 16), int(end, 16) - int(start, 16)
