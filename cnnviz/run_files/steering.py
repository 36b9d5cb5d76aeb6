"""CANCEL and steering.json: what is asked of a run under way."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
from pathlib import Path

from cnnviz.records import Steering
from cnnviz.records.typed import checked
from cnnviz.run_files.json_files import load_json, write_json
from cnnviz.run_files.names import CANCEL, STEERING, WATCHED


def ask_to_stop(folder: Path) -> None:
    """Leaves CANCEL in the directory; whatever has that name counts. Raises OSError."""
    if not stop_asked(folder):
        (folder / CANCEL).touch()


def stop_asked(folder: Path) -> bool:
    """Whether something named CANCEL lies in the directory."""
    return os.path.lexists(folder / CANCEL)


def write_steering(folder: Path, steering: Steering) -> None:
    """Replaces steering.json in one step. Raises OSError."""
    write_json(folder / STEERING, dataclasses.asdict(steering), durable=False)


def read_steering(folder: Path) -> Steering:
    """The request, empty if there is no such file. Raises ValueError for one that cannot be read."""
    try:
        return checked(Steering, load_json(folder / STEERING))
    except FileNotFoundError:
        return Steering()
    except ValueError as error:
        raise ValueError(f"{folder.name}/{STEERING} holds no Steering: {error}") from error


def clear_requests(folder: Path) -> None:
    """Removes the requests to a run that has ended; one that cannot be removed stays."""
    for name in (CANCEL, STEERING, WATCHED):
        with contextlib.suppress(OSError):
            path = folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
