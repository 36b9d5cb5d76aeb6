"""The page of all experiments: each one shows, and a file that is new in the family shows without any other change."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz import experiments
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict
from cnnviz.topics.experiments import captions, snippets, tables
from pages.learn.experiments import menu
from pages.shared.navigation import ROWS
from tests.support.app import app_at, written

PAGE = "pages/learn/experiments/page.py"
NAME = "kernel_count"
NEW = """
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict


def verdict(found: Results) -> Verdict:
    return Verdict(True, (f"{len(found.cells)} networks were trained.",))


EXPERIMENT = Experiment(
    name="kernel_count",
    title="How many kernels",
    question="Do twice as many kernels help?",
    cells=tuple(
        Cell(f"{count} kernels", TrainConfig("digits", "cnn", lr=0.05, options=(("n_feature", count),)))
        for count in (2, 4, 6, 8, 12)
    ),
    expect=verdict,
)
"""


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A file of its own, found as the family finds its files; everything as before once the test is over."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / f"{NAME}.py").write_text(NEW)
    monkeypatch.setattr(experiments, "__path__", [*experiments.__path__, str(folder)])
    monkeypatch.setattr(experiments.EXPERIMENTS, "_members", {})
    experiments._discover()
    yield NAME
    sys.modules.pop(f"{experiments.__name__}.{NAME}")
    delattr(experiments, NAME)


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_shows_whole(name: str) -> None:
    app = app_at(PAGE)
    app.query_params["experiments.which"] = experiments.get(name).title
    app.run()
    assert not app.exception, app.exception
    assert app.selectbox(key="experiments.which").value == name
    found, experiment = experiments.results(name), experiments.get(name)
    said = written(app)
    assert experiment.question in said
    assert experiment.expect(found).sentences[0][:60] in said
    assert len(app.get("plotly_chart")) >= 2
    assert app.button(key=f"{name}.start").label == "Run it again here"
    grid = app.dataframe[-1].value
    assert list(grid["cell"]) == [cell.label for cell in experiment.cells]


def test_a_new_file_shows_first_and_says_what_is_missing(new: str) -> None:
    app = app_at(PAGE).run()
    assert not app.exception, app.exception
    assert app.selectbox(key="experiments.which").value == new
    said = written(app)
    assert "Do twice as many kernels help?" in said
    assert f"python -m cnnviz.experiments {new} --ship" in said
    grid = app.dataframe[-1].value
    assert list(grid["n_feature"]) == ["2", "4", "6", "8", "12"]
    assert "lr 0.05" in said
    assert not app.button(key=f"{new}.start").disabled


def test_experiments_with_a_page_are_those_that_the_menu_names() -> None:
    named = [name for row in ROWS for name in row.experiments]
    assert len(named) == len(set(named)), "two pages are about one experiment"
    assert set(named) <= set(experiments.names())
    for row in ROWS:
        sources = "\n".join(path.read_text() for path in (Path(row.path).parent).glob("*.py"))
        for name in row.experiments:
            spelled = f'"{name}"' in sources or f"import {name}" in sources or f", {name}" in sources
            assert spelled or f"import {name} as experiment" in sources, f"{row.path} does not show {name}"


def _experiment(*configs: TrainConfig) -> Experiment:
    cells = tuple(Cell(str(place), config) for place, config in enumerate(configs))
    return Experiment("e", "E", "Which?", cells, lambda found: Verdict(True, "Some.", (str(found.n),)))


def test_the_grid_shows_what_differs_and_the_caption_the_rest() -> None:
    made = _experiment(
        TrainConfig("mnist", "cnn", lr=0.1, momentum=0.5, options=(("n_feature", 6),)),
        TrainConfig("mnist", "cnn", lr=0.2, momentum=0.5, augmentation=("crop", "flip")),
    )
    assert tables.grid(made) == [
        {"cell": "0", "lr": "0.1", "augmentation": "–", "n_feature": "6"},
        {"cell": "1", "lr": "0.2", "augmentation": "crop, flip", "n_feature": "–"},
    ]
    assert tables.alike(made) == {"dataset": "mnist", "model": "cnn", "momentum": "0.5"}
    assert captions.alike(made) == "The same in all 2 cells: dataset mnist, model cnn, momentum 0.5."


def test_missing_cells_are_counted() -> None:
    found = experiments.results("shuffle")
    partly = Results(found.name, found.dataset, (found.cells[0], *(type(one)(one.cell, ()) for one in found.cells[1:])))
    assert captions.missing(partly) == "1 of 3 cells have results, so there is no verdict yet."
    assert captions.missing(found) == ""


def test_the_snippet_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(snippets.results("shuffle"), "snippet", "exec"), {})
    printed = capsys.readouterr().out
    assert experiments.get("shuffle").expect(experiments.results("shuffle")).sentences[0] in printed


def test_new_experiments_stand_before_those_that_have_a_page(new: str) -> None:
    assert menu.ordered()[0] == new
    assert menu.page_of(new) is None
    own = menu.page_of("shuffle")
    assert own is not None
    assert own.url_path == "training_choices"
