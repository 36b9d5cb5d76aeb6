"""A closed tab's uploads and state go when its seconds are over; one that comes back in time finds all as it was."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from pages.shared.closed_tabs import ClosedTabs

Call = Callable[[], None]


class Server:
    """Streamlit's own storage of sessions and of files; which tabs are open is said here."""

    def __init__(self) -> None:
        self.files, self.stored, self.active = MemoryUploadedFileManager("/upload"), MemorySessionStorage(), set[str]()
        self._session_mgr = SimpleNamespace(_session_storage=self.stored, is_active_session=self.active.__contains__)

    def closed(self, number: str) -> Any:
        """A session that has uploaded a file and whose tab was closed."""
        self.files.add_file(number, UploadedFileRec(f"file of {number}", "x", "", b"bytes"))
        session = SimpleNamespace(
            id=number, session_state={"own": b"bytes"}, shutdown=lambda: self.files.remove_session_files(number)
        )
        self.stored.save(SessionInfo(client=None, session=session))  # type: ignore[arg-type]
        return session

    def held(self) -> set[str]:
        return {number for number, files in self.files.file_storage.items() if files}


def at_once(call: Call) -> None:
    call()


@pytest.fixture
def server() -> Server:
    return Server()


def test_what_the_manager_hides_is_ended(server: Server) -> None:
    tabs = ClosedTabs()
    gone, waiting = server.closed("gone"), server.closed("waiting")
    assert tabs.look(server, in_loop=at_once) == 0
    server.stored.delete("gone")  # what its seconds do, as far as anybody sees
    assert tabs.look(server, in_loop=at_once) == 1
    assert tabs.look(server, in_loop=at_once) == 0
    assert server.held() == {"waiting"}
    assert not gone.session_state
    assert waiting.session_state


@pytest.mark.parametrize("closed_again", [False, True])
def test_a_tab_that_comes_back_keeps_what_it_had(server: Server, closed_again: bool) -> None:
    tabs, later = ClosedTabs(), list[Call]()
    session = server.closed("back")
    tabs.look(server, in_loop=later.append)
    server.stored.delete("back")
    assert tabs.look(server, in_loop=later.append) == 1
    if closed_again:
        server.stored.save(SessionInfo(client=None, session=session))
    else:
        server.active.add("back")
    for call in later:
        call()
    assert server.held() == {"back"}
    assert session.session_state


def test_streamlit_has_what_is_asked_of_it() -> None:
    assert callable(WebsocketSessionManager.is_active_session)
    manager = WebsocketSessionManager(MemorySessionStorage(), None, None, None)  # type: ignore[arg-type]
    assert manager._session_storage.list() == []
