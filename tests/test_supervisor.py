"""The supervisor with stand-in workers: queue, stop, death, and whose runs it may touch."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from cnnviz import checkpoints, run_files, runs
from cnnviz.configs import ConfigError
from cnnviz.records import RunStatus, Step, TrainConfig
from cnnviz.runs import supervision
from cnnviz.runs.supervision import Supervisor
from tests.support.clock import Clock
from tests.test_runs import ended, left_by, until

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
SHORT = TrainConfig("digits", "fc2layer", epochs=3)
LONG = dataclasses.replace(SHORT, epochs=100_000)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_WARM", "0")
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))
    return tmp_path / "runs"


def under_way(run: runs.Run) -> bool:
    return run.status().state == "running" and run.status().step > 0


# --------------------------------------------------------------------------------------------- the queue
def test_one_trains_others_wait_and_the_queue_is_bounded(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_QUEUE", "1")
    first = runs.start(LONG)
    second = runs.start(dataclasses.replace(LONG, seed=1))
    until(lambda: under_way(first))
    assert second.status().state == "queued"
    with pytest.raises(runs.QueueFull, match=r"1 training and 1 waiting.*stop one"):
        runs.start(dataclasses.replace(LONG, seed=2))
    assert len(runs.list()) == 2  # the refused one left nothing
    second.stop()
    assert second.status().state == "stopped"
    third = runs.start(SHORT)
    assert third.status().state == "queued"
    first.stop()
    until(lambda: ended(first) and ended(third))
    assert (first.status().state, third.status().state) == ("stopped", "finished")
    assert not (first.path / "CANCEL").exists()


def test_two_at_a_time_where_that_is_allowed(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_WORKERS", "2")
    both = [runs.start(dataclasses.replace(LONG, seed=seed)) for seed in range(2)]
    third = runs.start(dataclasses.replace(LONG, seed=2))
    until(lambda: all(under_way(run) for run in both))
    assert third.status().state == "queued"


def test_many_threads_start_one_run(boss: Supervisor) -> None:
    started: list[runs.Run] = []
    threads = [threading.Thread(target=lambda: started.append(runs.start(LONG))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 8
    assert len(set(started)) == 1
    assert len(boss._busy) == 1
    assert not boss._queue


def test_a_worker_is_warmed_ahead_and_one_at_a_time(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    boss.warm()
    assert boss._warm is None  # CNNVIZ_WARM=0
    monkeypatch.setenv("CNNVIZ_WARM", "1")
    boss.warm()
    first = boss._warm
    assert first is not None
    boss.warm()
    assert boss._warm is first
    until(lambda: first.ready)
    run = runs.start(SHORT)
    assert boss._busy[0] is first
    until(lambda: ended(run) and boss._warm is not None)  # the next one is warmed as soon as the machine is free
    second = boss._warm
    assert second is not None
    assert second is not first
    second.process.kill()
    second.process.wait()
    boss.warm()
    assert boss._warm is not second
    assert boss._warm is not None
    assert boss._warm.alive


def test_limits_reach_a_worker_that_was_warmed_before_they_were_set(
    boss: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_WARM", "1")
    boss.warm()
    monkeypatch.setenv("CNNVIZ_MAX_EPOCHS", "2")
    run = runs.start(SHORT)
    until(lambda: ended(run))
    assert run.status().step == 2


# --------------------------------------------------------------------------------------------- what goes wrong
def test_a_killed_worker_shows_failed_with_the_signal(boss: Supervisor) -> None:
    run = runs.start(LONG)
    until(lambda: under_way(run))
    states = set()
    boss._busy[0].process.send_signal(signal.SIGKILL)
    until(lambda: states.add(run.status().state) or ended(run))
    assert "interrupted" not in states  # not even for a moment
    assert run.status().state == "failed"
    assert run.status().message.startswith("killed by signal 9 (SIGKILL")
    assert run.status().step > 0
    after = runs.start(SHORT)
    until(lambda: ended(after))
    assert after.status().state == "finished"


def test_a_segmentation_fault_is_named(boss: Supervisor) -> None:
    run = runs.start(LONG)
    until(lambda: under_way(run))
    boss._busy[0].process.send_signal(signal.SIGSEGV)
    until(lambda: ended(run))
    assert run.status().message == "killed by signal 11 (SIGSEGV)"


def test_a_worker_that_ends_without_a_status_shows_its_last_words(boss: Supervisor) -> None:
    run = runs.start(dataclasses.replace(SHORT, seed=13))
    until(lambda: ended(run))
    assert run.status().state == "failed"
    assert run.status().message == "the thirteenth seed is not for me"
    assert run.log() == run.status().message


def test_a_worker_that_cannot_even_load_shows_why(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-c", "import a_library_that_is_not_there"))
    run = runs.start(SHORT)
    until(lambda: ended(run))
    assert run.status().message == "ModuleNotFoundError: No module named 'a_library_that_is_not_there'"


def test_a_deaf_worker_is_terminated_and_then_killed(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock().of(monkeypatch, "cnnviz.runs.supervision")
    monkeypatch.setattr(clock, "sleep", time.sleep)  # its thread looks as often as ever
    run = runs.start(dataclasses.replace(LONG, seed=14))
    until(lambda: under_way(run))
    (worker,) = boss._busy
    process = worker.process
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)  # now it does not even hear SIGTERM
    run.stop()
    assert run.status().message == "stopping"
    sent: list[signal.Signals] = []
    for number in (signal.SIGTERM, signal.SIGKILL):
        clock.forward(0.9 * supervision.PATIENCE)
        with boss._lock:
            boss._look()
        assert worker.signals == sent
        clock.forward(0.1 * supervision.PATIENCE + 1e-6)
        sent.append(number)
        until(lambda: worker.signals == sent)
    until(lambda: ended(run))
    assert process.returncode == -signal.SIGKILL
    assert run.status().state == "stopped"
    assert "last snapshot" in run.status().message


def test_a_wrong_config_never_starts(boss: Supervisor, folder: Path) -> None:
    with pytest.raises(ConfigError, match="epochs is 0"):
        runs.start(dataclasses.replace(SHORT, epochs=0))
    assert not folder.exists()
    assert not boss._busy


def test_workers_end_with_their_supervisor(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.start(LONG)
    until(lambda: under_way(run))
    monkeypatch.setenv("CNNVIZ_WORKERS", "2")
    monkeypatch.setenv("CNNVIZ_WARM", "1")
    boss.warm()
    processes = [boss._busy[0].process, boss._warm.process]  # type: ignore[union-attr]
    boss.close()
    assert all(process.returncode is not None for process in processes)
    assert threading.active_count() < 50


def test_a_run_directory_that_is_removed_under_way_harms_no_other(boss: Supervisor, folder: Path) -> None:
    run = runs.start(LONG)
    until(lambda: under_way(run))
    while run.path.exists():  # the worker writes into it meanwhile
        shutil.rmtree(run.path, ignore_errors=True)
    until(lambda: not boss._busy)
    after = runs.start(SHORT)
    until(lambda: ended(after))
    assert after.status().state == "finished"


# --------------------------------------------------------------------------------------------- whose runs
def contents(path: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in path.rglob("*") if item.is_file()}


@pytest.mark.parametrize("state", ["running", "queued", "stopped", "failed"])
def test_a_run_that_has_not_finished_is_kept_and_another_take_starts(
    boss: Supervisor, folder: Path, state: str
) -> None:
    run = left_by(SHORT, folder, state=state, step=7)
    (run.path / "old").touch()
    before = contents(run.path)
    second = runs.start(SHORT)
    assert second.id == f"{run.id}-2"
    until(lambda: ended(second))
    assert second.status().state == "finished"
    assert [event.step for event in second.events() if isinstance(event, Step)] == [1, 2, 3]
    assert contents(run.path) == before
    assert runs.start(SHORT) == second, "finished: as it is"


def test_every_take_has_a_directory_of_its_own(boss: Supervisor, folder: Path) -> None:
    first = left_by(SHORT, folder, state="finished", step=46)
    (folder / f"{first.id}-2").write_text("not a run, but the name is taken")
    assert runs.start(SHORT) == first
    third = runs.start(SHORT, again=True)
    assert third.id == f"{first.id}-3"
    assert runs.start(SHORT, again=True) == third, "under way: the same"
    until(lambda: ended(third))
    assert first.status().step == 46


def test_a_run_under_way_cannot_be_deleted(boss: Supervisor, folder: Path) -> None:
    again = runs.start(LONG)
    assert boss.owns(again.path)
    with pytest.raises(runs.RunError, match="under way"):
        runs.delete(again.id)
    again.stop()
    until(lambda: ended(again))
    runs.delete(again.id)
    assert runs.find(again.id) is None


def test_stop_of_a_run_that_is_not_ours_leaves_a_file_and_sends_nothing(
    boss: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock().of(monkeypatch, "cnnviz.runs.supervision")
    monkeypatch.setattr(os, "kill", lambda *sent: pytest.fail(f"{sent}"))
    monkeypatch.setattr(signal, "pidfd_send_signal", lambda *sent: pytest.fail(f"{sent}"))
    run = left_by(SHORT, folder, state="running")
    mine = run_files.Owner.of(os.getpid())
    run_files.write_status(run.path, RunStatus("running"), owner=mine)
    run.stop()
    assert (run.path / "CANCEL").exists()
    assert run.status().message == "stopping"
    for _ in range(3):  # this process is still here
        clock.forward(supervision.PATIENCE)
        with boss._lock:
            boss._look()


def test_stop_of_an_ended_run_changes_nothing(boss: Supervisor, folder: Path) -> None:
    run = left_by(SHORT, folder, state="finished", step=46)
    run.stop()
    assert not (run.path / "CANCEL").exists()
    assert run.status().state == "finished"


def test_shipped_runs_are_read_only(boss: Supervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shipped = left_by(SHORT, tmp_path / "shipped", state="finished", step=46)
    monkeypatch.setattr(checkpoints, "SHIPPED", tmp_path / "shipped")
    before = {path.name: path.read_bytes() for path in shipped.path.iterdir()}
    assert runs.find(SHORT.run_id) == shipped
    assert runs.start(SHORT) == shipped
    with pytest.raises(runs.RunError, match="ships"):
        runs.delete(shipped.id)
    shipped.stop()
    own = runs.start(SHORT, again=True)
    assert own != shipped
    until(lambda: ended(own))
    assert runs.find(SHORT.run_id) == own
    assert {path.name: path.read_bytes() for path in shipped.path.iterdir()} == before
