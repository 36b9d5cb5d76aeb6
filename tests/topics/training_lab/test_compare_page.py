"""The lab's comparison, through the page: a race from its button to its table, runs out of a link, names and notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz import checkpoints, run_files, runs
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.runs import notes
from cnnviz.runs.supervision import Supervisor
from cnnviz.topics.training_lab import captions
from tests.support.app import app_at, opened, written
from tests.support.waiting import until

LAB = "pages/learn/training_lab/page.py"
SHORT = TrainConfig("digits", "fc2layer", epochs=1, lr=0.05, seed=7)


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor) -> Path:
    """The folder of runs and a supervisor of this test's own."""
    return checkpoints.runs_folder()


def test_a_race_is_trained_and_compared_by_one_button() -> None:
    page = opened(app_at(LAB), lab__part="Compare runs")
    page.selectbox(key="train.model").set_value("fc2layer")
    page.selectbox(key="train.unit").set_value("epochs")
    page.number_input(key="train.amount").set_value(1).run()
    page.text_input(key="lab.race.lr").set_value("0.05, 0.2").run()
    page.button(key="lab.race.start").click().run()
    assert {run.config.lr for run in runs.list()} == {0.05, 0.2}
    assert sorted(page.multiselect(key="lab.compared").value) == sorted(run.id for run in runs.list())
    assert until(lambda: all(run.status().state == "finished" for run in runs.list()))
    page.run()
    assert "They differ in the learning rate and in nothing else." in written(page)
    assert set(page.dataframe[0].value["run"]) == {run.id for run in runs.list()}
    page.button(key="lab.race.start").click().run()
    assert len(runs.list()) == 2
    assert "2 were trained before" in written(page)


def test_a_link_brings_back_what_was_compared_and_only_what_is_there() -> None:
    shipped = [one.run_id for one in checkpoints.available()][:2]
    page = opened(app_at(LAB), lab__part="Compare runs", lab__runs=" ".join([*shipped, "nothing-here-00000000"]))
    assert page.multiselect(key="lab.compared").value == shipped
    assert page.query_params["lab.runs"] == " ".join(shipped)


def test_a_link_opens_its_run_by_id_and_by_the_words_of_links_of_before() -> None:
    one = [item for item in checkpoints.available() if item.shipped][-1]
    for link in ({"lab__id": one.run_id}, {"lab__run": one.run_id}, {"lab__run": captions.shipped_run(one.title)}):
        page = opened(app_at(LAB), **link)
        assert page.selectbox(key="lab.run").value == one.run_id
    assert opened(app_at(LAB), lab__run="gone").selectbox(key="lab.run").value


def test_a_name_stays_with_its_run_and_leads_its_line(folder: Path) -> None:
    path = folder / SHORT.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, SHORT)
    run_files.write_status(path, RunStatus("stopped", step=3), owner=run_files.Owner.of(1))
    run = runs.get(path.name)
    page = opened(app_at(LAB))
    page.text_input(key=f"lab.notes.name.{run.id}").set_value("*mine*\nalone").run()
    assert notes.read(run.path).name == "*mine* alone"
    shown = next(one for one in page.selectbox(key="lab.run").options if one.startswith("*mine*"))
    assert "LeNet" not in shown
    (run.path / notes.FILE).write_text('{"name": 3, "note": []}')
    assert notes.read(run.path) == notes.Notes()
