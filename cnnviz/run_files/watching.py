"""watch.npy, which whoever watches a run keeps touching, and inside.npz, the look inside that the worker leaves."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import numpy as np

from cnnviz.records.inside import Array, Inside
from cnnviz.run_files.json_files import read_bytes, replacing
from cnnviz.run_files.names import INSIDE, WATCH

EVERY = 0.5  # seconds between two looks, at least
LARGEST_PICTURE, LARGEST_INSIDE = 4_000_000, 32_000_000  # bytes


def name_of(picture: Array | None) -> str:
    """What an image is called in the look that was taken at it: a digest of its numbers as float32; "" for none."""
    if picture is None:
        return ""
    return hashlib.blake2b(np.ascontiguousarray(picture, "<f4").tobytes(), digest_size=8).hexdigest()


def watch(folder: Path, picture: Array | None) -> None:
    """Says that somebody watches now. picture: [C, H, W] float32, normalised: theirs, if any. Raises OSError."""
    target = io.BytesIO()
    np.save(target, np.zeros(0, np.float32) if picture is None else picture.astype(np.float32), allow_pickle=False)
    path, data = folder / WATCH, target.getvalue()
    try:
        if read_bytes(path, most=LARGEST_PICTURE) == data:
            os.utime(path)
            return
    except OSError:  # there is none yet
        pass
    with replacing(path, durable=False) as file:
        file.write(data)


def picture(folder: Path) -> Array | None:
    """The watcher's own image, [C, H, W] float32; None where there is none that can be read."""
    try:
        data = read_bytes(folder / WATCH, most=LARGEST_PICTURE)
        values = np.load(io.BytesIO(data), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    sound = isinstance(values, np.ndarray) and values.ndim == 3 and values.dtype == np.float32
    return values if sound and np.isfinite(values).all() else None


def leave(folder: Path, found: Inside) -> None:
    """Replaces the last look. Raises OSError."""
    with replacing(folder / INSIDE, durable=False) as file:
        file.write(found.to_bytes())


def last(folder: Path) -> Inside | None:
    """The last look that was left; None where there is none that can be read."""
    try:
        return Inside.from_bytes(read_bytes(folder / INSIDE, most=LARGEST_INSIDE))
    except (OSError, ValueError):
        return None
