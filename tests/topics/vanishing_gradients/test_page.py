"""Vanishing gradients: what is kept of each layer's gradient, what the verdicts make of it, and the page."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz import experiments, training
from cnnviz.experiments import results_files, vanishing_deep, vanishing_lenet
from cnnviz.figures import gradient_norms as figures
from cnnviz.figures import looks
from cnnviz.operations import activation
from cnnviz.records import Step
from cnnviz.records.experiments import CellResult, Results
from cnnviz.records.gradient_norms import (
    PROBE,
    STEEPEST,
    divergence_step,
    divergences,
    gradient_norms,
)
from tests.support.app import opened, shows, written
from tests.test_experiments import made_up, results_of

PAGE = "pages/learn/vanishing_gradients/page.py"
LENET, DEEP = "vanishing_lenet", "vanishing_deep"
LAYERS = ("conv1", "conv2", "fc1", "fc2", "fc3")


def measured(name: str, accuracies: dict[str, list[float]], shares: dict[str, float]) -> Results:
    """Made-up results in which each cell's first layer gets that share of the last one's gradient, at two steps."""
    cells = []
    for one in results_of(name, accuracies).cells:
        norms = dict.fromkeys(LAYERS, 1.0) | {LAYERS[0]: shares[one.cell.label]}
        probes = tuple({"step": step, PROBE: norms} for step in (1, 9))
        cells.append(CellResult(one.cell, tuple(dataclasses.replace(run, probes=probes) for run in one.runs)))
    return Results(name, "mnist", tuple(cells))


def deep(accuracies: dict[str, float], shares: dict[str, float]) -> Results:
    labels = [cell.label for cell in experiments.get(DEEP).cells]
    return measured(DEEP, {label: [accuracies.get(label, 0.9)] for label in labels},
                    {label: shares.get(label, 0.5) for label in labels})  # fmt: skip


def lost(found: Results, label: str) -> Results:
    """The same, with the cell's runs diverged."""
    cells = [
        CellResult(one.cell, tuple(dataclasses.replace(run, test_loss=math.nan) for run in one.runs))
        if one.cell.label == label else one
        for one in found.cells
    ]  # fmt: skip
    return Results(found.name, found.dataset, tuple(cells))


# ------------------------------------------------------------------------------------------------ what is kept
def test_norms_are_medians_over_the_runs_and_leave_normalisation_out() -> None:
    rows = [[1.0, 5.0, 2.0], [3.0, 5.0, 8.0], [2.0, 5.0, 4.0]]
    runs = []
    for seed, (first, norm, last) in enumerate(rows):
        probes = ({"step": 1, PROBE: {"stem": first, "layers.0.norm": norm, "classifier": last}},)
        runs.append(dataclasses.replace(made_up("a", 0.5, seed=seed), probes=probes))
    found = gradient_norms(CellResult(experiments.get(LENET).cells[0], tuple(runs)))
    assert found is not None
    assert found.layers == ("stem", "classifier")
    assert found.values.tolist() == [[2.0, 4.0]]
    assert (found.low.tolist(), found.high.tolist()) == ([[1.0, 2.0]], [[3.0, 8.0]])
    assert found.share.tolist() == [0.5]
    assert found.per_layer.tolist() == [0.5]


def test_what_is_no_number_becomes_infinite_and_has_no_share() -> None:
    run = dataclasses.replace(made_up("a", 0.1), probes=({"step": 1, PROBE: {"stem": None, "classifier": 0.0}},))
    found = gradient_norms(CellResult(experiments.get(LENET).cells[0], (run,)))
    assert found is not None
    assert found.values.tolist() == [[math.inf, 0.0]]
    assert math.isnan(found.share[0])
    assert gradient_norms(CellResult(experiments.get(LENET).cells[0], (made_up("a", 0.1),))) is None


def test_divergence_is_counted_and_dated() -> None:
    whole = made_up("a", 0.9)
    gone = dataclasses.replace(made_up("a", 0.1, seed=1), test_loss=math.nan)
    both = CellResult(experiments.get(LENET).cells[0], (whole, gone))
    assert divergences(both) == 1
    assert divergence_step(both) == 9  # made_up's curve: the loss is no number at step 9


def test_the_steepest_slopes_are_those_of_the_functions() -> None:
    x = np.linspace(-8, 8, 100_001)
    for name, steepest in STEEPEST.items():
        assert float(activation.slope(name, x).max()) == pytest.approx(steepest, abs=1e-9)


