"""The log has one line for each thing that failed, whatever the reason holds, and not one for each rerun."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz import failures, footprint, memory
from cnnviz.records import RunStatus
from cnnviz.runs import directories
from cnnviz.runs.supervision import Supervisor
from tests.support import ROOT


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    failures._said.clear()
    caplog.set_level(logging.WARNING, logger="cnnviz")
    return caplog


@given(st.text())
def test_a_reason_from_outside_is_one_line(reason: str) -> None:
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    failures._said.clear()
    failures.LOG.addHandler(handler)
    try:
        assert failures.note("a file was refused", reason, remedy="Try another.")
    finally:
        failures.LOG.removeHandler(handler)
    (line,) = said
    assert line.isprintable()
    assert len(line) < 600
    assert line.startswith("a file was refused: ")
    assert line.endswith("Try another.")


def test_the_same_line_is_said_once_a_minute(lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(failures.time, "monotonic", lambda: clock[0])
    assert failures.note("a zip was refused", "it is encrypted", remedy="Ask for it without a password.")
    clock[0] += 59
    assert not failures.note("a zip was refused", "it is encrypted", remedy="Ask for it without a password.")
    assert failures.note("a zip was refused", "it is empty", remedy="Ask for another.")
    clock[0] += 2
    assert failures.note("a zip was refused", "it is encrypted", remedy="Ask for it without a password.")
    assert len(lines.records) == 3


def test_a_flood_of_reasons_is_not_kept(lines: pytest.LogCaptureFixture) -> None:
    for number in range(3 * failures.KEPT):
        failures.note("a link was refused", number, remedy="None.")
    assert len(failures._said) == failures.KEPT


def test_a_network_that_is_too_large_is_in_the_log(
    lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "now", lambda: memory.Memory(limit=2_000_000_000, free=0))
    with pytest.raises(footprint.TooLarge), footprint.admitted("vgg19"):
        pass
    assert "a network was refused: VGG-19 needs about" in lines.text
    assert "CNNVIZ" not in lines.text


def test_what_a_page_refuses_or_could_not_do_is_in_the_log() -> None:
    """Each place that takes a file in, fetches one, or says that a folder cannot be written, notes it."""
    pages, library = r"upload_room\.field\(|download=True", r"^def _?unwritable\("
    takes = [path for path in (ROOT / "pages").rglob("*.py") if re.search(pages, path.read_text("utf-8"))]
    takes += [path for path in (ROOT / "cnnviz").rglob("*.py") if re.search(library, path.read_text("utf-8"), re.M)]
    assert len(takes) >= 8
    silent = [str(path.relative_to(ROOT)) for path in takes if "failures.note(" not in path.read_text("utf-8")]
    assert silent == []


def test_a_folder_that_cannot_be_written_is_in_the_log(lines: pytest.LogCaptureFixture) -> None:
    error = OSError(28, "No space left on device", "/srv/runs/x")
    assert "/srv" not in directories.unwritable(error)
    assert "the folder of runs was not written: [Errno 28] No space left on device: '/srv/runs/x'." in lines.text


def test_a_run_that_fails_is_in_the_log(lines: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    Supervisor()._say(tmp_path, RunStatus("failed", "its process was killed"))
    assert f"the run {tmp_path.name} failed: its process was killed." in lines.text
    assert "worker.log" in lines.text
