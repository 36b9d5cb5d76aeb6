"""The folder of those who watch a run: each image of theirs, which they keep touching, and the look that it was given.

    watched/<key>.npy   somebody watches with this image (or with none)      whoever watches
    watched/<key>.npz   the last look inside, with this image's maps         the worker

A key is the image's digest: two browsers with one image share a look, with two images each has its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
from pathlib import Path

import numpy as np

from cnnviz.records.inside import Array, Inside
from cnnviz.run_files.json_files import read_bytes, replacing
from cnnviz.run_files.names import WATCHED

EVERY = 0.5  # seconds between two looks, at least
GONE = 60.0  # seconds after which an image that nobody touched is removed
LARGEST_PICTURE, LARGEST_INSIDE = 4_000_000, 32_000_000  # bytes
KEY = re.compile(r"[0-9a-f]{16}")
Stamp = tuple[int, int]  # when a file was touched last, and which file it is


def watch(folder: Path, picture: Array | None) -> str:
    """Says that somebody watches now; the key of their look. Raises OSError.

    picture: [C, H, W] float32, normalised: theirs, if any.
    """
    target = io.BytesIO()
    np.save(target, np.zeros(0, np.float32) if picture is None else picture.astype(np.float32), allow_pickle=False)
    key = hashlib.sha256(target.getvalue()).hexdigest()[:16]
    path = _image(folder, key)
    try:
        os.utime(path)
    except FileNotFoundError:
        path.parent.mkdir(exist_ok=True)
        with replacing(path, durable=False) as file:
            file.write(target.getvalue())
        _sweep(path)
    return key


def watchers(folder: Path) -> dict[str, Stamp]:
    """Key → its stamp, of every image that was left; a stamp that has changed says that it was touched."""
    found: dict[str, Stamp] = {}
    with contextlib.suppress(OSError), os.scandir(folder / WATCHED) as entries:
        for entry in entries:
            key, dot, kind = entry.name.partition(".")
            if dot and kind == "npy" and KEY.fullmatch(key):
                with contextlib.suppress(OSError):  # removed meanwhile
                    status = entry.stat(follow_symlinks=False)
                    found[key] = status.st_mtime_ns, status.st_ino
    return found


def picture(folder: Path, key: str) -> Array | None:
    """A watcher's own image, [C, H, W] float32; None where there is none that can be read."""
    try:
        data = read_bytes(_image(folder, key), most=LARGEST_PICTURE)
        values = np.load(io.BytesIO(data), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    sound = isinstance(values, np.ndarray) and values.ndim == 3 and values.dtype == np.float32
    return values if sound and np.isfinite(values).all() else None


def leave(folder: Path, key: str, found: Inside) -> None:
    """Replaces the last look with this image. Raises OSError."""
    with replacing(_look(folder, key), durable=False) as file:
        file.write(found.to_bytes())


def last(folder: Path, key: str) -> Inside | None:
    """The last look with this image; None where there is none that can be read."""
    try:
        return Inside.from_bytes(read_bytes(_look(folder, key), most=LARGEST_INSIDE))
    except (OSError, ValueError):
        return None


def _image(folder: Path, key: str) -> Path:
    return folder / WATCHED / f"{key}.npy"


def _look(folder: Path, key: str) -> Path:
    return folder / WATCHED / f"{key}.npz"


def _sweep(new: Path) -> None:
    """Removes what others left long ago; their stamps are compared with a new file's, by one clock."""
    folder, now = new.parents[1], new.stat().st_mtime_ns
    for key, (touched, _) in watchers(folder).items():
        if now - touched > GONE * 1e9:
            for path in (_image(folder, key), _look(folder, key)):
                path.unlink(missing_ok=True)
