"""LeNet then and now: the two networks' numbers, what each change brings, and the page with its snippets."""

from __future__ import annotations

import csv
import dataclasses
import io
import math

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from cnnviz import capture, checkpoints, experiments, images, samples
from cnnviz.experiments import lenet_then_and_now
from cnnviz.models.lenet_1998 import CONNECTIONS
from cnnviz.records.differences import between
from cnnviz.records.experiments import Cell, CellResult, Results
from cnnviz.topics.lenet_then_and_now import captions, figures, stages
from cnnviz.topics.lenet_then_and_now import proofs as proven
from tests.support.app import opened, shows, written
from tests.test_experiments import made_up, results_of

PAGE = "pages/learn/lenet_then_and_now/page.py"
NAME = lenet_then_and_now.EXPERIMENT.name
PARTS = ("The experiment", "The paper's network", "On your image")
AS_HOPED = {
    "sigmoid, average": [0.11, 0.12], "tanh, average": [0.96, 0.97], "ReLU, average": [0.97, 0.98],
    "sigmoid, max": [0.11, 0.10], "tanh, max": [0.97, 0.98], "ReLU, max": [0.985, 0.99], "the paper's": [0.97, 0.96],
}  # fmt: skip


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return samples.read("digit-on-paper")


def made(accuracies: dict[str, list[float]]) -> Results:
    """Results with these accuracies; a cell of the grid that is not named gets 0.9."""
    every = {cell.label: accuracies.get(cell.label, [0.9]) for cell in experiments.get(NAME).cells}
    return results_of(NAME, every)


# ------------------------------------------------------------------------------------------------ both networks
def test_the_paper_s_network_has_the_paper_s_parameters() -> None:
    found = stages.both()
    then = {one.then: one.then_parameters for one in found.stages}
    assert then == {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164, "output": 0}
    now = {one.now: one.now_parameters for one in found.stages}
    assert now == {"conv1": 156, "pool1": 0, "conv2": 2416, "pool2": 0, "fc1": 48120, "fc2": 10164, "fc3": 850}
    assert sum(then.values()) == found.then_parameters == found.published == 60_000
    assert sum(now.values()) == found.now_parameters == 61_706
    for one in found.stages:
        assert math.prod(one.then_shape) == math.prod(one.now_shape)


def test_the_connections_are_the_paper_s_table() -> None:
    """6 maps of three, 6 of four and 3 of four neighbours, one of all six: 60 kernels of 25 weights, 16 biases."""
    table = stages.both().connections
    assert sorted(table.sum(axis=0).tolist()) == [3] * 6 + [4] * 9 + [6]
    assert table.sum(axis=1).tolist() == [10] * 6, "every map of S2 is read by ten"
    assert 25 * table.sum() + 16 == 1516
    assert [tuple(np.flatnonzero(column)) for column in table.T] == [
        tuple(sorted(maps)) for readers in CONNECTIONS for maps in readers
    ]


def test_the_paper_s_layers_are_what_the_page_says() -> None:
    proofs = proven.all_of()
    assert len(proofs) == 3
    assert all(one.holds for one in proofs), proofs
    assert "36 of its 96" in proofs[0].claim


@pytest.mark.parametrize("activation", list(stages.ACTIVATIONS))
@pytest.mark.parametrize("pooling", stages.POOLINGS)
def test_a_choice_is_that_activation_and_pooling_of_the_trained_first_layer(
    picture: Image.Image, activation: str, pooling: str
) -> None:
    found = stages.first_maps(picture, activation=activation, pooling=pooling)
    spec = checkpoints.spec(stages.run_id())
    own = capture.layer(checkpoints.load(stages.run_id()), images.to_tensor(picture, spec), "conv1")
    x = torch.from_numpy(own.astype(np.float64)).requires_grad_()
    active = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}[activation](x)
    pooled = (functional.avg_pool2d if pooling == "average" else functional.max_pool2d)(active[None], 2)[0]
    assert np.abs(found.pooled - pooled.detach().numpy()).max() < 1e-10
    (slope,) = torch.autograd.grad(active.sum(), x)
    assert found.slope == pytest.approx(float(slope.mean()), abs=1e-10)
    if (activation, pooling) == stages.TODAY:
        assert stages.as_trained(picture).holds


# ------------------------------------------------------------------------------------------------ differences
def test_a_difference_is_paired_by_seed() -> None:
    cell = experiments.get(NAME).cells[0]
    one, other = [0.90, 0.93, 0.95, 0.91], [0.89, 0.90, 0.94, 0.93]
    pairs = [CellResult(cell, tuple(made_up("a", value, seed=seed) for seed, value in enumerate(values)))
             for values in (one, other)]  # fmt: skip
    found = between(*pairs)
    differences = np.array(one) - np.array(other)
    low, high = stats.t.interval(0.95, 3, loc=differences.mean(), scale=stats.sem(differences))
    assert found.mean == pytest.approx((low + high) / 2)
    assert found.interval == pytest.approx((high - low) / 2, rel=1e-3)
    assert (found.n, found.clear) == (4, False)
    fewer = between(pairs[0], CellResult(cell, pairs[1].runs[2:]))
    assert (fewer.n, fewer.mean) == (2, pytest.approx(-0.005))
    alone = between(pairs[0], CellResult(cell, pairs[1].runs[:1]))
    assert math.isnan(alone.interval)
    assert not alone.clear
    assert math.isnan(between(pairs[0], CellResult(cell, ())).mean)


