"""steering.json: what is asked of a run under way."""

from __future__ import annotations

import dataclasses
import json
import os
import threading
from pathlib import Path

from cnnviz.records import Steering
from cnnviz.run_files.names import CANCEL, STEERING


def write_steering(folder: Path, steering: Steering) -> None:
    """Replaces steering.json in one step."""
    temporary = folder / f".{STEERING}.{os.getpid()}.{threading.get_ident()}"
    temporary.write_text(json.dumps(dataclasses.asdict(steering)), encoding="utf-8")
    os.replace(temporary, folder / STEERING)


def read_steering(folder: Path) -> Steering:
    """The request, empty if there is no such file. Raises ValueError for one that cannot be read."""
    try:
        values = json.loads((folder / STEERING).read_bytes())
        return Steering(**values)
    except FileNotFoundError:
        return Steering()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{folder.name}/{STEERING} holds no Steering: {error}") from error


def clear_requests(folder: Path) -> None:
    """Removes the requests to a run that has ended."""
    for name in (CANCEL, STEERING):
        (folder / name).unlink(missing_ok=True)
