"""That a run was asked for with the teacher's key, on disk, for a server that takes it over from one that is gone.

What says so is a seal that only a server with the same teacher's key can make, of whose the run is and which it is: one
that was written by hand, or lay in another directory, is none.
"""

from __future__ import annotations

import hmac
from pathlib import Path

from cnnviz import failures, visitors
from cnnviz.visitors import Visitor

SEAL = ".teacher"  # the file beside the mark of the run's owner


def rights(folder: Path) -> Visitor:
    """Whose a run is that begins to wait, with the rights that it will train with; a teacher's are kept on disk.

    The owner is the teacher where they ask themselves; where the server does (a queue is taken over), the seal says it.
    """
    asking, owner = visitors.current(), visitors.owner_of(folder)
    if not asking.id or not owner:
        return Visitor(owner, teacher=bool(owner) and is_sealed(folder))
    teacher = asking.teacher and asking.id == owner
    try:
        if teacher:
            (folder / SEAL).write_text(_seal(folder))
        else:
            (folder / SEAL).unlink(missing_ok=True)
    except OSError as error:
        failures.note(f"the seal of {folder.name} was not written", error, remedy="It has effect after a restart only.")
    return Visitor(owner, teacher=teacher)


def is_sealed(folder: Path) -> bool:
    """Whether this very run, of this very owner, was asked for with the teacher's key of this server."""
    try:
        with (folder / SEAL).open("rb") as file:
            found = file.read(65)
    except OSError:
        return False
    wanted = _seal(folder).encode()
    return bool(wanted) and hmac.compare_digest(found, wanted)


def _seal(folder: Path) -> str:
    return visitors.sealed(f"{visitors.owner_of(folder)} {folder.name}")