def test_a_real_run_s_norms_come_back_from_its_file_and_stay_under_the_bound(tmp_path: Path) -> None:
    grid = experiments.get(LENET).grid(small=True)[0]
    config = dataclasses.replace(grid.config, epochs=1, examples=64)
    events = list(training.train(config))
    results_files.append(tmp_path / "r.jsonl", results_files.summary("sigmoid", config, events, versions={}))
    found = gradient_norms(CellResult(grid, results_files.read(tmp_path / "r.jsonl")))
    assert found is not None
    assert found.layers == LAYERS
    norms = next(event for event in events if isinstance(event, Step)).probes[PROBE]
    assert found.values[0] == pytest.approx([norms[layer] for layer in LAYERS], rel=1e-4)
    assert found.share[0] < STEEPEST["sigmoid"] ** vanishing_lenet.BETWEEN, "four sigmoids in a row let less through"


# ------------------------------------------------------------------------------------------------ verdicts
def test_the_verdict_on_lenet_follows_the_numbers() -> None:
    expect = experiments.get(LENET).expect
    right = {"sigmoid": [0.1], "tanh": [0.97], "ReLU": [0.98]}
    course = measured(LENET, right, {"sigmoid": 0.001, "tanh": 0.5, "ReLU": 0.3})
    assert expect(course).agrees
    text = " ".join(expect(course).sentences)
    assert "sigmoid 10.0 %, tanh 97.0 % and ReLU 98.0 %" in text
    assert "stays at chance" in text
    assert "0.25⁴ = 0.0039" in text
    other = expect(measured(LENET, right, {"sigmoid": 0.4, "tanh": 0.5, "ReLU": 0.3}))
    assert not other.agrees
    assert "above the bound" in other.sentences[-1]
    assert "not get the smallest share" in other.sentences[-1]
    swapped = expect(measured(LENET, right | {"sigmoid": [0.99]}, {"sigmoid": 0.001, "tanh": 0.5, "ReLU": 0.3}))
    assert "accuracy is not the lowest" in swapped.sentences[-1]
    assert "at chance" not in swapped.sentences[0]


def test_the_verdict_on_the_deep_stack_follows_the_numbers() -> None:
    expect = experiments.get(DEEP).expect
    plain = {f"{name}, plain": 0.3 for name in vanishing_deep.ACTIVATIONS}
    as_hoped = deep(plain | {"sigmoid, plain": 0.1}, {"sigmoid, plain": 1e-12})
    verdict = expect(as_hoped)
    assert verdict.agrees, verdict.sentences
    assert "1e−12 (sigmoid)" in verdict.sentences[1]
    assert "sigmoid by +80.0 (BatchNorm)" in " ".join(verdict.sentences)
    gone = expect(lost(as_hoped, "ReLU, skips"))
    assert not gone.agrees
    assert "ReLU, skips diverged in 1 of 1 run: from step 9 on" in " ".join(gone.sentences)
    assert "ReLU diverges with skips" in gone.sentences[-1]
    worse = expect(deep(plain | {"tanh, both": 0.2}, {"sigmoid, plain": 1e-12, "sigmoid, skips": 2e-12}))
    assert "tanh is no better with both" in worse.sentences[-1]
    assert "gradient stays away with skips" in worse.sentences[-1]
    flat = expect(deep(plain, {}))
    assert "does not vanish" in flat.sentences[-1]


@pytest.mark.parametrize("name", [LENET, DEEP])
def test_what_ships_bears_the_verdict_out(name: str) -> None:
    found = experiments.results(name)
    if not found.complete:
        pytest.skip("not trained yet")
    label = "sigmoid" if name == LENET else "sigmoid, plain"
    norms = gradient_norms(found[label])
    assert norms is not None
    assert norms.share[0] < STEEPEST["sigmoid"] ** (len(norms.layers) - 1)
    assert found[label].mean < 0.2
    text = " ".join(experiments.get(name).expect(found).sentences)
    assert all(f"{one.cell.label} diverged" in text for one in found.cells if divergences(one))


# ------------------------------------------------------------------------------------------------ figures
def test_the_packet_says_what_is_drawn() -> None:
    found = measured(LENET, {"sigmoid": [0.1], "tanh": [0.97], "ReLU": [0.98]},
                     {"sigmoid": 0.001, "tanh": 0.5, "ReLU": 0.0})  # fmt: skip
    data = figures.packet(found, ("sigmoid", "tanh", "ReLU"))
    assert data["steps"] == [1, 9]
    assert [cell["values"][0][0] for cell in data["cells"]] == [0.001, 0.5, "zero"]
    assert [cell["slope"] for cell in data["cells"]] == [0.25, None, None]
    assert data["says"][0] == "The first layer gets 0 of the last layer's gradient in “ReLU”, and 0.500 in “tanh”."
    assert [cell["colour"] for cell in data["cells"]] == list(looks.SERIES[:3])
    with pytest.raises(ValueError, match="tanh"):
        figures.packet(results_of(LENET, {"sigmoid": [0.1], "tanh": [0.9], "ReLU": [0.9]}), ("tanh",))


