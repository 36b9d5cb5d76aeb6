"""How much one session's uploads may hold of the server's memory, where Streamlit keeps them until the tab is closed.

Streamlit bounds one file and not their number, and takes files that no field asked for: thirty of 600 MB from one tab
ended the server for everybody. A session's oldest file goes when a further one does not fit. Where memory is short,
what a large file held is dropped and `field` says so: an answer of 413 would show an error of the browser's library.
A file whose name ends otherwise than the field allows, which a browser does not send, is a sentence, too.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.elements.lib.file_uploader_utils import enforce_filename_restriction, normalize_upload_file_type
from streamlit.elements.widgets import camera_input, file_uploader
from streamlit.errors import StreamlitAPIException

from cnnviz import failures, limits, memory

SMALL = 1_000_000  # bytes: taken however little memory there is
FILES = limits.SESSION_FILES


NO_ROOM = "The server has too little memory for this file just now. Remove it here and try again in a minute."
OTHER_KIND = (
    "This field takes files that end in {kinds}; the one that came ends otherwise. Remove it here and choose another."
)
_dropped: deque[str] = deque(maxlen=1000)  # ids of the files that were


class NoRoom(MemoryError):
    """A file came when the server's memory was nearly full."""


def bound(manager: Any, *, now: Callable[[], memory.Memory | None] = memory.now) -> None:
    """Have this runtime's manager of uploaded files hold no more than `limits.SESSION_UPLOADS_MB` of one session.

    manager: Streamlit's MemoryUploadedFileManager; once is enough, a second time changes nothing.
    """
    _let_fields_answer()
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
    """`st.file_uploader` with these options; a sentence below it instead of a file that was dropped, or that is of none
    of the kinds that `type` names."""
    _let_fields_answer()
    file, kinds = st.file_uploader(label, **options), options.get("type")
    if file is None:
        return None
    if dropped(file):
        st.error(NO_ROOM, icon=":material/memory:")
    elif kinds and not _is_one_of(file.name, kinds):
        st.error(OTHER_KIND.format(kinds=", ".join(kinds)), icon=":material/error:")
    else:
        return file
    return None


def _let_fields_answer() -> None:
    """Streamlit compares the name's end once more before the page runs, where an exception is all that can be said."""
    file_uploader.enforce_filename_restriction = camera_input.enforce_filename_restriction = _anything


def _anything(filename: str, allowed_types: Sequence[str]) -> None:
    """In the place of Streamlit's `enforce_filename_restriction`: `field` says it, and readers go by the content."""


def _is_one_of(name: str, kinds: Sequence[str]) -> bool:
    try:
        enforce_filename_restriction(name, normalize_upload_file_type(kinds))
    except StreamlitAPIException:
        return False
    return True


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
