"""The page on shifted digits as Streamlit runs it: every part, its words, every snippet; and its figures."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cnnviz import experiments, samples
from cnnviz.experiments import shifted_pictures
from cnnviz.topics.shifted_pictures import captions, digits, figures
from cnnviz.topics.shifted_pictures.records import ShiftGrid
from tests.support.app import app_at, opened, shows, written
from tests.support.snippets import printed
from tests.test_experiments import results_of

PAGE = "pages/learn/shifted_pictures/page.py"
NAME = "shifted_pictures"
MEANS = {
    "FC": (0.89, 0.79, 0.48, 0.24, 0.12, 0.07),
    "CNN": (0.96, 0.91, 0.68, 0.4, 0.24, 0.13),
    "FC with crops": (0.61, 0.62, 0.61, 0.53, 0.39, 0.15),
    "CNN with crops": (0.92, 0.92, 0.91, 0.88, 0.8, 0.43),
}


def accuracies(**changes: tuple[float, ...]) -> dict[str, list[float]]:
    """Label → one seed's accuracy. changes: "CNN_with_crops" → its six."""
    lines = MEANS | {name.replace("_", " "): values for name, values in changes.items()}
    return {f"{name}, {shift} pixels": [value] for name, values in lines.items()
            for shift, value in zip(shifted_pictures.SHIFTS, values, strict=True)}  # fmt: skip


# ------------------------------------------------------------------------------------------------ the page
def test_it_opens_on_the_shipped_answer(capsys: pytest.CaptureFixture[str]) -> None:
    page, found = opened(app_at(PAGE)), experiments.results(NAME)
    verdict = experiments.get(NAME).expect(found)
    assert shows(page, verdict)
    assert "FC has 6,442 parameters, CNN has 6,422" in written(page)
    permuted = experiments.results("permuted_pixels")
    assert f"{100 * permuted['CNN, permuted'].mean:.1f} %" in written(page)
    assert page.dataframe[0].value["pixels"].tolist() == list(shifted_pictures.SHIFTS)
    assert " ".join(verdict.sentences) == " ".join(printed(page, capsys).splitlines()[-4:])


def test_ten_digits_and_their_snippet(capsys: pytest.CaptureFixture[str]) -> None:
    page, found = opened(app_at(PAGE), shifted__part="Ten digits"), digits.ten()
    lines = printed(page, capsys).splitlines()
    right = [int(line.split()[-1]) for line in lines]
    assert right == (found.answers == found.labels).sum(-1).flatten().tolist()
    assert captions.ten(found) in written(page)


def test_one_s_digit_at_every_place_and_its_snippet(capsys: pytest.CaptureFixture[str]) -> None:
    page = opened(app_at(PAGE), shifted__part="Your digit", picture="digit-on-paper")
    assert "289 places" in written(page)
    text = printed(page, capsys)
    kept = [int(one) for one in re.findall(r"at (\d+) of 289", text)]
    found = loaded_grid()
    everywhere = found.probabilities.argmax(-1)
    assert kept == [int((one == one[8, 8]).sum()) for one in everywhere]
    assert captions.grid(found) in written(page)


def loaded_grid() -> ShiftGrid:
    return digits.grid(samples.read("digit-on-paper"))


# ------------------------------------------------------------------------------------------------ verdict and figures
def test_the_verdict_follows_the_numbers() -> None:
    expect = experiments.get(NAME).expect
    usual = expect(results_of(NAME, accuracies()))
    assert usual.agrees
    assert usual.sentences[0].startswith("Moved by 3 pixels, the CNN still reads 40.0 % of the digits and FC 24.0 %")
    assert "does not make a network invariant" in usual.sentences[1]
    assert "CNN by −4.0 points and FC by −28.0" in usual.sentences[2]
    invariant = expect(results_of(NAME, accuracies(CNN=(0.96,) * 6)))
    assert "within 2 points" in invariant.sentences[1]
    worse = expect(results_of(NAME, accuracies(CNN=(0.96, 0.9, 0.5, 0.1, 0.1, 0.1))))
    assert not worse.agrees
    assert "loses no less" in worse.sentences[1]
    assert not expect(results_of(NAME, accuracies(CNN_with_crops=(0.9, 0.6, 0.5, 0.3, 0.3, 0.3)))).agrees


def test_four_lines_over_the_shift_in_pixels() -> None:
    chart = figures.over_shift(results_of(NAME, accuracies()), theme="light")
    assert {line.name: tuple(np.round(np.array(line.y) / 100, 4)) for line in chart.data} == MEANS
    assert all(tuple(line.x) == shifted_pictures.SHIFTS for line in chart.data)
    nothing = results_of(NAME, {label: [] for label in accuracies()})
    assert all(value is None for line in figures.over_shift(nothing).data for value in line.y)
    assert figures.table(nothing)[0]["CNN"] == "–"


def test_whiskers_are_the_seeds_deviation() -> None:
    several = {label: [value - 0.01, value, value + 0.03] for label, (value,) in accuracies().items()}
    chart = figures.over_shift(results_of(NAME, several))
    expected = 100 * np.std([-0.01, 0, 0.03], ddof=1)
    assert chart.data[0].error_y.array == pytest.approx([expected] * 6)
    assert "± 2.1" in str(figures.table(results_of(NAME, several))[0]["CNN"])


def test_the_map_carries_every_probability() -> None:
    found = loaded_grid()
    header, blobs = figures.shift_map(found)
    sent = np.frombuffer(blobs["probabilities"], "<f4").reshape(found.probabilities.shape)
    assert np.array_equal(sent, found.probabilities)
    assert header["classes"][header["start"]] == "3"
    other = ShiftGrid(found.picture, 8, found.networks, found.probabilities[::-1], found.classes)
    assert figures.shift_map(other)[0]["digest"] != header["digest"]


def test_locality_is_said_from_the_results() -> None:
    course = {"FC": [0.86], "CNN": [0.95], "FC, permuted": [0.86], "CNN, permuted": [0.81]}
    words = captions.locality(results_of("permuted_pixels", course))
    assert "from 95.0 % to 81.0 %" in words
    assert "locality is worth" in words
    level = results_of("permuted_pixels", course | {"CNN, permuted": [0.95]})
    assert "no clear answer" in captions.locality(level)
