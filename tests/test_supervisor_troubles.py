"""What a supervisor lives through: full disks, other servers, its own errors, a restart."""

from __future__ import annotations

import dataclasses
import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cnnviz import run_files, runs
from cnnviz.records import RunStatus, Step, TrainConfig
from cnnviz.runs import supervision
from cnnviz.runs.supervision import Supervisor
from tests.test_runs import ROOT, ended, left_by, until

SHORT = TrainConfig("digits", "fc2layer", epochs=3)
LONG = dataclasses.replace(SHORT, epochs=100_000)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_WARM", "0")
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))
    return tmp_path / "runs"


# --------------------------------------------------------------------------------------------- full and read-only disks
class Disk:
    """A disk that is full for whoever writes JSON on it, while `full` says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, self.refused = False, 0
        self._write = run_files.status.write_json  # type: ignore[attr-defined]
        monkeypatch.setattr(run_files.status, "write_json", self.write)  # type: ignore[attr-defined]
        monkeypatch.setattr(run_files.configuration, "write_json", self.write)  # type: ignore[attr-defined]

    def write(self, path: Path, *values: object, **options: object) -> None:
        if self.full:
            self.refused += 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._write(path, *values, **options)


def test_a_full_disk_is_one_sentence_at_the_start(
    boss: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    disk.full = True
    with pytest.raises(
        runs.RunError, match=r"^the folder of runs cannot be written \(No space left on device\)"
    ) as said:
        runs.start(SHORT)
    assert str(folder) not in str(said.value)
    assert [path.name for path in folder.iterdir()] == [".lock"], "nothing half made stays behind"
    disk.full = False
    run = runs.start(SHORT)
    until(lambda: ended(run))
    assert run.status().state == "finished"


def test_a_folder_that_cannot_be_made_is_one_sentence(boss: Supervisor, folder: Path) -> None:
    folder.write_text("a file is in its place")
    with pytest.raises(runs.RunError, match=r"^the folder of runs cannot be written .* CNNVIZ_RUNS$"):
        runs.start(SHORT)
    assert runs.list() == []
    assert runs.deleted() == []


def test_the_supervisor_goes_on_when_there_is_space_again(
    boss: Supervisor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Full while one run ends and another is to begin: neither is lost, and it is said once."""
    disk = Disk(monkeypatch)
    first = runs.start(dataclasses.replace(LONG, seed=1))
    second = runs.start(SHORT)
    until(lambda: first.status().step > 0)
    disk.full = True
    boss._busy[0].process.kill()
    until(lambda: boss.problem)
    assert "No space left on device" in boss.problem
    refused = disk.refused
    until(lambda: disk.refused > refused + 3)
    assert second.status().state == "queued"
    assert second.status().message == boss.problem
    assert first.status().state == "failed", "what could not be written is known here"
    disk.full = False
    until(lambda: ended(second))
    assert second.status().state == "finished"
    until(lambda: not boss.problem)
    assert run_files.read_status(first.path).state == "failed", "and is on the disk by now"
    errors = [record for record in caplog.records if "cannot be written" in record.getMessage()]
    assert len(errors) == 1


