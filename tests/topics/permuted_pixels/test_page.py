"""The page on permuted pixels as Streamlit runs it: every part, running it again, links, every snippet."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz import datasets, experiments, samples
from cnnviz.experiments import results_files, worker
from cnnviz.figures import experiments as experiment_figures
from cnnviz.measurements import permuted_pixels
from cnnviz.operations import permutation
from cnnviz.topics.permuted_pixels import captions
from cnnviz.topics.permuted_pixels import figures as drawn
from tests.support.app import opened, shows, written
from tests.test_experiments import made_up, results_of

PAGE = "pages/learn/permuted_pixels/page.py"
PARTS = ("The experiment", "The images", "How much order", "Inside", "Your digit")
NAME = "permuted_pixels"
COURSE = {"FC": [0.86, 0.88], "CNN": [0.95, 0.94], "FC, permuted": [0.86, 0.87], "CNN, permuted": [0.83, 0.81]}


def run_snippets(page: AppTest, capsys: pytest.CaptureFixture[str]) -> str:
    """What the first code block of the source box prints."""
    snippet = next(box for box in page.expander if box.label == "Source").code[0].value
    with torch.random.fork_rng(devices=[]):
        exec(compile(snippet, "snippet", "exec"), {})
    return capsys.readouterr().out


# ------------------------------------------------------------------------------------------------ the page
def test_it_opens_on_the_shipped_answer(page: AppTest, capsys: pytest.CaptureFixture[str]) -> None:
    opened(page)
    found = experiments.results(NAME)
    verdict = experiments.get(NAME).expect(found)
    assert shows(page, verdict)
    assert f"{100 * found['CNN, permuted'].mean:.1f} %" in " ".join(verdict.sentences)
    assert not page.error
    table = page.dataframe[0].value
    assert table["n"].tolist() == [5, 5, 5, 5]
    assert table["published"].tolist() == ["87 %", "95 %", "85 %", "83 %"]
    printed = run_snippets(page, capsys)
    assert list(verdict.sentences) == printed.splitlines()[-4:]


@pytest.mark.parametrize("part", PARTS[1:])
def test_every_part_opens_on_a_result_and_its_snippet_runs(
    page: AppTest, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(page, permuted__part=part)
    assert page.segmented_control(key="permuted.part").value == part
    assert not page.error
    printed = run_snippets(page, capsys)
    numbers = [float(one) for one in re.findall(r"\d+\.?\d*(?:e-\d+)?", printed)]
    assert numbers
    if part == "The images":
        assert "wrong after the inverse: 0" in printed
    if part == "Inside":
        assert numbers[-1] < 1e-12


def test_a_link_brings_the_order_back(page: AppTest) -> None:
    opened(page, permuted__part="The images", permuted__share="50", permuted__block="7")
    words = captions.order(permuted_pixels.order(share=0.5, block=7))
    assert words in written(page)
    page.toggle(key="permuted.fresh").set_value(True).run()
    assert not page.exception
    assert "10 permutations" in written(page)
    assert "0 of 7,840 pixels differ" in written(page)


def test_a_finished_seed_is_not_started_again(page: AppTest) -> None:
    small = not datasets.status("mnist").available
    path = experiments.own_folder(NAME) / results_files.RESULTS
    for cell in experiments.get(NAME).grid(small=small):
        results_files.append(path, made_up(cell.label, 0.9, config=cell.config))
    opened(page)
    assert "differs" in written(page), "equal bars are not what the course finds, and that is said"
    page.button(key=f"{NAME}.start").click().run()
    assert "Seed 0 is finished" in written(page)
    assert worker.status(NAME).state == ""
    page.button(key=f"{NAME}.forget").click().run()
    assert not path.exists()
    assert page.button(key=f"{NAME}.forget").disabled
    page.button(key=f"{NAME}.remember").click().run()
    assert len(path.read_bytes().splitlines()) == len(experiments.get(NAME).grid(small=small))
    assert not page.button(key=f"{NAME}.forget").disabled
    assert not [button for button in page.button if button.key == f"{NAME}.remember"]


# ------------------------------------------------------------------------------------------------ figures and words
def test_bars_carry_means_intervals_and_published_numbers() -> None:
    found, published = results_of(NAME, COURSE), experiments.get(NAME).published
    chart = experiment_figures.bars(found, published, theme="light")
    assert chart.data[0].y == pytest.approx([87, 94.5, 86.5, 82])
    assert chart.data[0].error_y.array == pytest.approx([100 * one.interval for one in found.cells])
    assert list(chart.data[2].y) == pytest.approx([87, 95, 85, 83])
    assert list(chart.data[2].x) == pytest.approx([index + experiment_figures.BESIDE for index in range(4)])
    alone = experiment_figures.bars(results_of(NAME, {label: values[:1] for label, values in COURSE.items()}), {})
    assert len(alone.data) == 1
    nothing = experiment_figures.bars(results_of(NAME, {label: [] for label in COURSE}), published)
    assert list(nothing.data[0].y) == [None] * 4


def test_a_slow_start_is_read_off_the_curves() -> None:
    words = experiment_figures.slow_start_words(experiments.results(NAME), "CNN", "CNN, permuted")
    fast, slow = (int(number) for number in re.findall(r"about ([\d,]+) steps", words))
    assert fast < slow / 2
    assert "never" in experiment_figures.slow_start_words(results_of(NAME, COURSE), "CNN", "FC")


def test_weights_put_back_are_as_smooth_as_the_normal_ones() -> None:
    found = permuted_pixels.first_weights()
    plain, permuted, restored = found.smoothness
    assert abs(permuted) < 0.05
    assert restored == pytest.approx(plain, rel=0.1)
    order = permuted_pixels.order()
    assert np.array_equal(permutation.apply(found.restored, order.order), found.permuted)
    assert "learned strokes like the first" in captions.weights(found)


def test_the_proofs_hold_in_the_shipped_networks() -> None:
    moved, undone = permuted_pixels.moved_columns()
    assert moved.holds
    assert undone.difference == 0
    trick = permuted_pixels.no_trick()
    assert trick.kept < 0.01
    assert trick.difference > 1
    assert trick.agree < 0.5


def test_four_networks_answer_a_digit() -> None:
    found = permuted_pixels.answers(samples.read("digit-on-paper"))
    assert found.probabilities.sum(1) == pytest.approx(1)
    assert sorted(found.permuted.ravel()) == sorted(found.picture.ravel())
    says = {row: found.classes[found.probabilities[i].argmax()] for i, row in enumerate(found.rows)}
    assert len({said for row, said in says.items() if row[1] == row[2]}) == 1
    assert [row["says"] for row in drawn.answers_table(found)] == list(says.values())


def test_settings_share_their_last_words_under_the_axis() -> None:
    chart = experiment_figures.over_settings(experiments.results("permutation_strength"))
    assert list(chart.data[0].x) == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert chart.layout.xaxis.title.text == "of the pixels"
    assert [trace.name for trace in chart.data] == ["FC", "CNN"]
    assert list(experiment_figures.over_settings(experiments.results("permutation_fresh")).data[0].x) == [
        "one for all",
        "new for each",
    ]
