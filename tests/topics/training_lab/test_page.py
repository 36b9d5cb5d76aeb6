"""The training lab: a run that was cut off goes on, a deleted one comes back, troubles are named."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import checkpoints, run_files, runs
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.runs import supervision
from cnnviz.runs.supervision import Supervisor
from pages.shared.training import troubles
from tests.support.app import app_at, opened, written
from tests.support.waiting import until

LAB = "pages/learn/training_lab/page.py"
SHORT = TrainConfig("digits", "fc2layer", epochs=2, lr=0.05, seed=7)


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor) -> Path:
    """The folder of runs and a supervisor of this test's own."""
    return checkpoints.runs_folder()


def cut_off(monkeypatch: pytest.MonkeyPatch, boss: Supervisor) -> runs.Run:
    """A run whose server was ended while it trained."""
    run = runs.start(dataclasses.replace(SHORT, epochs=100_000))
    assert until(lambda: run.status().step > 20)
    boss.close()
    monkeypatch.setattr(supervision, "CURRENT", [])
    return run


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception, page.exception
    return page


def names(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def test_a_run_that_was_cut_off_goes_on_by_its_button(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = cut_off(monkeypatch, boss)
    before = run.status().step
    assert run.status().state == "interrupted"
    page = opened(app_at(LAB))
    assert {"Go on", "Delete"} <= names(page)
    press(page, "Go on")
    assert until(lambda: run.status().step > before), run.status()
    assert "Go on" not in names(page.run())
    run.stop()
    assert until(lambda: not run.status().alive)
    runs.supervisor().close()


def test_a_run_that_was_deleted_comes_back(folder: Path) -> None:
    path = folder / SHORT.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, SHORT)
    run_files.write_status(path, RunStatus("stopped", step=3), owner=run_files.Owner.of(1))
    page = opened(app_at(LAB))
    assert path.name in page.selectbox(key="lab.run").value
    press(page, "Delete")
    assert runs.find(path.name) is None
    assert path.name in written(page).replace("\\", "")
    assert runs.deleted() == [path.name]
    press(page, "Undo")
    assert runs.find(path.name) is not None
    assert page.selectbox(key="lab.run").value == path.name
    assert "Undo" not in names(page)


def test_shipped_runs_have_neither_button() -> None:
    page = opened(app_at(LAB))
    assert not {"Go on", "Delete"} & names(page)


def test_the_same_settings_train_again_and_the_first_is_kept() -> None:
    page = opened(app_at(LAB))
    page.number_input(key="train.amount").set_value(1)
    page.selectbox(key="train.unit").set_value("epochs")
    for take in (1, 2):
        page.button(key="train.start").click().run()
        (newest, *older) = runs.list()
        assert until(lambda: runs.list()[0].status().state == "finished"), newest.status()
        assert len(older) == take - 1
    assert newest.id == f"{older[0].id}-2"
    assert older[0].id in written(page).replace("\\", "")


def test_what_cannot_be_read_is_named_in_one_line(folder: Path) -> None:
    for number in range(5):
        path = folder / f"digits-cnn-0000000{number}"
        path.mkdir(parents=True)
        (path / run_files.CONFIG).write_text("{")
    said = [line for line in written(opened(app_at(LAB))).splitlines() if "set aside" in line]
    assert said == [troubles.unreadable(sorted(runs.unreadable()))]
    assert "and 2 more" in said[0]


def test_what_keeps_runs_waiting_is_said(boss: Supervisor) -> None:
    boss._problem = "the folder of runs cannot be written (No space left on device): free some space there"
    page = opened(app_at(LAB))
    assert any("No space left" in item.value for item in page.warning)


def test_a_trained_network_can_be_taken_away() -> None:
    page = opened(app_at(LAB), lab__run="mnist-lenet5-df3d2154")
    assert "Take this network away (ZIP)" in [button.label for button in page.get("download_button")]