def test_the_thread_outlives_an_error_of_its_own(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.start(LONG)
    monkeypatch.setattr(boss, "_renew", lambda now: 1 / 0)
    until(lambda: "ZeroDivisionError" in boss.problem)
    assert boss._watcher is not None
    assert boss._watcher.is_alive()
    monkeypatch.undo()
    monkeypatch.setenv("CNNVIZ_RUNS", str(run.path.parent))
    run.stop()
    until(lambda: ended(run))
    until(lambda: not boss.problem)


# --------------------------------------------------------------------------------------------- other servers
def test_stop_of_a_run_in_another_server_s_queue_is_honoured(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = runs.start(LONG), runs.start(dataclasses.replace(LONG, seed=1))
    assert second.status().state == "queued"
    other = Supervisor()
    other.stop(second.path)  # as another server does it: it only leaves CANCEL
    until(lambda: ended(second))
    assert second.status() == RunStatus("stopped", "it had not begun")
    assert not run_files.stop_asked(second.path)
    first.stop()
    until(lambda: ended(first) and not boss._queue)
    assert second.status().state == "stopped"


STARTS = """
import sys
from cnnviz import runs
from cnnviz.records import TrainConfig
from cnnviz.runs import supervision
supervision.COMMAND = (sys.executable, "-m", "tests.stand_in_worker")
print("ready", flush=True)
sys.stdin.readline()
run = runs.start(TrainConfig("digits", "fc2layer", epochs=200))
print(run.id, runs.supervisor().owns(run.path), flush=True)
sys.stdin.read()
"""


def test_two_processes_start_one_config_at_once(folder: Path) -> None:
    """One of them trains it, the other returns the same run; nobody fails and nothing is deleted."""
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", STARTS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    try:
        for server in servers:
            assert server.stdout.readline() == "ready\n"  # type: ignore[union-attr]
        for server in servers:
            server.stdin.write("go\n")  # type: ignore[union-attr]
            server.stdin.flush()  # type: ignore[union-attr]
        said = sorted(server.stdout.readline().split()[1] for server in servers)  # type: ignore[union-attr]
        (run,) = runs.list()
        assert said == ["False", "True"]
        until(lambda: ended(run))
        assert run.status().state == "finished"
    finally:
        for server in servers:
            server.communicate()
            assert server.returncode == 0


ADOPTS = """
import sys
from cnnviz import runs
from cnnviz.runs import supervision
supervision.COMMAND = (sys.executable, "-m", "tests.stand_in_worker")
print("ready", flush=True)
sys.stdin.readline()
boss = runs.supervisor()
print(sum(boss.owns(run.path) for run in runs.list()), flush=True)
sys.stdin.read()
"""


def test_two_servers_on_one_folder_share_a_queue_that_was_left(folder: Path) -> None:
    """Each waiting run is taken over by one of them, trained once and ends; none is lost or trained twice."""
    left = [left_by(dataclasses.replace(SHORT, seed=seed), folder, state="queued") for seed in range(4)]
    command = [sys.executable, "-c", ADOPTS]
    servers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        for server in servers:
            assert server.stdout.readline() == "ready\n"  # type: ignore[union-attr]
        for server in servers:
            server.stdin.write("go\n")  # type: ignore[union-attr]
            server.stdin.flush()  # type: ignore[union-attr]
        assert all(int(server.stdout.readline()) <= len(left) for server in servers)  # type: ignore[union-attr]
        until(lambda: all(ended(run) for run in left))
        assert {run.status().state for run in left} == {"finished"}
        assert sorted(run.id for run in runs.list()) == sorted(run.id for run in left)
        for run in left:
            assert [event.step for event in run.events() if isinstance(event, Step)] == sorted(
                {event.step for event in run.events() if isinstance(event, Step)}
            ), "no step was written twice"
    finally:
        for server in servers:
            server.communicate()
            assert server.returncode == 0


def test_waiting_runs_go_on_after_a_restart(boss: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [left_by(dataclasses.replace(SHORT, seed=seed), folder, state="queued") for seed in range(3)]
    for age, run in enumerate(left):
        os.utime(run.path / "config.json", (1000 + age, 1000 + age))
    broken = left_by(dataclasses.replace(SHORT, seed=9), folder, state="running", step=4)
    elsewhere = left_by(dataclasses.replace(SHORT, seed=10), folder, state="running")
    mine = run_files.Owner.of(os.getpid())
    run_files.write_status(elsewhere.path, RunStatus("queued"), owner=mine)  # a server that lives waits for it
    monkeypatch.setattr(supervision, "CURRENT", [])
    another = runs.supervisor()
    try:
        assert [one.status().state for one in left][1:] == ["queued", "queued"]
        waiting = [one.folder for one in another._queue]
        assert waiting == [left[1].path, left[2].path], "in the order in which they were asked for"
        until(lambda: all(ended(run) for run in left))
        assert {run.status().state for run in left} == {"finished"}
        assert broken.status().state == "interrupted"
        assert elsewhere.status().state == "queued"
    finally:
        another.close()


# --------------------------------------------------------------------------------------------- the trash
def test_what_is_deleted_can_be_taken_back(boss: Supervisor, folder: Path) -> None:
    run = left_by(SHORT, folder, state="finished", step=46)
    (run.path / "notes").write_text("mine")
    runs.delete(run.id)
    assert (runs.find(run.id), runs.list(), runs.deleted()) == (None, [], [run.id])
    assert runs.restore(run.id) == run
    assert (run.path / "notes").read_text() == "mine"
    assert runs.deleted() == []
    with pytest.raises(KeyError, match="no deleted run named"):
        runs.restore(run.id)


def test_a_run_whose_name_is_taken_comes_back_as_a_further_take(boss: Supervisor, folder: Path) -> None:
    for step in (1, 2):
        runs.delete(left_by(SHORT, folder, state="finished", step=step).id)
    left_by(SHORT, folder, state="finished", step=3)
    assert runs.deleted() == [SHORT.run_id] * 2
    found = [runs.restore(SHORT.run_id), runs.restore(SHORT.run_id)]
    assert [(run.id, run.status().step) for run in found] == [(f"{SHORT.run_id}-2", 2), (f"{SHORT.run_id}-3", 1)]
    runs.delete(found[0].id)
    assert runs.empty_trash() == 1
    assert runs.deleted() == []


def test_a_disk_that_stays_full_is_said_once(
    boss: Supervisor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A run waits that cannot be begun: every half second a try, and no line in the log for each."""
    monkeypatch.setattr(supervision, "RETRY", 0.01)
    first, second = runs.start(LONG), runs.start(dataclasses.replace(LONG, seed=1))
    until(lambda: first.status().state == "running")
    disk = Disk(monkeypatch)
    disk.full = True
    first.stop()
    before = disk.refused
    until(lambda: disk.refused > before + 8)
    assert second.status().state == "queued"
    assert sum("cannot be written" in one.message for one in caplog.records) == 1
    assert not any("goes on: " in one.message for one in caplog.records)
    disk.full = False
    until(lambda: second.status().state == "running")
    assert sum("goes on: " in one.message for one in caplog.records) == 1


# --------------------------------------------------------------------------------------------- two tabs at once
@pytest.mark.parametrize("second", ["resume", "delete"])
def test_what_becomes_of_a_run_is_decided_once(
    second: str, boss: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Go on in one tab while another asks for the same, or deletes it: in the middle of the first, the second waits."""
    run = left_by(LONG, folder, state="stopped", step=3)
    (run.path / run_files.RESUME).write_bytes(b"as the stand-in needs none")
    said: list[BaseException | None] = []

    def other() -> None:
        try:
            getattr(runs, second)(run.id)
        except runs.RunError as error:
            said.append(error)
        else:
            said.append(None)

    tab = threading.Thread(target=other)

    def admit(*given: object, **named: object) -> None:
        if not tab.ident:
            tab.start()
            until(lambda: runs._STARTING.locked() or not tab.is_alive())

    monkeypatch.setattr(runs.quotas, "admit", admit)
    assert runs.resume(run.id) == run
    tab.join()
    (error,) = said
    assert error is not None
    assert "it is queued" in str(error) or "is under way" in str(error) or "cannot go on" in str(error)
    assert run.path.is_dir()


def test_go_on_delete_and_undo_in_a_folder_that_cannot_be_written(
    boss: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is one sentence that names no folder; and nothing has changed."""
    run = left_by(LONG, folder, state="stopped", step=3)
    (run.path / run_files.RESUME).write_bytes(b"")

    def refused(*given: object, **named: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder))

    for place, name in ((run_files, "clear_requests"), (runs.trash, "discard"), (runs.trash, "take_back")):
        monkeypatch.setattr(place, name, refused)
    for call in (runs.resume, runs.delete, runs.restore):
        with pytest.raises(runs.RunError, match=r"^the folder of runs cannot be written \(Read-only") as said:
            call(run.id)
        assert str(folder) not in str(said.value)
    assert run.status().state == "stopped"
