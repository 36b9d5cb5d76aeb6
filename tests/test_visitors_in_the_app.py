"""Two visitors and a teacher in the app itself: each session shows its own runs, and a link opens nobody else's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import checkpoints, limits, networks, run_files, runs, visitors
from cnnviz.attempts import Attempts
from cnnviz.experiments import worker as experiment_worker
from cnnviz.experiments.running import ExperimentRequest
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.runs import supervision
from cnnviz.runs.supervision import Supervisor
from pages.shared import cache
from tests.support.app import app_at, opened, written
from tests.support.waiting import until

LAB = "pages/learn/training_lab/page.py"
ANNA, BEN = "a" * 32, "b" * 32
KEY = "the teacher's own key"


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))
    monkeypatch.setattr(visitors, "_asked", [])
    monkeypatch.setattr(visitors, "ATTEMPTS", Attempts(each=limits.KEYS, together=limits.ALL_KEYS, seconds=3600.0))
    monkeypatch.setenv(visitors.SHARED, "1")
    monkeypatch.setenv(visitors.TEACHER, KEY)
    return checkpoints.runs_folder()


def of(key: str, path: str = LAB) -> AppTest:
    """The page as the browser with this key sees it."""
    page = app_at(path)
    page.session_state["visitor.key"] = key
    return page


def every_run() -> list[runs.Run]:
    """Whoever's: a thread that belongs to no session is shown none of them where visitors are kept apart."""
    assert not runs.list()
    with visitors.acting_as(visitors.EVERYBODY):
        return runs.list()


def listed(page: AppTest) -> set[str]:
    """Own runs in the lab's list."""
    return {line for line in page.selectbox(key="lab.run").options if "ships with" not in line}


def test_each_starts_sees_and_stops_their_own() -> None:
    hers = opened(of(ANNA))
    hers.button(key="train.start").click().run()
    (run,) = every_run()
    assert visitors.owner_of(run.path) == visitors.id_of(ANNA)
    assert {run.id.rpartition("-")[2]} == {line.rpartition(" ")[2] for line in listed(hers)}
    assert "1 of 3 runs" in written(hers)
    assert f"You are {visitors.called(visitors.id_of(ANNA))} here" in written(hers)
    his = opened(of(BEN))
    assert not listed(his)
    assert not [button for button in his.button if button.key in ("train.stop", "lab.stop")]
    assert "0 of 3 runs" in written(his)
    his.button(key="train.start").click().run()
    assert len(every_run()) == 2  # the same settings, and another run
    assert "Place in the queue: 1." in written(his.run())
    next(button for button in his.button if button.key == "train.stop").click().run()
    assert run.status().alive


def test_a_run_that_has_ended_counts_no_more_while_its_process_still_leaves(
    boss: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is drawn once more when a run has ended, and not again when its process has."""
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker", "0.005", "3600"))
    hers = opened(of(ANNA))
    hers.button(key="train.start").click().run()
    (run,) = every_run()
    run.pause()
    until(lambda: run.status().state == "paused")
    hers.run()
    assert "1 of 3 runs" in written(hers)
    run.advance(1)
    run_files.ask_to_stop(run.path)  # as another server does: this one does not hurry the process
    until(lambda: run.status().state == "stopped")
    hers.run()
    assert boss.owns(run.path)
    assert "0 of 3 runs" in written(hers)


def test_the_teacher_sees_all_with_the_key() -> None:
    hers = opened(of(ANNA))
    hers.button(key="train.start").click().run()
    (run,) = every_run()
    page = opened(of("c" * 32))
    page.text_input(key="visitor.typed").set_value("not it").run()
    assert not listed(page)
    assert "not the teacher's key" in written(page)
    for _ in range(limits.KEYS):
        page.text_input(key="visitor.typed").set_value("nor that").run()
    assert "Too many keys were tried" in written(page)
    page.text_input(key="visitor.typed").set_value(KEY).run()
    assert not listed(page)  # the right one is not looked at now, either
    visitors.ATTEMPTS.forgive(visitors.id_of("c" * 32))
    page.text_input(key="visitor.typed").set_value(KEY).run()
    assert {run.id.rpartition("-")[2]} == {line.rpartition(" ")[2] for line in listed(page)}
    assert all(line.startswith(visitors.called(visitors.id_of(ANNA))) for line in listed(page))
    assert KEY not in written(page)


def test_the_teacher_sees_and_stops_anothers_experiment() -> None:
    """It takes a place like a run, and stands in no list of runs."""
    asked = ExperimentRequest("permuted_pixels", (0,), small=True)
    with visitors.acting_as(visitors.Visitor(visitors.id_of(ANNA))):
        experiment_worker.start(asked)
    his, page = opened(of(BEN)), of("c" * 32)
    page.session_state["visitor.teacher"] = True
    opened(page)
    assert "permuted pixels" not in written(his)
    assert f"{visitors.called(visitors.id_of(ANNA))}: permuted pixels, " in written(page)
    (stop,) = [button for button in page.button if "permuted_pixels" in str(button.key)]
    stop.click().run()
    with visitors.acting_as(visitors.Visitor(visitors.id_of(ANNA))):
        assert until(lambda: experiment_worker.status(asked.name).state == "stopped")
    assert "permuted pixels" not in written(page.run())


def a_trained_run_of(key: str, folder: Path) -> str:
    """A copy of a shipped run that bears this visitor's mark."""
    shipped = next(item for item in checkpoints.available() if item.shipped and item.config.model == "fc2layer")
    config = TrainConfig("digits", "fc2layer", seed=4711)
    path = folder / config.run_id
    path.mkdir(parents=True)
    for name in ("run.json", "weights.safetensors"):
        (path / name).write_bytes((shipped.path / name).read_bytes())
    run_files.write_config(path, shipped.config)
    run_files.write_status(path, RunStatus("finished"), owner=run_files.Owner.of(1))
    visitors.mark(path, visitors.Visitor(visitors.id_of(key)))
    return path.name


def test_a_link_to_anothers_network_opens_nothing(folder: Path) -> None:
    """Even where it is in the cache already, because its owner looked at it."""
    run_id = a_trained_run_of(ANNA, folder)
    choice = networks.run_choice(run_id)
    explore = "pages/look/explore/page.py"
    opened(of(ANNA, explore), network=choice)
    with visitors.acting_as(visitors.Visitor(visitors.id_of(ANNA))):
        cache.network(choice)
    page = opened(of(BEN, explore), network=choice)
    assert any("cannot be opened" in item.value for item in page.error)
    with visitors.acting_as(visitors.Visitor(visitors.id_of(BEN))), pytest.raises(checkpoints.CheckpointError):
        cache.network(choice)


def test_alone_there_is_nothing_of_all_this(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(visitors.SHARED, "0")
    page = opened(app_at(LAB))
    assert "Yours here" not in written(page)
    assert not [field for field in page.text_input if field.key == "visitor.typed"]
    assert visitors.current() == visitors.EVERYBODY
