"""Small files of a run directory: regular files only, of a bounded size, and replaced in one step."""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

LARGEST = 4_000_000  # bytes of a JSON file


def read_bytes(path: Path, *, most: int = LARGEST) -> bytes:
    """The first `most` bytes of a regular file. Raises OSError, also for a directory, a pipe or a device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would block until somebody writes
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path.name} is not a regular file")
        return file.read(most)


def load_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises FileNotFoundError where there is none, and ValueError for everything else that cannot be read: a directory,
    a link loop, a file that is too large or not JSON, a value that is not an object.
    """
    try:
        data = read_bytes(path, most=LARGEST + 1)
        if len(data) > LARGEST:
            raise ValueError(f"it is larger than {LARGEST:,} bytes")
        values = json.loads(data)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(values, dict):
        raise ValueError(f"it is a {type(values).__name__}, not a JSON object")
    return values


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; {} where there is none or it cannot be read."""
    try:
        return load_json(path)
    except (FileNotFoundError, ValueError):
        return {}


def write_json(path: Path, values: Mapping[str, Any], *, durable: bool = True, indent: int | None = None) -> None:
    """Replaces a JSON file in one step: a reader sees the old one or the new one.

    durable: survives a power cut too, for the price of waiting for the disk. Raises OSError; the old file then stays.
    """
    text = json.dumps(values, indent=indent, ensure_ascii=False)
    with replacing(path, durable=durable) as file:
        file.write((text + ("\n" if indent else "")).encode())


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """A temporary file that takes the place of `path` when the block ends well, and vanishes when it does not.

    Whatever is there that is not a file (a directory) is kept under a hidden name beside it.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(handle)
        os.chmod(name, 0o644)  # mkstemp's 0600 would hide a run from a lab that another user serves
        if path.is_dir() and not path.is_symlink():
            path.rename(path.with_name(f".{path.name}.aside-{os.urandom(4).hex()}"))
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def finite(value: Any, *, exact: bool = False) -> Any:
    """The value as JSON can say it: numbers with eight significant digits, null for one that is not finite.

    exact: with all of a number's digits.
    """
    if isinstance(value, float):
        rounded = value if exact else float(f"{value:.8g}")
        return rounded if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(item, exact=exact) for name, item in value.items()}
    return [finite(item, exact=exact) for item in value] if isinstance(value, list | tuple) else value
