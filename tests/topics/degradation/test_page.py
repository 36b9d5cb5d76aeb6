"""The page on degradation as Streamlit runs it, with all cells, with some and with none; its verdicts and figures."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnviz import experiments
from cnnviz.experiments import degradation, results_files, shortcuts
from cnnviz.records.experiments import Cell, CellResult, CellRun, Results
from cnnviz.topics.degradation import captions, figures
from cnnviz.topics.degradation.records import ratios
from tests.support.app import app_at, opened, shows, written
from tests.support.snippets import printed
from tests.test_experiments import made_up

PAGE = "pages/learn/degradation/page.py"
PARTS = ("Gradients", "Blocks", "Shortcuts", "Your image")
NAMES = ("degradation", "shortcuts")
ENDS = {"plain-20": 0.35, "plain-56": 0.2, "ResNet-20": 0.45, "ResNet-56": 0.43}  # of training batches right
BLOCKS = {20: 9, 56: 27}
SOME: tuple[dict[str, list[float]], ...] = (
    {}, {"plain-20": [0.35]}, {"plain-20": [0.3], "plain-56": [0.2], "ResNet-20": [0.4]},
)  # fmt: skip


def trained(cell: Cell, ending: float, *, seed: int = 0, share: float = 0.5, diverged: bool = False) -> CellRun:
    """A run of 314 steps that gets 0.1 of its batches right up to step 214 and `ending` afterwards."""
    accuracy = np.array([0.1, 0.1, 0.1, ending - 0.05, ending + 0.05])
    curves = {"step": np.array([1.0, 107, 214, 264, 314]), "loss": np.full(5, 2.0), "accuracy": accuracy}
    depth = int(cell.config.model[-2:])
    count = BLOCKS[depth] if "resnet" in cell.config.model else 0
    layers = ["conv", *(f"layer{i}.conv1" for i in range(depth - 2)), "stage1.0.norm1", "classifier"]
    probes = tuple(
        {
            "step": step,
            "gradient_norms": {layer: 10.0 ** (depth * (1 - moment) - i) for i, layer in enumerate(layers)},
            "residual_to_input": {f"stage1.{i}": share / (moment + 1) * (i + 1) for i in range(count)},
        }
        for moment, step in enumerate((1, 157, 314))
    )
    run = made_up(cell.label, ending, seed=seed, config=cell.config)
    return dataclasses.replace(run, curves=curves, probes=probes, test_loss=math.nan if diverged else 1.0)


def results(name: str, ends: dict[str, list[float]], **options: Any) -> Results:
    """ends: label → an ending a seed; cells that are not named have none."""
    cells = []
    for cell in experiments.get(name).grid():
        values = ends.get(cell.label, [])
        cells.append(CellResult(cell, tuple(trained(cell, value, seed=i, **options) for i, value in enumerate(values))))
    return Results(name, "cifar10", tuple(cells))


@pytest.fixture
def ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Results], None]:
    """Makes these results the ones that ship."""
    monkeypatch.setattr(experiments, "shipped_folder", lambda name: tmp_path / "shipped" / name)

    def ship(found: Results) -> None:
        for one in found.cells:
            for run in one.runs:
                results_files.append(tmp_path / "shipped" / found.name / results_files.RESULTS, run)

    return ship


# ------------------------------------------------------------------------------------------------ the page
def test_it_opens_on_the_training_errors(ships: Callable[[Results], None], capsys: pytest.CaptureFixture[str]) -> None:
    found = results("degradation", {label: [value, value + 0.02] for label, value in ENDS.items()})
    ships(found)
    page = opened(app_at(PAGE))
    verdict = experiments.get("degradation").expect(found)
    assert shows(page, verdict)
    table = page.dataframe[0].value
    assert table["last 100 training batches wrong"].tolist()[0] == "64.0 % ± 1.4"
    assert table["n"].tolist() == [2, 2, 2, 2]
    assert "plus 27 additions: no more parameters and no more multiply-adds." in written(page)
    text = printed(page, capsys)
    assert "plain-56 training error at the end, by seed: [0.8, 0.78]" in text
    assert text.strip().endswith(verdict.sentences[-1])


@pytest.mark.parametrize("ends", SOME, ids=len)
@pytest.mark.parametrize("part", ["The experiment", *PARTS[:3]])
def test_every_part_opens_with_whatever_cells_exist(
    ships: Callable[[Results], None], part: str, ends: dict[str, list[float]]
) -> None:
    ships(results("degradation", ends))
    ships(results("shortcuts", {kind: [0.4] for kind in list(shortcuts.KINDS)[: len(ends)]}))
    words = written(opened(app_at(PAGE), degradation__part=part))
    assert not re.search(r"\bnan\b", words)
    if part != "Shortcuts" or len(ends) < 3:
        assert "Not trained yet" in words or "yet" in words


@pytest.mark.parametrize("part", PARTS)
def test_every_part_s_snippet_runs(
    ships: Callable[[Results], None], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, ends in (("degradation", ENDS), ("shortcuts", dict.fromkeys(shortcuts.KINDS, 0.4))):
        ships(results(name, {label: [value] for label, value in ends.items()}))
    page = opened(app_at(PAGE), degradation__part=part)
    text = printed(page, capsys)
    if part == "Blocks":
        assert "ResNet-56 mean over the blocks: 7.0 -> " in text
        assert "'stage1.0': 0.0" in text
    if part == "Gradients":
        assert "plain-56 56 layers" in text
    if part == "Shortcuts":
        assert " ".join(experiments.get("shortcuts").expect(experiments.results("shortcuts")).sentences)[-50:] in text
    if part == "Your image":
        carried, added = (float(one) for one in text.splitlines()[0].split())
        assert f"{added / carried:.3g}" in written(page)


def test_an_identity_start_in_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    query = {"degradation__part": "Your image", "degradation__identity": "true", "degradation__depth": "56"}
    page = opened(app_at(PAGE), **query)
    assert page.toggle(key="degradation.identity").value
    assert "Every branch of ResNet-56 (CIFAR) adds exactly 0" in written(page)
    assert {line.split()[1] for line in printed(page, capsys).splitlines()} == {"0.0000"}


# ------------------------------------------------------------------------------------------------ verdicts
def judged(**changes: list[float]) -> tuple[bool, str]:
    ends = {label: [value] for label, value in ENDS.items()} | {
        name.replace("_", "-"): value for name, value in changes.items()
    }
    found = experiments.get("degradation").expect(results("degradation", ends))
    return found.agrees, " ".join(found.sentences)


def test_degradation_is_judged_by_training_error() -> None:
    agrees, words = judged()
    assert agrees
    assert "plain-56 errs 15.0 points more than plain-20 (higher in 1 of 1 seed): degradation shows within 314" in words
    assert "56 layers err 2.0 points more than 20" in words
    assert "find the same after 64,000 steps; there 56 layers with shortcuts end up better" in words
    assert "they take away 87 % of the disadvantage" in words
    agrees, words = judged(plain_56=[0.4])
    assert not agrees
    assert "5.0 points less than plain-20" in words
    assert "no degradation shows" in words
    assert "find otherwise, after 64,000 steps instead of 314" in words
    assert "nothing for them to mend" in words
    agrees, words = judged(ResNet_56=[0.5])
    assert agrees
    assert "turn the disadvantage of depth around" in words
    agrees, words = judged(ResNet_56=[0.1])
    assert not agrees
    assert "do not mend it" in words


def test_seeds_are_counted_one_by_one() -> None:
    _, words = judged(plain_20=[0.35, 0.3, 0.3], plain_56=[0.2, 0.4, 0.1])
    assert "(higher in 2 of 3 seeds)" in words


def test_a_run_that_diverged_is_said() -> None:
    found = results("degradation", {label: [value] for label, value in ENDS.items()}, diverged=True)
    assert "Diverged: plain-20 in 1 of 1 seeds" in " ".join(experiments.get("degradation").expect(found).sentences)
    assert figures.error_table(found, last=100)[0]["diverged"] == 1
    assert figures.errors(found).data[0].name == "plain-20 (diverged in 1 of 1)"


def test_no_whisker_crosses_the_number_of_its_bar() -> None:
    found = experiments.results("degradation")
    for chart in (figures.error_bars(found, last=100), figures.accuracy_bars(found)):
        bars, axis = chart.data[0], chart.layout.xaxis
        assert bars.text is None
        assert [label.split("<b>")[1] for label in axis.ticktext] == [f"{mean:.1f}</b>" for mean in bars.y]
        assert axis.tickangle == 0


def test_shortcuts_are_judged_by_their_means() -> None:
    padding, projection, identity = shortcuts.KINDS
    expect = experiments.get("shortcuts").expect
    usual = expect(results("shortcuts", {padding: [0.45], projection: [0.46], identity: [0.48]}))
    assert usual.agrees
    assert "1.0 points better than padding (46.0 % against 45.0 %)" in usual.sentences[0]
    assert "changes little here" in usual.sentences[1]
    assert "errs 0.0 points more than the usual one, over its last 100 3.0 points less" in usual.sentences[2]
    far = expect(results("shortcuts", {padding: [0.45], projection: [0.55], identity: [0.48]}))
    assert not far.agrees
    assert "half a point" in far.sentences[-1]
    assert "changes much here: the means lie more than 3 points apart" in far.sentences[1]
    behind = expect(results("shortcuts", {padding: [0.45], projection: [0.46], identity: [0.3]}))
    assert not behind.agrees
    assert "here it does not" in behind.sentences[-1]
    assert len(usual.sentences) == 3


# ------------------------------------------------------------------------------------------------ records and figures
def test_means_over_a_part_of_a_curve() -> None:
    """Against the same curve spread out step by step."""
    run = experiments.results("permuted_pixels").cells[0].runs[0]
    ends = run.curves["step"].astype(int)
    every = np.repeat(run.curves["accuracy"], np.diff([0, *ends]))
    for after, until in ((0, 938), (838, 938), (0, 50), (7, 8), (100, 333)):
        assert run.average("accuracy", after=after, until=until) == pytest.approx(every[after:until].mean())
    assert run.ending("accuracy") == pytest.approx(every[-100:].mean())
    assert math.isnan(run.average("accuracy", after=938))
    assert not run.diverged
    assert dataclasses.replace(run, test_loss=math.inf).diverged


def test_shares_are_the_mean_over_the_seeds() -> None:
    one = results("degradation", {"ResNet-20": [0.4, 0.5]})["ResNet-20"]
    found = ratios(one)
    assert found is not None
    assert (found.runs, len(found.blocks), found.steps.tolist()) == (2, 9, [1, 157, 314])
    assert found.values[0] == pytest.approx(0.5 * np.arange(1, 10))
    assert ratios(results("degradation", {"plain-20": [0.4]})["plain-20"]) is None
    lost = dataclasses.replace(one.runs[0], probes=({"step": 1, "residual_to_input": {"stage1.0": None}},))
    gap = ratios(dataclasses.replace(one, runs=(lost,)))
    assert gap is not None
    assert math.isnan(gap.values[0, 0])


def test_the_chart_of_blocks_has_a_panel_a_depth_and_a_frame_a_step() -> None:
    found = results("degradation", {label: [value] for label, value in ENDS.items()})
    data = figures.block_chart(found)
    assert data is not None
    assert [len(panel["x"]) for panel in data["panels"]] == [9, 27, 3]
    assert [frame["label"] for frame in data["frames"]] == ["1", "157", "314"]
    deep, beginning = data["panels"][1]["series"]
    assert beginning["values"] == pytest.approx(deep["values"][0])
    assert deep["values"][2] == pytest.approx([0.5 / 3 * (i + 1) for i in range(27)], rel=1e-5)
    assert data["panels"][2]["series"][1]["values"] == pytest.approx([7, 3.5, 7 / 3], rel=1e-5)
    assert "just as much, or more" in captions.blocks(found)
    assert len(figures.block_table(found)) == 36
    both = figures.block_chart(results("shortcuts", {kind: [0.4] for kind in shortcuts.KINDS}))
    assert both is not None
    assert [len(panel["series"]) for panel in both["panels"]] == [3, 3]


def test_bars_and_lines_carry_the_numbers() -> None:
    found = results("degradation", {"plain-20": [0.3, 0.4], "ResNet-56": [0.5]})
    chart = figures.error_bars(found, last=100, theme="dark")
    bars = chart.data[0]
    assert bars.y == pytest.approx([65, None, None, 50])
    assert bars.error_y.array[0] == pytest.approx(100 * np.std([0.3, 0.4], ddof=1))
    assert "not trained" in chart.layout.xaxis.ticktext[1]
    lines = [trace for trace in figures.errors(found).data if trace.name]
    assert [line.name for line in lines] == ["plain-20", "ResNet-56"]
    assert list(lines[1].y) == pytest.approx([90, 90, 90, 55, 45])
    band = next(trace for trace in figures.errors(found).data if trace.fill)
    assert max(band.y) == pytest.approx(90)


def test_gradients_that_grow_are_said() -> None:
    found = results("degradation", {"plain-20": [0.3]})
    words = captions.gradients(found)
    assert "At the first step the gradient does not vanish in the backward pass. It grows in plain-20, as" in words
    assert figures.layer_packet(found)["cells"][0]["layers"][:2] == ["conv", "layer0.conv1"]
    assert len(figures.layer_packet(found)["cells"][0]["layers"]) == 20, "normalisations are left out"
    assert "No run" in captions.gradients(results("degradation", {}))
    assert "first/last" not in words


def test_what_was_cut_is_what_the_config_says() -> None:
    config = degradation.trained("plain20")
    assert config.examples is not None
    assert f"{config.examples:,}" in degradation.EXPERIMENT.cut
    steps = config.epochs * math.ceil(config.examples / config.batch_size)
    assert f"{steps} steps" in degradation.EXPERIMENT.cut
