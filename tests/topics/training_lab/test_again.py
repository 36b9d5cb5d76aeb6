"""A demonstration can be repeated: Train again and Reset make another take, and the run before is kept."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import checkpoints, run_files, runs
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.runs.supervision import Supervisor
from tests.support.app import app_at, opened, written
from tests.support.waiting import until

LAB = "pages/learn/training_lab/page.py"
LONG = TrainConfig("digits", "fc2layer", epochs=100_000, lr=0.05, seed=7, snapshots=4)


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor) -> Path:
    """The folder of runs and a supervisor of this test's own."""
    return checkpoints.runs_folder()


def ended(folder: Path, config: TrainConfig) -> runs.Run:
    """A run that has ended, without a worker."""
    path = folder / config.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, config)
    run_files.write_status(path, RunStatus("stopped", step=3), owner=run_files.Owner.of(1))
    return runs.get(path.name)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception, page.exception
    return page


def test_reset_waits_at_step_0_takes_single_steps_and_keeps_the_run_before(folder: Path) -> None:
    first = ended(folder, LONG)
    page = press(opened(app_at(LAB)), "lab.reset")
    second = next(run for run in runs.list() if run.id != first.id)
    assert second.config == first.config
    assert until(lambda: second.status().state == "paused"), second.status()
    assert second.status().step == 0
    assert page.selectbox(key="lab.run").value == second.id
    assert first.id in written(page).replace("\\", "")
    press(page.run(), "lab.step1")
    assert until(lambda: second.status().step == 1)
    press(page, "lab.reset")  # of a run under way: it is stopped, and kept
    assert second.status().state == "stopped"
    third = next(run for run in runs.list() if run.id not in (first.id, second.id))
    assert run_files.read_steering(third.path).paused
    third.stop()


def test_train_again_is_the_next_take_and_the_list_tells_them_apart(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ended(folder, LONG)
    taken: list[dict[str, bool]] = []

    def start(config: TrainConfig, **how: bool) -> runs.Run:
        taken.append(how)
        path = folder / f"{config.run_id}-2"
        path.mkdir()
        run_files.write_config(path, config)
        run_files.write_status(path, RunStatus("stopped"), owner=run_files.Owner.of(1))
        return runs.Run(path)

    monkeypatch.setattr(runs, "start", start)
    page = press(opened(app_at(LAB)), "lab.again")
    assert taken == [{"again": True, "paused": False}]
    labels = page.selectbox(key="lab.run").options
    assert any("take 1" in one for one in labels)
    assert any("take 2" in one for one in labels)
    assert first.id in written(page).replace("\\", "")


def test_a_start_that_is_refused_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(folder, dataclasses.replace(LONG, seed=8))

    def full(*_: object, **__: object) -> runs.Run:
        raise runs.QueueFull("all places are taken")

    monkeypatch.setattr(runs, "start", full)
    assert "all places are taken" in written(press(opened(app_at(LAB)), "lab.again"))
