"""How much one session's uploads may hold of the server's memory, where Streamlit keeps them until the tab is closed.

Streamlit bounds one file and not their number, and takes files that no field asked for: thirty of 600 MB from one tab
ended the server for everybody. A session's oldest file goes when a further one does not fit. Where memory is short,
what a large file held is dropped and `field` says so: an answer of 413 would show an error of the browser's library.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz import failures, limits, memory

SMALL = 1_000_000  # bytes: taken however little memory there is
FILES = 100  # of one session: a thousand empty ones cost memory, too


NO_ROOM = "The server has too little memory for this file just now. Remove it here and try again in a minute."
_dropped: deque[str] = deque(maxlen=1000)  # ids of the files that were


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
            file = file._replace(data=b"")
            _dropped.append(file.file_id)
        add(session_id=session_id, file=file)
        _oldest_go(manager, session_id, file.file_id)

    within.bounded = True  # type: ignore[attr-defined]
    manager.add_file = within


def field(label: str, **options: Any) -> Any:
    """`st.file_uploader` with these options, and a sentence below it instead of a file that was dropped."""
    file = st.file_uploader(label, **options)
    if file is None or not dropped(file):
        return file
    st.error(NO_ROOM, icon=":material/memory:")
    return None


def dropped(file: Any) -> bool:
    """Whether this file came when there was no memory for it; it is empty then."""
    return getattr(file, "file_id", "") in _dropped


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
