"""The eight questions: every number is that of an experiment, a network or a proof; every link opens its part."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from cnnviz import experiments, models
from cnnviz.topics.questions import course_questions
from cnnviz.topics.questions.records import CourseAnswer
from pages.shared import navigation
from tests.support import ROOT
from tests.support.app import app_at

PAGE = "pages/learn/questions/page.py"


@pytest.fixture(scope="module")
def found() -> dict[str, CourseAnswer]:
    return {make.__name__: make() for make in course_questions.QUESTIONS}


def test_there_are_eight_and_each_ends_at_a_page(found: dict[str, CourseAnswer]) -> None:
    assert len(found) == len({one.question for one in found.values()}) == 8
    for one in found.values():
        assert one.question.endswith("?")
        assert (ROOT / navigation.script(one.page)).is_file()
        assert one.numbers
        assert "nan" not in one.text


@pytest.mark.parametrize(
    ("which", "experiment", "cell"),
    [
        ("shuffle", "shuffle", "by class"),
        ("augmentation", "augmentations", "both"),
        ("epoch_and_batch", "batch_sizes", "512 pictures"),
        ("residuals", "degradation", "ResNet-56"),
        ("shortcuts", "shortcuts", "1×1 convolution"),
    ],
)
def test_numbers_are_the_experiments(found: dict[str, CourseAnswer], which: str, experiment: str, cell: str) -> None:
    mean = experiments.results(experiment)[cell].mean
    assert any(number.value == f"{100 * mean:.1f} %" for number in found[which].numbers)


def test_steps_of_an_epoch_are_counted(found: dict[str, CourseAnswer]) -> None:
    config = experiments.get("batch_sizes").cells[0].config
    assert f"{math.ceil(20_000 / config.batch_size):,} steps of {config.batch_size}" in found["epoch_and_batch"].text


def test_the_projection_s_parameters_are_those_of_its_modules(found: dict[str, CourseAnswer]) -> None:
    by_hand = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64  # two 1×1 convolutions without bias, two normalisations
    counts = [sum(item.numel() for item in models.build("resnet20", shortcut=kind).parameters())
              for kind in ("padding", "projection")]  # fmt: skip
    assert counts[1] - counts[0] == by_hand
    assert f"{by_hand:,} parameters" in found["shortcuts"].text


def test_the_page_and_its_links(capsys: pytest.CaptureFixture[str]) -> None:
    page = app_at(PAGE).run()
    assert not page.exception
    assert len(page.subheader) == 8
    assert len(page.metric) == sum(len(one.numbers) for one in course_questions.all())
    snippet = next(box for box in page.expander if box.label == "Source").code[0].value
    with torch.random.fork_rng(devices=[]):
        exec(compile(snippet, "snippet", "exec"), {})
    printed = capsys.readouterr().out
    assert all(one.question in printed for one in course_questions.all())


@pytest.mark.parametrize("make", course_questions.QUESTIONS, ids=lambda make: make.__name__)
def test_a_link_opens_its_part(make: Callable[[], CourseAnswer]) -> None:
    answer = make()
    page = app_at(navigation.script(answer.page))
    for name, value in answer.link:
        page.query_params[name] = value
    page.run()
    assert not page.exception
    assert page.title
    for key, value in answer.link:
        assert page.session_state[key] == value
