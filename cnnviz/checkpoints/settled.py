"""What a file or a folder is told from its earlier self by, so that what was read from it need not be read again."""

from __future__ import annotations

import os
import time

SECONDS = 2.0  # after which what is written again has another time


def stamp(written: os.stat_result) -> tuple[int, ...] | None:
    """Another one for every state of a file's content, or of the names in a folder.

    None where it was written within the last seconds: the clock of files may not tell two writings apart.
    """
    if time.time() - written.st_mtime < SECONDS:
        return None
    return written.st_dev, written.st_ino, written.st_size, written.st_mtime_ns, written.st_ctime_ns
