"""Dropout and overfitting: curves by epoch, gaps, likeness and verdicts of made-up runs, and the page in AppTest."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from streamlit.testing.v1 import AppTest

from cnnviz import experiments, models
from cnnviz.experiments import dropout_curves, dropout_overfitting, results_files
from cnnviz.records import Step
from cnnviz.records.experiments import Cell, CellResult, CellRun, Results, half_interval
from cnnviz.topics.overfitting import captions, figures
from tests.support.app import shows

PAGE = "pages/learn/overfitting/page.py"
NAME = dropout_overfitting.EXPERIMENT.name
EPOCHS, PER_EPOCH = 10, 20


def run_of(cell: Cell, seed: int, *, training: float, test: float, alike: float) -> CellRun:
    """Batches are right to `training` throughout; the test loss falls to 0.3 in the middle and ends at 0.5."""
    steps = np.arange(1.0, EPOCHS * PER_EPOCH + 1)
    curves = {"step": steps, "accuracy": np.full(len(steps), training), "loss": 1 / steps}
    epoch = np.arange(1.0, EPOCHS + 1)
    loss = np.interp(epoch, [1, 5, EPOCHS], [2.0, 0.3, 0.5])
    epochs = {"epoch": epoch, "step": PER_EPOCH * epoch, "test_loss": loss, "test_accuracy": np.full(EPOCHS, test)}
    probes = tuple(
        {"step": step, "co_adaptation": {"hidden1": alike / 2, "hidden2": alike * step / 200}} for step in (1, 100, 200)
    )
    config = dataclasses.replace(cell.config, seed=seed)
    return CellRun(cell.label, config, test, float(loss[-1]), curves, epochs, 1.0, "cpu", {}, probes)


def results_of(training: list[float], test: list[float], alike: list[float], *, seeds: int = 3) -> Results:
    """A cell each; its seeds lie a tenth of a point below, at and above what is asked for."""
    cells = []
    for i, cell in enumerate(dropout_overfitting.EXPERIMENT.grid()):
        runs = [run_of(cell, seed, training=training[i], test=test[i] + 0.001 * (seed - 1), alike=alike[i])
                for seed in range(seeds)]  # fmt: skip
        cells.append(CellResult(cell, tuple(runs)))
    return Results(NAME, "mnist", tuple(cells))


AS_DESCRIBED = ([1.0, 0.99, 0.98, 0.95], [0.89, 0.9, 0.91, 0.9], [0.4, 0.3, 0.2, 0.1])


# ------------------------------------------------------------------------------------------------ what is measured
def test_training_by_epoch_is_the_mean_of_its_batches() -> None:
    """From the thinned curve, against the batches that were thinned."""
    each = np.random.default_rng(0).random(EPOCHS * PER_EPOCH)
    steps = [Step(i + 1, 1, 1 - value, value, 0.1, 0.0, 1.0) for i, value in enumerate(each)]
    whole = run_of(dropout_overfitting.EXPERIMENT.grid()[0], 0, training=1, test=0.9, alike=0.1)
    exact = {name: np.array([getattr(step, name) for step in steps]) for name in ("step", "accuracy", "loss")}
    truth = each.reshape(EPOCHS, PER_EPOCH).mean(axis=1)
    assert dropout_curves.by_epoch(dataclasses.replace(whole, curves=exact), "accuracy") == pytest.approx(truth)
    assert dropout_curves.by_epoch(dataclasses.replace(whole, curves=exact), "loss") == pytest.approx(1 - truth)
    thin = dataclasses.replace(whole, curves=results_files.thinned(steps, points=60))
    assert dropout_curves.by_epoch(thin, "accuracy").mean() == pytest.approx(truth.mean())
    assert dropout_curves.by_epoch(thin, "accuracy") == pytest.approx(truth, abs=0.08)


def test_gaps_rises_and_ends_of_every_run() -> None:
    plain, *_ = found = dropout_curves.dropped(results_of(*AS_DESCRIBED))
    assert [one.share for one in found] == [0, 0.25, 0.5, 0.75]
    assert plain.gaps == pytest.approx([0.111, 0.11, 0.109])
    assert plain.rises == pytest.approx([0.2] * 3)
    assert plain.ends == pytest.approx(np.array([[0.2, 0.4]] * 3))
    assert plain.together.shape == (3, 2, 3)


def test_half_an_interval_is_student_s() -> None:
    values = np.array([0.9, 0.93, 0.87, 0.91, 0.9])
    low, high = stats.t.interval(0.95, 4, loc=values.mean(), scale=stats.sem(values))
    assert half_interval(values) == pytest.approx((high - low) / 2, rel=1e-3)
    assert math.isnan(half_interval(values[:1]))


def test_help_is_more_than_the_seeds_scatter() -> None:
    plain, other, *_ = dropout_curves.dropped(results_of([1] * 4, [0.89, 0.892, 0.895, 0.95], [0.1] * 4))
    assert half_interval(plain.test[:, -1]) == pytest.approx(0.0025, abs=1e-4)
    assert not dropout_curves.helps(plain, other), "0.2 points are within 0.25·√2"
    assert dropout_curves.helps(plain, dropout_curves.dropped(results_of([1] * 4, [0.895] * 4, [0.1] * 4))[0])
    alone, half, *_ = dropout_curves.dropped(results_of([1] * 4, [0.89, 0.894, 0.896, 0.95], [0.1] * 4, seeds=1))
    assert not dropout_curves.helps(alone, half)


def test_likeness_and_accuracy_are_correlated_over_all_runs() -> None:
    found = dropout_curves.dropped(results_of(*AS_DESCRIBED))
    alike = np.repeat([0.4, 0.3, 0.2, 0.1], 3)
    right = np.concatenate([one.test[:, -1] for one in found])
    truth = stats.pearsonr(alike, right).statistic
    assert dropout_curves.agreement(found, 1) == pytest.approx(truth)
    assert f"{truth:+.2f}".replace("-", "−") in captions.likeness_and_accuracy(
        found, [dropout_curves.agreement(found, i) for i in (0, 1)]
    )
    same = dropout_curves.dropped(results_of([1] * 4, [0.9] * 4, [0.1] * 4, seeds=1))
    assert math.isnan(dropout_curves.agreement(same, 0))
    assert "too few" in captions.likeness_and_accuracy(same, [math.nan, math.nan])


def test_unrelated_units_correlate_as_said() -> None:
    values = np.random.default_rng(0).normal(size=(256, 200))
    truth = np.abs(np.corrcoef(values.T))[np.triu_indices(200, 1)].mean()
    assert float(re.findall(r"0\.\d\d", captions.co_adaptation())[0]) == pytest.approx(truth, abs=0.005)


def test_the_network_has_as_many_parameters_as_said() -> None:
    network = models.build("fc2layer", input_shape=(1, 28, 28), classes=10, hidden=dropout_overfitting.HIDDEN)
    assert sum(one.numel() for one in network.parameters()) == dropout_overfitting.PARAMETERS


# ------------------------------------------------------------------------------------------------ the verdict
def test_the_verdict_follows_the_numbers() -> None:
    agreed = dropout_overfitting.verdict(results_of(*AS_DESCRIBED))
    text = " ".join(agreed.sentences)
    assert agreed.agrees
    assert "Without dropout 89.0 %" in agreed.sentences[0]
    assert "+1.0, +2.0 and +1.0 points" in agreed.sentences[0]
    assert "11.0 (none dropped), 9.0 (25 %), 7.0 (50 %) and 5.0 (75 %) points apart" in text
    assert "dropout on" in text
    assert "best here with 50 % dropped" in agreed.sentences[-1]
    training, test, alike = AS_DESCRIBED
    closer = dropout_overfitting.verdict(results_of(training, test, alike[::-1]))
    assert not closer.agrees
    assert "hidden units do not become less alike" in closer.sentences[-1]
    useless = dropout_overfitting.verdict(results_of(training, [0.89] * 4, alike))
    assert not useless.agrees
    assert "not more test images are right" in useless.sentences[-1]
    assert "the gap narrows" in useless.sentences[-1]
    wider = dropout_overfitting.verdict(results_of([0.9, 1, 1, 1], [0.89, 0.8, 0.8, 0.8], alike))
    assert wider.sentences[-1].startswith("This differs")
    assert "−9.0" in wider.sentences[0]


def test_units_that_all_fell_silent_have_no_number() -> None:
    found = results_of(AS_DESCRIBED[0], AS_DESCRIBED[1], [0.4, math.nan, 0.2, 0.1])
    said = dropout_overfitting.verdict(found)
    assert not said.agrees
    assert "no number" in said.sentences[3]


# ------------------------------------------------------------------------------------------------ figures
def test_every_share_has_its_panel_and_the_epoch_marks_all() -> None:
    found = dropout_curves.dropped(results_of(*AS_DESCRIBED))
    drawn = figures.over_epochs(found, "accuracy")
    assert drawn["panels"][0]["title"] == "p = 0, no dropout: right (%)"
    assert len(drawn["panels"]) == 4
    assert drawn["frames"][-1]["at"] == EPOCHS
    assert drawn["frames"][-1]["says"].startswith(
        "Training batches and test images right: p = 0: 100.0 and 89.0 %; p = 0.25: 99.0 and 90.0 %"
    )
    band, line = drawn["panels"][2]["series"][2:]
    assert line["values"] == pytest.approx([91] * EPOCHS)
    assert band["values"][0] == pytest.approx([90.9] * EPOCHS)
    assert band["values"][1] == pytest.approx([91.1] * EPOCHS)
    gaps, rises = figures.over_epochs(found, "gap")["panels"]
    assert gaps["series"][1]["values"] == pytest.approx([11] * EPOCHS)
    truth = np.interp(np.arange(1, EPOCHS + 1), [1, 5, EPOCHS], [0, 0, 0.2])
    assert rises["series"][1]["values"] == pytest.approx(truth, abs=1e-6)
    assert figures.over_epochs(found, "loss")["panels"][0]["limits"][1] == pytest.approx(2.0)
    with pytest.raises(KeyError, match="accuracy, gap, loss"):
        figures.over_epochs(found, "speed")
    alone = figures.over_epochs(dropout_curves.dropped(results_of(*AS_DESCRIBED, seeds=1)), "accuracy")
    assert len(alone["panels"][0]["series"]) == 2, "one seed spans no band"


def test_bars_dots_and_the_table_carry_the_intervals() -> None:
    found = dropout_curves.dropped(results_of(*AS_DESCRIBED))
    bars, dots = figures.ends(found, theme="light"), figures.accuracies(found, theme="dark")
    assert list(bars.data[1].y) == pytest.approx([89, 90, 91, 90])
    assert list(bars.data[1].error_y.array) == pytest.approx([100 * half_interval(one.test[:, -1]) for one in found])
    for text in bars.layout.xaxis.ticktext:
        training, test, gap = map(float, re.findall(r"\d+\.\d", text.split("<br>", 1)[1])[:3])
        assert gap == pytest.approx(training - test), "the gap is that of the two numbers above it"
    assert "= 11.0 ± 0.2" in bars.layout.xaxis.ticktext[0]
    assert len(dots.data[0].x) == 12
    rows = figures.table(found)
    assert rows[2]["test images (%)"] == "91.0 ± 0.2"
    assert rows[2]["|r| in hidden2"] == "0.200 ± 0.000"
    lonely = figures.ends(dropout_curves.dropped(results_of(*AS_DESCRIBED, seeds=1)))
    assert not lonely.data[0].error_y.visible
    assert figures.with_interval(np.array([-0.5])) == "−0.5"


def test_every_epoch_is_a_line_to_take_along() -> None:
    lines = figures.epochs_csv(dropout_curves.dropped(results_of(*AS_DESCRIBED))).splitlines()
    assert len(lines) == 1 + 4 * 3 * EPOCHS
    assert lines[1].startswith("0.0,0,1,1,0.889,")
    assert lines[-1].startswith(f"0.75,2,{EPOCHS},0.95,0.901,")
    assert lines[-1].endswith(",0.5")


def test_likeness_has_a_panel_a_layer() -> None:
    found = dropout_curves.dropped(results_of(*AS_DESCRIBED))
    drawn = figures.likeness(found)
    assert [panel["title"].split(":")[0] for panel in drawn["panels"]] == ["hidden1", "hidden2"]
    assert drawn["panels"][1]["series"][1]["values"] == pytest.approx([0.002, 0.2, 0.4])
    assert drawn["frames"][1]["says"].startswith("hidden1 and hidden2: p = 0: 0.200 and 0.200")
    marks = figures.beside(found)
    assert [len(trace.x) for trace in marks.data] == [3] * 8


# ------------------------------------------------------------------------------------------------ the page
def test_it_opens_on_the_shipped_answer_and_its_snippet_prints_it(
    page: AppTest, capsys: pytest.CaptureFixture[str]
) -> None:
    page.run()
    assert not page.exception, page.exception
    found = experiments.results(NAME)
    verdict = dropout_overfitting.verdict(found)
    assert shows(page, verdict)
    assert any("with dropout on" in str(one.value) for one in page.caption)
    table = page.dataframe[0].value
    assert table["dropped"].tolist() == [cell.label for cell in dropout_overfitting.EXPERIMENT.cells]
    assert float(table["test images (%)"][0].split(" ")[0]) == pytest.approx(100 * found["p = 0"].mean, abs=0.06)
    box = next(box for box in page.expander if box.label == "Source")
    with torch.random.fork_rng(devices=[]):
        exec(compile(box.code[0].value, "snippet", "exec"), {})
    assert "\n".join(verdict.sentences) in capsys.readouterr().out


def test_a_link_chooses_what_is_shown(page: AppTest) -> None:
    page.query_params["overfitting.shown"] = "gap"
    page.run()
    assert not page.exception
    assert page.segmented_control(key="overfitting.shown").value == "gap"
    page.query_params["overfitting.shown"] = "speed"
    assert not page.run().exception


def test_nothing_shipped_is_said(page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "shipped_folder", lambda name: tmp_path / name)
    page.run()
    assert not page.exception
    assert "No finished results" in page.info[0].value