def test_the_verdict_follows_the_numbers() -> None:
    expect = experiments.get(NAME).expect
    verdict = expect(made(AS_HOPED))
    assert verdict.agrees, verdict.sentences
    text = " ".join(verdict.sentences)
    assert "“ReLU, max” 98.8 %" in text or "“ReLU, max” 98.7 %" in text
    assert "“sigmoid, average” and “sigmoid, max” are still at chance (about 10 %) after 2 passes" in text
    assert "learning rate (0.05)" in text
    assert "“tanh, average” → “ReLU, average” +1.0" in text
    assert "sigmoid, average” → " not in text, "what has not learned is not compared"
    beaten = expect(made(AS_HOPED | {"tanh, average": [0.995, 0.9999]}))
    assert not beaten.agrees
    assert "“tanh, average” is 1.0 points better than today's" in beaten.sentences[-1]
    noisy = expect(made(AS_HOPED | {"tanh, average": [0.9999, 0.98]}))
    assert noisy.agrees, "an interval around zero is no difference"


def test_another_learning_rate_is_spoken_of_only_where_it_was_tried() -> None:
    found = made(AS_HOPED)
    twin = found["sigmoid, average"]
    config = dataclasses.replace(twin.cell.config, lr=1.0)
    own = tuple(one for one in found.cells if one.cell.label != "sigmoid, average, lr 1")
    more = CellResult(Cell("sigmoid, average, lr 1", config), tuple(made_up("a", 0.96, seed=i) for i in range(2)))
    verdict = experiments.get(NAME).expect(Results(NAME, "mnist", (*own, more)))
    text = " ".join(verdict.sentences)
    assert "differs from “sigmoid, average” in its learning rate alone (1) and gets 96.0 % right" in text
    said = captions.training(Results(NAME, "mnist", (*own, more)), batch_size=64, momentum=0.9)
    assert said.endswith("Another learning rate was used for “the paper's” (0.001), “sigmoid, average, lr 1” (1).")
    assert "learning rate alone" not in " ".join(experiments.get(NAME).expect(Results(NAME, "mnist", own)).sentences)


# ------------------------------------------------------------------------------------------------ figures
def test_the_charts_carry_every_cell_and_every_seed() -> None:
    found = made(AS_HOPED)
    published = experiments.get(NAME).published
    bars, dots, stars = figures.accuracies(found, published).data
    assert [label.partition("  ")[0] for label in stars.y] == ["the paper's"]
    assert list(stars.x) == pytest.approx([99.05])
    assert "99.05 %" in captions.published(published)
    assert list(bars.x) == pytest.approx([100 * one.mean for one in found.cells])
    assert len(dots.x) == sum(one.n for one in found.cells)
    enlarged = figures.accuracies(found, published, enlarged=True).data[0]
    assert len(enlarged.y) == sum(one.mean > 0.5 for one in found.cells)
    assert not any("sigmoid, max" in label for label in enlarged.y)
    assert len(figures.over_steps(found).data) == len(found.cells)
    wrong = figures.over_steps(found, wrong=True)
    assert wrong.layout.yaxis.type == "log"
    assert list(wrong.data[0].y) == pytest.approx([90, 75])


def test_changes_are_told_with_their_intervals() -> None:
    rows = figures.changes_table(lenet_then_and_now.changes(made(AS_HOPED)))
    paper = next(row for row in rows if row["from"] == "the paper's")
    assert paper["points"] == "+2.25 ± 9.53"
    assert paper["clear"] == "no"
    single = figures.changes_table(
        lenet_then_and_now.changes(made({label: values[:1] for label, values in AS_HOPED.items()}))
    )
    assert {row["clear"] for row in single} == {"one seed"}


def test_tables_and_pictures_of_both_networks() -> None:
    found = stages.both()
    words = captions.networks(found)
    for number in ("60,000", "61,706", "60 of 96", "900 parameters fewer", "850"):
        assert number in words
    rows = list(csv.DictReader(io.StringIO(figures.stages_csv(found))))
    assert rows[-1]["parameters, 1998"] == "60,000"
    grid = np.asarray(Image.open(io.BytesIO(figures.connections_png(found, cell=10))))
    assert ((grid[5:60:10, 5:160:10] < 128) == found.connections).all()
    glyphs = np.asarray(Image.open(io.BytesIO(figures.glyphs_png(found, scale=1, gap=1))))
    assert ((glyphs[1:13, 11:18, 0] < 128) == (found.glyphs[1] > 0)).all()
    assert (glyphs[:, 9, 3] == 0).all()


# ------------------------------------------------------------------------------------------------ the page
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_a_result_and_its_snippet_runs(
    page: AppTest, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(page, lenet__part=part)
    assert page.segmented_control(key="lenet.part").value == part
    assert not page.error
    code = next(box for box in page.expander if box.label == "Source").code[0].value
    with torch.random.fork_rng(devices=[]):
        exec(compile(code, "snippet", "exec"), {})
    printed = capsys.readouterr().out
    if part == "The experiment":
        verdict = experiments.get(NAME).expect(experiments.results(NAME))
        assert shows(page, verdict)
        assert " ".join(verdict.sentences) in " ".join(printed.splitlines())
    elif part == "The paper's network":
        assert written(page).count(":material/check_circle:") == 3
        assert "lenet5_1998 together 60000" in printed
    else:
        assert "**sigmoid, average pooling** (your choice)" in written(page)
        assert "(6, 14, 14)" in printed


def test_a_link_brings_the_choice_back(page: AppTest, picture: Image.Image) -> None:
    opened(page, lenet__part="On your image", lenet__activation="tanh", lenet__pooling="max")
    found = stages.first_maps(picture, activation="tanh", pooling="max")
    assert captions.maps(found) in written(page)
    page.segmented_control(key="lenet.activation").set_value("sigmoid").run()
    assert not page.exception
    assert "**sigmoid, max pooling**" in written(page)
