"""A training gives way to whoever is answered, in its session's group, too, and no longer once it is asked to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.run_files import priority
from cnnviz.runs.workers import Worker

GROUPED = Path("/proc/sys/kernel/sched_autogroup_enabled")
WAITS = (
    "import sys; from cnnviz.run_files import priority; priority.lower(); print('there', flush=True); sys.stdin.read()"
)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    monkeypatch.setenv("CNNVIZ_NICENESS", "7")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = subprocess.Popen([sys.executable, "-c", WAITS], start_new_session=True, **pipes)  # type: ignore[call-overload]
    assert started.stdout.readline() == b"there\n"
    yield started
    started.kill()
    started.wait()


def group_of(pid: int) -> str:
    """The niceness of that process's group, and nothing where it is in the root group, whose file is empty."""
    return "".join(Path(f"/proc/{pid}/autogroup").read_text().split()[-1:])


@pytest.mark.skipif(not GROUPED.exists() or GROUPED.read_text().strip() != "1", reason="sessions are no groups here")
def test_a_session_gives_way_and_no_longer(process: subprocess.Popen[bytes]) -> None:
    mine = group_of(os.getpid())
    if not group_of(process.pid):
        pytest.skip("a new session is no group of its own here")
    assert group_of(process.pid) == "7"
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == os.nice(0) + 7
    worker = Worker(process, output=None)  # type: ignore[arg-type]
    worker.press(100.0)
    assert group_of(process.pid) == "7"  # nobody has asked it to stop
    worker.stopping_since = 100.0
    worker.press(100.1)
    assert group_of(process.pid) == "0"
    assert group_of(os.getpid()) == mine


def test_what_the_system_does_not_know_is_left_alone(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    priority.restore(process.pid, proc=tmp_path)
    assert not list(tmp_path.iterdir())
    assert process.poll() is None


@pytest.mark.parametrize(("text", "expected"), [("", 10), ("3", 3), ("0", 0), ("99", 19), ("-5", 10), ("²", 10)])
def test_the_setting(text: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_NICENESS", text)
    assert priority.niceness() == expected


def test_a_worker_that_does_not_stop_is_still_ended(process: subprocess.Popen[bytes]) -> None:
    worker = Worker(process, output=None, stopping_since=100.0)  # type: ignore[arg-type]
    worker.press(101.6)
    assert worker.signals == [signal.SIGTERM]
    assert process.wait() == -signal.SIGTERM
