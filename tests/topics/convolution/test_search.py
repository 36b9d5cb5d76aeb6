"""The search for a kernel: its bowl against torch over drawn images, and the page's part."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnviz.topics.convolution import kernel_search, search_captions, search_figures, search_link
from cnnviz.topics.convolution.search_proofs import against_torch
from tests.support.app import written
from tests.topics.convolution.test_page import part, runs, snippet

IMAGES = arrays.arrays(
    np.float64, st.tuples(st.integers(3, 12), st.integers(3, 12)), elements=st.floats(0, 1, width=32)
)  # fmt: skip
NUMBERS = st.integers(1, kernel_search.PUZZLES)


@settings(deadline=None, max_examples=40)
@given(IMAGES, NUMBERS, st.booleans())
def test_loss_slopes_and_steps_are_those_of_torch(x: np.ndarray, number: int, centred: bool) -> None:
    for proof in against_torch(kernel_search.search(x, number, centred=centred)):
        assert proof.holds, proof


@settings(deadline=None, max_examples=40)
@given(IMAGES, NUMBERS, st.booleans(), st.floats(0.05, 0.95), st.integers(0, 2**16))
def test_below_the_largest_rate_no_step_climbs_and_above_it_the_steepest_error_grows(
    x: np.ndarray, number: int, centred: bool, share: float, seed: int
) -> None:
    found = kernel_search.search(x, number, centred=centred)
    start = np.random.default_rng(seed).normal(size=(3, 3))
    if found.steepest < 1e-6:
        return
    below = kernel_search.descend(found, start, rate=share * found.largest_rate, momentum=0.0, steps=30)
    losses = [kernel_search.loss(found, kernel) for kernel in below]
    assert np.all(np.diff(losses) <= 1e-9 * max(losses[0], 1.0))
    steepest = np.linalg.eigh(found.gram)[1][:, -1]
    above = kernel_search.descend(
        found, found.hidden + steepest.reshape(3, 3), rate=1.2 * found.largest_rate, momentum=0.0, steps=5
    )
    assert kernel_search.loss(found, above[-1]) > kernel_search.loss(found, above[0])


def test_every_puzzle_has_a_kernel_and_the_first_ones_have_names() -> None:
    for number in range(1, kernel_search.PUZZLES + 1):
        title, hidden = kernel_search.puzzle(number)
        assert hidden.shape == (3, 3)
        assert np.abs(hidden).max() > 0
        assert bool(title) == (number <= len(kernel_search.NAMED))


def test_the_error_along_the_flattest_direction_halves_when_it_is_said_to() -> None:
    found = kernel_search.search(np.random.default_rng(0).random((20, 20)), 1, centred=True)
    steps = kernel_search.halving(found)
    flattest = np.linalg.eigh(found.gram)[1][:, 0].reshape(3, 3)
    rate = kernel_search.SAFE * found.largest_rate
    path = kernel_search.descend(found, found.hidden + flattest, rate=rate, momentum=0.0, steps=math.ceil(steps))
    left = [float(np.linalg.norm(kernel - found.hidden)) for kernel in path]
    assert left[math.floor(steps)] >= 0.5 >= left[math.ceil(steps)]


def test_an_image_that_is_the_same_everywhere_teaches_nothing_once_its_mean_is_gone() -> None:
    found = kernel_search.search(np.full((8, 8), 0.5), 3, centred=True)
    assert "nothing can be learned" in search_captions.bowl(found)
    assert search_figures.search_data(found)["meta"]["largest"] is None


def test_the_part_shows_its_bowl_and_its_snippet_finds_the_kernel() -> None:
    app = part("Learn a kernel", **{"convolution.puzzle": "2", "convolution.centred": "true"})
    assert "times as steep in its steepest direction" in written(app)
    assert written(app).count(":green[:material/check_circle:]") == 3
    found = runs(snippet(app, "import torch"))
    assert float(found["loss"]) < 1e-4


PLACES = st.builds(
    lambda kernel, steps, share, heavy: {"kernel": kernel, "steps": steps, "share": share, "heavy": heavy},
    st.lists(st.floats(-9, 9).map(lambda weight: float(f"{weight:.6g}")), min_size=9, max_size=9),
    st.integers(0, search_link.MOST), st.integers(1, 26).map(lambda tick: float(f"{0.05 * tick:g}")), st.booleans(),
)  # fmt: skip


@given(PLACES)
def test_a_link_says_where_the_search_stands(place: search_link.SearchPlace) -> None:
    again, refused = search_link.read(search_link.link(place))
    assert not refused
    np.testing.assert_allclose(again["kernel"], place["kernel"], rtol=1e-6)
    assert {**again, "kernel": 0} == {**place, "kernel": 0}
    assert search_link.link(search_link.FIRST) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("weights", "1,2,3"), ("weights", "1,2,3,4,5,6,7,8,inf"),
        ("weights", "a,b"), ("steps", "-1"), ("steps", "20001"),
        ("rate", "2"), ("rate", "nan"), ("momentum", "yes"),
    ],
)  # fmt: skip
def test_what_the_link_cannot_mean_is_said_and_leaves_it(name: str, text: str) -> None:
    app = part("Learn a kernel", **{f"convolution.search_{name}": text})
    assert any("of the kernel that is learned" in str(said.value) for said in app.warning)
    assert f"convolution.search_{name}" not in app.query_params
