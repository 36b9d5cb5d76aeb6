"""A closed tab's uploads and state go after seconds; one that comes back in time finds all as it was."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.shared.closed_tabs import KEPT, LARGE, LINGER, ClosedTabs


class Tab:
    """A session as far as it matters here."""

    def __init__(self, number: str, server: Any, held: int) -> None:
        self.id, self.session_state, self._server = number, {"own": b"bytes"}, server
        server._uploaded_file_mgr.add_file(number, UploadedFileRec(f"file of {number}", "x", "", bytes(held)))

    def shutdown(self) -> None:
        self._server._uploaded_file_mgr.remove_session_files(self.id)


@pytest.fixture
def server() -> Any:
    files = MemoryUploadedFileManager("/upload")
    return SimpleNamespace(
        _session_mgr=SimpleNamespace(_session_storage=MemorySessionStorage()), _uploaded_file_mgr=files
    )


def closed(server: Any, number: str, held: int) -> Tab:
    tab = Tab(number, server, held)
    server._session_mgr._session_storage.save(SessionInfo(client=None, session=tab))  # type: ignore[arg-type]
    return tab


def held_by(server: Any) -> set[str]:
    return {number for number, files in server._uploaded_file_mgr.file_storage.items() if files}


def test_large_uploads_go_first_and_everything_goes_in_the_end(server: Any) -> None:
    tabs = ClosedTabs()
    large, small = closed(server, "large", LARGE + 1), closed(server, "small", 10)
    wanted = {0.0: 0, LINGER - 1: 0, LINGER + 1: 1, LINGER + 2: 0, KEPT - 1: 0, KEPT + 1: 1, KEPT + 2: 0}
    assert {now: tabs.look(server, now, in_loop=lambda call: call()) for now in wanted} == wanted
    assert held_by(server) == set()
    assert not large.session_state
    assert not small.session_state
    assert server._session_mgr._session_storage.list() == []


def test_a_tab_that_comes_back_keeps_what_it_had(server: Any) -> None:
    tabs, later = ClosedTabs(), []
    tab = closed(server, "large", LARGE + 1)
    tabs.look(server, 0.0, in_loop=later.append)
    assert tabs.look(server, LINGER + 1, in_loop=later.append) == 1
    server._session_mgr._session_storage.delete("large")  # its browser is there again, before the loop comes to it
    for call in later:
        call()
    assert tab.session_state
    assert held_by(server) == {"large"}
    tabs.look(server, LINGER + 2, in_loop=later.append)
    closed_again = LINGER + 3
    server._session_mgr._session_storage.save(SessionInfo(client=None, session=tab))  # type: ignore[arg-type]
    assert tabs.look(server, closed_again, in_loop=later.append) == 0  # counted from when it closed anew
    assert tabs.look(server, closed_again + LINGER + 1, in_loop=lambda call: call()) == 1
    assert held_by(server) == set()
