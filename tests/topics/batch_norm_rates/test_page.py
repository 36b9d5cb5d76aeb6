"""BatchNorm over learning rates: spans, steps and verdicts of made-up runs, the figures, and the page in AppTest."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz import experiments
from cnnviz.experiments import batch_norm_rates, learning_rates
from cnnviz.figures import looks
from cnnviz.records.experiments import Cell, CellResult, CellRun, Results
from cnnviz.records.learning_rates import RateLine, Span
from cnnviz.topics.batch_norm_rates import captions, figures
from tests.support.app import shows

PAGE = "pages/learn/batch_norm_rates/page.py"
NAME = batch_norm_rates.EXPERIMENT.name
LAYERS = ("features.norm1_1", "features.norm2_1")
LOST = math.nan


def run_of(cell: Cell, accuracy: float, *, seed: int = 0, lost: bool = False) -> CellRun:
    """A run whose batches rise evenly to `accuracy` over 100 steps, five steps a point."""
    steps = np.arange(5.0, 101, 5)
    curves = {"step": steps, "accuracy": accuracy * steps / 100, "loss": np.full(20, LOST if lost else 2.3)}
    epochs = {name: np.array([1.0]) for name in ("epoch", "step", "test_loss", "test_accuracy")}
    normed = dict(cell.config.options)["batch_norm"]
    probes = tuple(
        {"step": step, **{probe: dict.fromkeys(LAYERS if normed else (), None if lost else step / 10 + seed)
                          for probe in batch_norm_rates.EXPERIMENT.probes}}
        for step in (1, 50, 100)
    )  # fmt: skip
    config = dataclasses.replace(cell.config, seed=seed)
    return CellRun(cell.label, config, accuracy, LOST if lost else 2.3, curves, epochs, 1.0, "cpu", {}, probes)


def results_of(normed: list[float], plain: list[float], *, seeds: int = 1, lost: tuple[str, ...] = ()) -> Results:
    accuracies = {True: iter(normed), False: iter(plain)}
    cells = []
    for cell in batch_norm_rates.EXPERIMENT.grid():
        accuracy = next(accuracies[bool(dict(cell.config.options)["batch_norm"])])
        runs = [run_of(cell, accuracy, seed=seed, lost=cell.label in lost) for seed in range(seeds)]
        cells.append(CellResult(cell, tuple(runs)))
    return Results(NAME, "cifar10", tuple(cells))


WIDE = [0.4, 0.5, 0.55, 0.5, 0.3, 0.25, 0.1]
NARROW = [0.1, 0.1, 0.3, 0.4, 0.1, 0.3, 0.1]


# ------------------------------------------------------------------------------------------------ what is measured
def test_a_span_is_the_neighbours_of_the_best_rate() -> None:
    """0.3 trains as well, but a rate between does not: it belongs to no range."""
    wide, narrow = learning_rates.lines(results_of(WIDE, NARROW))
    assert wide.name == "with BatchNorm"
    assert list(wide.rates) == list(batch_norm_rates.RATES)
    assert (learning_rates.span(wide, 0.2).low, learning_rates.span(wide, 0.2).high) == (0.001, 0.3)
    assert learning_rates.span(wide, 0.2).decades == pytest.approx(2 + math.log10(3))
    assert learning_rates.span(narrow, 0.2) == Span(0.01, 0.03, 2)
    assert learning_rates.span(narrow, 0.35).decades == 0
    none = learning_rates.span(narrow, 0.5)
    assert none.count == 0
    assert none.decades == 0
    assert math.isnan(none.low)


def test_the_last_ten_batches_are_read_off_a_thinned_curve() -> None:
    """Against the batches themselves: buckets of one step, and of five."""
    each = np.random.default_rng(0).random(60)
    cell = batch_norm_rates.EXPERIMENT.grid()[0]
    run = run_of(cell, 0.5)
    single = dataclasses.replace(run, curves={"step": np.arange(1.0, 61), "accuracy": each, "loss": each})
    assert learning_rates.held(single)[9:] == pytest.approx([each[i - 10 : i].mean() for i in range(10, 61)])
    assert not learning_rates.held(single)[:9].any(), "fewer than ten batches prove nothing"
    fives = {"step": np.arange(5.0, 61, 5), "accuracy": each.reshape(12, 5).mean(1), "loss": each[:12]}
    thin = dataclasses.replace(run, curves=fives)
    assert learning_rates.held(thin)[1:] == pytest.approx([each[i - 10 : i].mean() for i in range(10, 61, 5)])


def test_steps_to_a_share_are_the_middle_seed_s_and_missing_where_most_never_get_there() -> None:
    found = results_of([0.6] * 7, [0.4] * 7, seeds=3)
    normed, plain = learning_rates.how_soon(found, [0.25, 0.5])
    # at step s the last two points of five steps each lie at 0.6·s/100 and 0.6·(s − 5)/100
    assert list(normed.steps[:, 0]) == [45, 90]
    assert plain.steps[0, 0] == 65
    assert np.isnan(plain.steps[1]).all()
    assert plain.most == pytest.approx(0.4 * 0.975)
    assert "without: at no rate, at most 39.0 %" in figures.half_words((normed, plain))
    mixed = [run_of(found.cells[1].cell, accuracy, seed=i) for i, accuracy in enumerate((0.8, 0.1, 0.1))]
    assert np.isnan(learning_rates._median([learning_rates.first_step(run, 0.5) for run in mixed]))
    assert learning_rates._median([learning_rates.first_step(run, 0.05) for run in mixed]) == 55


def test_a_run_whose_loss_is_no_number_has_diverged() -> None:
    found = results_of(WIDE, NARROW, seeds=2, lost=("without, 1",))
    assert learning_rates.lines(found)[1].diverged == (0, 0, 0, 0, 0, 0, 2)
    course = next(one for one in learning_rates.courses(found) if one.name == "without" and one.rate == 1)
    assert np.isnan(course.loss).all()
    assert course.diverged == 2


def test_a_course_is_the_mean_over_the_seeds_or_one_of_them() -> None:
    found = results_of(WIDE, NARROW, seeds=3)
    course = learning_rates.courses(found)[2]
    assert course.layers == LAYERS
    assert course.means[0] == pytest.approx([1.1, 6, 11])  # step/10 + the mean seed, which is 1
    assert course.accuracy[0, -1] == pytest.approx(0.55)
    alone = learning_rates.courses(found, seed=2)[2]
    assert alone.means[0] == pytest.approx([2.1, 7, 12])
    assert alone.seeds == 1
    assert learning_rates.courses(found, seed=9)[2].seeds == 0


def test_networks_of_two_experiments_stand_together() -> None:
    found = results_of(WIDE, NARROW)
    start = experiments.get("initial_weights")
    empty = Results(start.name, "cifar10", tuple(CellResult(cell, ()) for cell in start.grid()))
    assert learning_rates.together(found, empty).cells == found.cells
    runs = tuple(CellResult(cell, (run_of(cell, 0.4),)) for cell in start.grid())
    names = [
        line.name for line in learning_rates.lines(learning_rates.together(found, Results(start.name, "cifar10", runs)))
    ]
    assert names == ["with BatchNorm", "without", "He start"]


# ------------------------------------------------------------------------------------------------ the verdict
def test_the_verdict_follows_the_numbers() -> None:
    agreed = batch_norm_rates.verdict(results_of(WIDE, NARROW, lost=("without, 1",)))
    assert agreed.agrees
    text = " ".join(agreed.sentences)
    assert "55.0 % of the test images right, the one without 40.0 %" in agreed.sentences[0]
    assert "from 0.001 to 0.3, 2.5 decades; without, from 0.01 to 0.03, 0.5 decades" in text
    assert "it diverges at 1 and 3 of its 7 runs end at chance without diverging" in text
    turned = batch_norm_rates.verdict(results_of(NARROW, WIDE))
    assert not turned.agrees
    assert "the range is not wider with it, it allows no higher rate and the better network is the one without" in (
        " ".join(turned.sentences)
    )
    nowhere = batch_norm_rates.verdict(results_of(WIDE, [0.1] * 7))
    assert nowhere.agrees
    assert "without, at no rate of the grid" in nowhere.sentences[1]
    assert "7 of its 7 runs end at chance" in nowhere.sentences[2]
    alone = batch_norm_rates.verdict(results_of([0.1, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1], [0.1] * 7))
    assert "at one rate only, 0.003" in alone.sentences[1]
    everywhere = batch_norm_rates.verdict(results_of(WIDE, [0.3] * 7))
    assert "Without" not in everywhere.sentences[2]


# ------------------------------------------------------------------------------------------------ figures
def test_where_marks_chance_threshold_and_what_diverged() -> None:
    lines = learning_rates.lines(results_of(WIDE, NARROW, seeds=2, lost=("without, 1",)))
    shares = (0.2, 0.5)
    spans = [[learning_rates.span(line, share) for line in lines] for share in shares]
    drawn = figures.where(lines, shares, spans, chance=0.1, start=0.5)
    series = {one["name"]: one for one in drawn["panels"][0]["series"]}
    assert series["with BatchNorm"]["values"] == pytest.approx([100 * one for one in WIDE])
    assert series["chance, 10 %"]["values"] == [10]
    assert series["trains from here on"]["values"] == [[20], [50]]
    assert series["without, diverged"]["values"] == [None] * 6 + [10]
    assert "with BatchNorm, diverged" not in series
    assert drawn["start"] == 1
    assert drawn["frames"][1]["says"] == "with BatchNorm: 0.003 to 0.03, 1.0 decades; without: at no rate"
    assert len(drawn["panels"][0]["x"]) == 7
    low, high = drawn["panels"][0]["limits"]
    assert low == 0
    assert high > 55


def test_the_chart_of_steps_opens_on_half_or_on_what_is_reached() -> None:
    half = learning_rates.how_soon(results_of([0.7] * 7, NARROW))
    assert figures.how_soon(half)["frames"][figures.how_soon(half)["start"]]["label"] == "50 %"
    less = figures.how_soon(learning_rates.how_soon(results_of([0.4] * 7, NARROW)))
    assert less["frames"][less["start"]]["label"] == "35 %", "0.4·0.975 is reached, the next share is not"
    none = figures.how_soon(learning_rates.how_soon(results_of([0.1] * 7, [0.1] * 7)))
    assert "at no rate" in none["frames"][none["start"]]["says"]


def test_courses_have_a_frame_a_rate_and_a_line_a_layer() -> None:
    found = results_of(WIDE, NARROW, seeds=2, lost=("with BatchNorm, 1",))
    drawn = figures.courses(learning_rates.courses(found), runs="mean over 2 seeds")
    assert [frame["label"] for frame in drawn["frames"]] == ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"]
    assert [len(panel["series"]) for panel in drawn["panels"]] == [4, 4, 2, 2]
    assert "2 of 2 seeds diverged" in drawn["frames"][6]["says"]
    loss = drawn["panels"][1]["series"][1]["values"]
    assert loss[6] == [None] * 20
    assert loss[0] == pytest.approx([2.3] * 20)
    statistics = drawn["panels"][2]["series"][0]
    assert statistics["name"] == "norm1_1"
    assert statistics["values"][0] == pytest.approx([0.6, 5.5, 10.5])
    assert statistics["values"][6] == [None] * 3


def test_a_loss_on_its_way_to_infinity_does_not_stretch_the_axis() -> None:
    found = results_of(WIDE, NARROW)
    run = found.cells[0].runs[0]
    run.curves["loss"][3:] = [*np.geomspace(1e3, 1e30, 17)]
    loss = figures.courses(learning_rates.courses(found), runs="seed 0")["panels"][1]["series"][1]["values"]
    assert loss[0] == [2.3] * 3 + [None] * 17


def test_how_much_another_start_does_alone() -> None:
    one, two = learning_rates.lines(results_of(WIDE, NARROW))
    nothing = learning_rates.lines(results_of(WIDE, [0.1] * 7))[1]
    spans = {line: learning_rates.span(line, 0.2) for line in (one, two, nothing)}
    part = captions.start((one, spans[one]), (nothing, spans[nothing]), (two, spans[two]))
    assert "from 0.01 to 0.03, 0.5 decades and classifies at best 40.0 % of the test images" in part
    assert "brings 2.0 decades and 15.0 points" in part
    assert "what other initial weights do not" in captions.start(*((line, spans[line]) for line in (one, two, two)))
    assert "all that BatchNorm does" in captions.start(*((line, spans[line]) for line in (one, nothing, one)))


def test_statistics_to_take_along_name_rate_layer_and_step() -> None:
    lines = figures.statistics_csv(
        learning_rates.courses(results_of(WIDE, NARROW, lost=("with BatchNorm, 1",)))
    ).splitlines()
    assert lines[0] == "network,learning_rate,step,layer,running_mean_rms,running_deviation"
    assert lines[1] == "with BatchNorm,0.001,1.0,features.norm1_1,0.1,0.1"
    assert lines[-1] == "with BatchNorm,1.0,100.0,features.norm2_1,,"
    assert len(lines) == 1 + 7 * 2 * 3


def test_layer_colours_are_legible_on_both_grounds() -> None:
    for colour in figures.depths(8):
        assert looks.contrast(colour, looks.LIGHT.background) >= 3
        assert looks.contrast(colour, looks.DARK.background) >= 3
    assert figures.depths(1) == [figures.DEPTHS[0]]


def test_a_line_without_runs_has_gaps() -> None:
    line = RateLine("x", np.array([0.1, 1.0]), (np.array([0.2, 0.4]), np.zeros(0)), (0, 0))
    assert line.means[0] == pytest.approx(0.3)
    assert np.isnan([line.means[1], line.lowest[1], line.highest[1]]).all()


# ------------------------------------------------------------------------------------------------ the page
def test_it_opens_on_the_shipped_answer_and_its_snippet_prints_it(
    page: AppTest, capsys: pytest.CaptureFixture[str]
) -> None:
    page.run()
    assert not page.exception, page.exception
    found = experiments.results(NAME)
    verdict = batch_norm_rates.verdict(found)
    assert shows(page, verdict)
    table = page.dataframe[0].value
    both = learning_rates.together(found, experiments.results("initial_weights"))
    assert table["cell"].tolist() == [one.cell.label for one in both.cells]
    assert min(table["n"]) >= 1
    box = next(box for box in page.expander if box.label == "Source")
    with torch.random.fork_rng(devices=[]):
        exec(compile(box.code[0].value, "snippet", "exec"), {})
    printed = capsys.readouterr().out
    assert tuple(printed.splitlines()[-len(verdict.sentences) :]) == verdict.sentences
    line = learning_rates.lines(found)[0]
    assert re.search(rf"with BatchNorm .* trains from {learning_rates.span(line, 0.2).low:g} ", printed)


def test_a_link_chooses_a_seed_and_the_other_experiment_can_be_run(page: AppTest) -> None:
    page.query_params["rates.seed"] = "0"
    page.run()
    assert not page.exception
    assert page.segmented_control(key="rates.seed").value == "0"
    page.segmented_control(key="rates.which").set_value("initial_weights").run()
    assert not page.exception
    assert page.button(key="initial_weights.start")


def test_nothing_shipped_is_said(page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "shipped_folder", lambda name: tmp_path / name)
    page.run()
    assert not page.exception
    assert "No finished results" in page.info[0].value
