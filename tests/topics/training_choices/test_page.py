"""The page on training choices as Streamlit runs it: four parts, cells that are missing, a race asked for, snippets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz import datasets, experiments
from cnnviz.experiments import results_files, worker
from cnnviz.experiments.running import ExperimentRequest
from tests.support.app import app_at, shows, written
from tests.test_experiments import made_up

PAGE = "pages/learn/training_choices/page.py"
PARTS = {
    "Order": "shuffle", "Batch size": "batch_sizes", "Augmentation": "augmentations", "Optimisers": "optimizers",
}  # fmt: skip


def opened(part: str, **query: str) -> AppTest:
    page = app_at(PAGE)
    page.query_params["choices.part"] = part
    for name, value in query.items():
        page.query_params[name.replace("__", ".")] = value
    page.run()
    assert not page.exception, page.exception
    assert not page.error
    return page


def printed_by(page: AppTest, number: int, capsys: pytest.CaptureFixture[str]) -> str:
    """What a code block of the source box prints."""
    snippet = next(box for box in page.expander if box.label == "Source").code[number].value
    with torch.random.fork_rng(devices=[]):
        exec(compile(snippet, "snippet", "exec"), {})
    return capsys.readouterr().out


@pytest.mark.parametrize("part", PARTS)
def test_a_part_opens_on_its_answer_and_its_snippets_run(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    page, name = opened(part), PARTS[part]
    assert page.segmented_control(key="choices.part").value == part
    found = experiments.results(name)
    if found.complete:
        verdict = experiments.get(name).expect(found)
        assert shows(page, verdict)
        assert "\n".join(verdict.sentences) in printed_by(page, 0, capsys)
    assert re.search(r"\d", printed_by(page, 1, capsys))
    assert experiments.get(name).question in [item.value for item in page.subheader]


def test_what_the_parts_prove_holds() -> None:
    for part, words in (
        ("Order", "class counts of an epoch"), ("Batch size", "mean of 4 batches"), ("Optimisers", "torch.optim.Adam"),
    ):  # fmt: skip
        lines = [line for line in written(opened(part)).splitlines() if words in line and "largest difference" in line]
        assert lines, part
        assert all(":green[" in line for line in lines)


def test_a_forgetful_network_is_described_by_its_numbers() -> None:
    words = written(opened("Order"))
    found = re.search(r"At the end (\d+) % are correct, averaged over all classes; shuffled, .*, it is (\d+) %", words)
    assert found
    assert int(found[1]) < 25 < 70 < int(found[2])


@pytest.mark.parametrize("there", [0, 2])
def test_a_part_opens_with_whatever_cells_exist(there: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None or two of four: the verdict waits, and the page says how many there are."""
    name = "augmentations"
    for cell in experiments.get(name).cells[:there]:
        results_files.append(tmp_path / "shipped" / results_files.RESULTS, made_up(cell.label, 0.5, config=cell.config))
    monkeypatch.setattr(experiments, "shipped_folder", lambda _: tmp_path / "shipped")
    page = opened("Augmentation")
    assert f"{there} of 4 cells are finished" in written(page)
    assert not page.success
    if not there:
        assert "Its results are not here yet" in written(page)


def test_run_it_again_asks_for_a_race(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ExperimentRequest] = []
    monkeypatch.setattr(worker, "start", asked.append)
    page = opened("Optimisers")
    page.number_input(key="optimizers.seed").set_value(4)  # and the click before the script has run with it
    page.button(key="optimizers.start").click().run()
    assert not page.exception
    small = not datasets.status("mnist").available
    assert asked == [ExperimentRequest("optimizers", (4,), small, 180.0, race=True)]


def test_own_runs_stand_beside_what_ships() -> None:
    small = not datasets.status("mnist").available
    path = experiments.own_folder("optimizers") / results_files.RESULTS
    for cell in experiments.get("optimizers").grid(small=small)[:2]:
        results_files.append(path, made_up(cell.label, 0.9, config=cell.config))
    page = opened("Optimisers")
    which = page.segmented_control(key="optimizers.raced")
    assert which.value == "What ships"
    which.set_value("Trained here").run()
    assert not page.exception
    page.button(key="optimizers.start")
    assert len(page.success) + len(page.warning) <= 1, "two of three cells give no verdict of one's own"


def test_a_link_brings_the_gradient_back() -> None:
    page = opened("Optimisers", choices__size="1.0", choices__noisy="0.0")
    words = written(page)
    assert "The gradients are 1 on average. SGD moves the weight by 0.05 in the first step and in the last" in words
    assert "Adam moves the weight by 0.001 in the first step and in the last" in words
