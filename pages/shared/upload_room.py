"""How much one session's uploads may hold of the server's memory, where Streamlit keeps them until the tab is closed.

Streamlit bounds one file and not their number, and takes files that no field asked for: thirty of 600 MB from one tab
ended the server for everybody. A session's oldest file goes when a further one does not fit, and where memory is short
a large file is refused as too large (413), which the field on the page says.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException

from cnnviz import failures, limits, memory

SMALL = 1_000_000  # bytes: taken however little memory there is
FILES = 100  # of one session: a thousand empty ones cost memory, too


class NoRoom(MemoryError):
    """A file came when the server's memory was nearly full."""


def bound(manager: Any, *, now: Callable[[], memory.Memory | None] = memory.now) -> None:
    """Have this runtime's manager of uploaded files hold no more than `limits.SESSION_UPLOADS_MB` of one session.

    manager: Streamlit's MemoryUploadedFileManager; once is enough, a second time changes nothing.
    """
    if getattr(manager.add_file, "bounded", False):
        return
    add = manager.add_file

    @functools.wraps(add)
    def within(session_id: str, file: Any) -> None:
        there = now()
        if len(file.data) > SMALL and there is not None and not there.allowed:
            error = NoRoom(f"{memory.words(len(file.data))} were sent, and {memory.words(there.free)} are free")
            failures.note("an uploaded file was refused", error, remedy="It is taken when memory is free again.")
            raise HTTPException(status_code=413, detail="There is too little memory for this file just now")
        add(session_id=session_id, file=file)
        _oldest_go(manager, session_id, file.file_id)

    within.bounded = True  # type: ignore[attr-defined]
    manager.add_file = within


def _oldest_go(manager: Any, session_id: str, last: str) -> None:
    """The session's files in the order in which they came, without the last, until the rest fits."""
    held = {name: len(file.data) for name, file in dict(manager.file_storage.get(session_id) or {}).items()}
    total, count = sum(held.values()), len(held)
    for name, size in held.items():
        if total <= limits.SESSION_UPLOADS_MB * 1_000_000 and count <= FILES:
            return
        if name != last:
            manager.remove_file(session_id, name)
            total, count = total - size, count - 1
