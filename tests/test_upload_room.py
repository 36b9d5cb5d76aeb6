"""One tab's uploads are bounded together: a law over drawn files, on Streamlit's own manager of files."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
import streamlit
from streamlit.elements.lib.file_uploader_utils import enforce_filename_restriction
from streamlit.elements.widgets import file_uploader
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from cnnviz import limits
from cnnviz.memory import Memory
from pages.shared import upload_room
from tests.support.waiting import PATIENCE

GB = 10**9


def file(name: str, size: int) -> UploadedFileRec:
    return UploadedFileRec(name, name, "application/octet-stream", bytes(size))


@pytest.mark.parametrize("seed", range(10))
def test_the_oldest_go_the_last_stays_and_others_keep_theirs(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SESSION_UPLOADS_MB", 0.001)
    monkeypatch.setattr(upload_room, "FILES", 7)
    chance, manager = random.Random(seed), MemoryUploadedFileManager("/upload")
    upload_room.bound(manager, now=lambda: None)
    upload_room.bound(manager, now=lambda: None)  # again, as at every run
    wanted: dict[str, list[tuple[str, int]]] = {"a": [], "b": []}
    for number in range(60):
        session, size = chance.choice("ab"), chance.choice([0, 10, 300, 900, 2000])
        manager.add_file(session_id=session, file=file(str(number), size))
        wanted[session].append((str(number), size))
        while len(kept := wanted[session]) > 7 or (len(kept) > 1 and sum(one for _, one in kept) > 1000):
            kept.pop(0)
        for one, kept in wanted.items():
            held = manager.get_files(one, [str(other) for other in range(number + 1)])
            assert [(found.file_id, len(found.data)) for found in held] == kept


def test_a_large_file_is_dropped_where_memory_is_short_and_a_small_one_is_not() -> None:
    manager = MemoryUploadedFileManager("/upload")
    upload_room.bound(manager, now=lambda: Memory(4 * GB, GB // 2))
    manager.add_file(session_id="a", file=file("large one", upload_room.SMALL + 1))
    manager.add_file(session_id="a", file=file("small one", upload_room.SMALL))
    large, small = manager.get_files("a", ["large one", "small one"])
    assert (len(large.data), len(small.data)) == (0, upload_room.SMALL)
    assert upload_room.dropped(large)
    assert not upload_room.dropped(small)


def test_the_field_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit, "file_uploader", lambda label, **_: SimpleNamespace(file_id=label))
    monkeypatch.setattr(upload_room, "_dropped", ["dropped one"])

    def page() -> None:
        from pages.shared import upload_room

        assert upload_room.field("dropped one") is None
        assert upload_room.field("kept one").file_id == "kept one"

    shown = AppTest.from_function(page, default_timeout=PATIENCE).run()
    assert not shown.exception
    assert [one.value for one in shown.error] == [upload_room.NO_ROOM]


def test_with_memory_it_is_taken() -> None:
    manager = MemoryUploadedFileManager("/upload")
    upload_room.bound(manager, now=lambda: Memory(4 * GB, 3 * GB))
    manager.add_file(session_id="a", file=file("large", upload_room.SMALL + 1))
    assert len(manager.get_files("a", ["large"])) == 1


@pytest.mark.parametrize(("name", "taken"), [("a.PNG", True), ("b.jpeg", True), ("c.exe", False), ("png", False)])
def test_a_file_of_another_kind_is_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, taken: bool) -> None:
    """As a client sends it that skips the browser's own check."""
    monkeypatch.setattr(streamlit, "file_uploader", lambda label, **_: SimpleNamespace(file_id=label, name=label))

    def page(name: str) -> None:
        from pages.shared import upload_room

        file = upload_room.field(name, type=["png", "jpg"])
        assert (file is None) == (not name.lower().endswith((".png", ".jpeg")))

    shown = AppTest.from_function(page, default_timeout=PATIENCE, kwargs={"name": name}).run()
    assert not shown.exception
    assert len(shown.error) == (not taken)


def test_streamlit_asks_the_function_that_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own check, in the place where an exception could not be caught by the page."""
    refused = UploadedFile(UploadedFileRec("1", "a.exe", "", b""), SimpleNamespace())  # type: ignore[arg-type]
    monkeypatch.setattr(file_uploader, "_get_upload_files", lambda _: [refused])
    serde = file_uploader.FileUploaderSerde(False, allowed_types=[".png"])
    monkeypatch.setattr(file_uploader, "enforce_filename_restriction", enforce_filename_restriction)
    with pytest.raises(StreamlitAPIException):
        serde.deserialize(None)
    upload_room.bound(MemoryUploadedFileManager("/upload"))
    assert serde.deserialize(None) is refused
