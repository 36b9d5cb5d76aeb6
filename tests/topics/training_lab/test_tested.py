"""Mistakes and calibration, from their definitions; and as the lab shows them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import checkpoints, datasets, runs, sample_predictions
from cnnviz.outputs.chances import probabilities
from cnnviz.topics.image_map import captions as image_map_captions
from cnnviz.topics.training_lab import calibration, calibration_figures, captions, mistakes
from cnnviz.training.augmentation import subset
from tests.support.app import app_at, opened, written

LAB = "pages/learn/training_lab/page.py"
RUN = "digits-lenet5-d2a25f8f"  # its data set is always there


@st.composite
def answers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Logits [N, K] and labels [N]."""
    seed, count, classes = draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 60)), draw(st.integers(2, 6))
    random = np.random.default_rng(seed)
    return draw(st.sampled_from([0.1, 1, 10])) * random.normal(size=(count, classes)), random.integers(
        0, classes, count
    )


# ------------------------------------------------------------------------------------------------ definitions
@settings(deadline=None)
@given(answers())
def test_the_error_is_the_one_of_its_definition(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = drawn
    found = calibration.of(logits, labels)
    chances = probabilities(logits)
    total = 0.0
    for low, high in zip(found.edges[:-1], found.edges[1:], strict=True):
        inside = [row for row in range(len(labels)) if low < chances[row].max() <= high]
        if inside:
            right = np.mean([chances[row].argmax() == labels[row] for row in inside])
            total += len(inside) / len(labels) * abs(right - np.mean([chances[row].max() for row in inside]))
    assert found.error == pytest.approx(total, abs=1e-12)
    assert found.n == len(labels)
    drawn_bars = calibration_figures.reliability(found).data[0]
    assert len(drawn_bars.x) == np.count_nonzero(found.counts)


@settings(deadline=None)
@given(answers())
def test_the_cells_of_the_matrix_hold_every_image_once(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = drawn
    said, chances, kinds = logits.argmax(axis=1), probabilities(logits).max(axis=1), range(logits.shape[1])
    every: list[int] = []
    for true in kinds:
        for one in kinds:
            places = mistakes.cell(logits, labels, (true, one), count=len(labels))
            assert (labels[places] == true).all()
            assert (said[places] == one).all()
            assert (np.diff(chances[places]) <= 0).all()
            every += places.tolist()
    assert sorted(every) == list(range(len(labels)))


def test_training_images_are_counted_as_they_are() -> None:
    right, count = sample_predictions.on_training(RUN, count=300)
    data = datasets.load("digits", "train")
    config, spec = runs.get(RUN).config, checkpoints.spec(RUN)
    shown, labels = subset(data.images, data.labels, count=config.examples, seed=config.seed)
    with torch.inference_mode():
        said = checkpoints.load(RUN)((shown[:300].float() / 255 - spec.mean[0]) / spec.std[0]).argmax(1)
    assert (right, count) == (int((said == labels[:300]).sum()), 300)
    assert right > 250


def test_who_is_as_often_right_as_sure_has_no_error() -> None:
    logits = np.log(np.array([[0.75, 0.25]] * 4))
    assert calibration.of(logits, np.array([0, 0, 0, 1])).error == pytest.approx(0)
    assert calibration.of(logits, np.array([0, 0, 1, 1])).error == pytest.approx(0.25)
    assert "surer than right" in captions.calibrated(calibration.of(logits, np.array([0, 1, 1, 1])))


@settings(deadline=None)
@given(answers())
def test_the_surest_mistakes_come_first_and_pairs_add_up(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = drawn
    said, chances = logits.argmax(axis=1), probabilities(logits)
    every = mistakes.worst(logits, labels, count=len(labels))
    assert sorted(every) == [row for row in range(len(labels)) if said[row] != labels[row]]
    sure = [chances[row, said[row]] for row in every]
    assert sure == sorted(sure, reverse=True)
    pairs = mistakes.pairs(logits, labels)
    assert sum(count for _, count in pairs) == len(every)
    for pair, count in pairs:
        found = mistakes.worst(logits, labels, pair=pair, count=len(labels))
        assert len(found) == count
        assert {(labels[row], said[row]) for row in found} == {pair}


# ------------------------------------------------------------------------------------------------ a real run
def test_what_is_asked_is_what_the_test_counted() -> None:
    """All test images: the accuracy that the run's card says."""
    places = np.sort(sample_predictions.drawn(RUN, count=10**6))
    found = sample_predictions.at(RUN, places, pictures=False)
    right = float((found.logits.argmax(axis=1) == found.labels).mean())
    card = checkpoints.read_card(checkpoints.find(RUN).path)
    assert card.test_accuracy is not None
    assert math.isclose(right, card.test_accuracy, abs_tol=1e-4)
    some = sample_predictions.at(RUN, places[5:9])
    assert np.allclose(some.logits, found.logits[5:9], atol=1e-5)
    assert len(some.pictures) == 4


def test_the_lab_shows_them() -> None:
    page = app_at(LAB)
    page.session_state["lab.run"] = RUN
    said = written(opened(page))
    assert "the expected calibration error" in said
    assert "of which the network is surest" in said
    choice = next(box for box in page.selectbox if box.label == "Mistakes")
    assert choice.options[0] == "the surest of all"
    assert " taken for " in choice.options[1]
    choice.select_index(1).run()
    assert not page.exception


def test_a_run_s_features_are_one_click_away() -> None:
    page = app_at(LAB)
    page.session_state["lab.run"] = RUN
    page = opened(page)
    page.button(key="lab.map").click().run()
    assert not page.exception, page.exception
    assert page.title[0].value == image_map_captions.TITLE
    assert RUN in written(page) or any(RUN in str(box.value) for box in page.selectbox)