def test_a_diverged_cell_says_so_wherever_it_is_drawn() -> None:
    found = lost(deep({}, {"ReLU, skips": math.inf}), "ReLU, skips")
    data = figures.packet(found, ("ReLU, plain", "ReLU, skips"))
    assert data["cells"][1]["right"] == "diverged in 1 of 1"
    assert data["cells"][1]["values"][0][0] == "infinite"
    assert "No longer a number: ReLU, skips." in data["says"][0]
    assert "A cross" in data["keys"]
    assert figures.grid_table(found)[2]["skips"] == "diverged in 1 of 1"
    marks = {trace.name: list(trace.text) for trace in figures.grid_bars(found).data}
    assert marks["ReLU"] == ["", "", "×", ""]
    assert marks["tanh"] == [""] * 4
    names = [trace.name for trace in figures.first_layer(found, ("ReLU, plain", "ReLU, skips")).data]
    assert names == ["ReLU, plain", "ReLU, skips (diverged)"]


def test_lines_are_told_apart_by_activation_and_help() -> None:
    found = deep({}, {})
    cells = [cell.label for cell in experiments.get(DEEP).cells]
    for chart in (figures.first_layer(found, cells), figures.over_steps(found, cells, "loss")):
        assert len({(trace.line.color, trace.line.dash) for trace in chart.data}) == len(cells) == 12
        assert not chart.layout.showlegend
    assert "BatchNorm dashed" in figures.key_words(cells)
    assert figures.key_words(cells[:3]) == ""


def test_every_norm_goes_into_the_csv() -> None:
    found = measured(LENET, {"sigmoid": [0.1, 0.2], "tanh": [0.97], "ReLU": [0.98]},
                     {"sigmoid": 0.001, "tanh": 0.5, "ReLU": 0.3})  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(figures.norms_csv(found))))
    assert len(rows) == 4 * 2 * len(LAYERS)
    assert [row["gradient_norm"] for row in rows if row["layer"] == "conv1" and row["step"] == "1"] == [
        "0.001", "0.001", "0.5", "0.3",
    ]  # fmt: skip


def test_the_bound_is_given_only_where_it_holds() -> None:
    found = deep({}, {"sigmoid, plain": 1e-12})
    words = figures.bound_words(found, [one.cell.label for one in found.cells])
    assert words.count("“") == 1
    assert "0.25⁴ = 0.00391" in words, "made-up cells have five layers"
    assert "below it" in words
    assert figures.bound_words(found, ("tanh, plain", "sigmoid, both")) == ""


# ------------------------------------------------------------------------------------------------ the page
@pytest.mark.parametrize(("part", "name"), [("LeNet-5", LENET), ("Sixteen convolutions", DEEP)])
def test_every_part_opens_on_the_shipped_answer_and_its_snippets_run(
    page: AppTest, part: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(page, vanishing__part=part)
    found = experiments.results(name)
    verdict = experiments.get(name).expect(found)
    assert shows(page, verdict)
    assert not page.error
    box = next(box for box in page.expander if box.label == "Source")
    with torch.random.fork_rng(devices=[]):
        for code in box.code[:2]:
            exec(compile(code.value, "snippet", "exec"), {})
    printed = capsys.readouterr().out
    assert " ".join(verdict.sentences) in " ".join(printed.splitlines())
    first = "conv1" if name == LENET else "stem"
    assert f"\n{first} " in printed


def test_fewer_cells_are_chosen_and_none_falls_back_to_the_first(page: AppTest) -> None:
    opened(page, vanishing__part="Sixteen convolutions")
    assert "0.25¹⁷" in written(page)
    page.pills(key="vanishing.deep").set_value(["tanh"]).run()
    assert not page.exception
    assert "0.25¹⁷" not in written(page), "tanh has no such bound"
    page.pills(key="vanishing.deep").set_value([]).run()
    page.pills(key="vanishing.help").set_value([]).run()
    assert not page.exception
    assert "0.25¹⁷" in written(page), "sigmoid, plain is the first"
