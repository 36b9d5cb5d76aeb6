"""The names of a network's outputs, as somebody brings them: every output can be told from every other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnviz import models
from cnnviz.models.entries import LONGEST_NAME, told_apart
from cnnviz.plain_text import cut
from cnnviz.records import Spec
from tests.support.own_network import forgotten, stranger

NAMES = st.lists(st.one_of(st.sampled_from(["", " ", "a", "a ", "a (0)", "class 1", "a\nb", "a b"]), st.text()))


@pytest.fixture(autouse=True)
def _nothing_of_ones_own() -> Iterator[None]:
    yield from forgotten()


@given(NAMES)
def test_whatever_the_names_are_each_is_on_one_line_and_no_two_are_equal(names: list[str]) -> None:
    shown = told_apart(names)
    assert len(set(shown)) == len(shown) == len(names)
    assert all(name.strip() and name.isprintable() for name in shown)
    assert all(now.startswith(cut(before, longest=LONGEST_NAME)) for before, now in zip(names, shown, strict=True))


@given(st.lists(st.text("abc", min_size=1, max_size=LONGEST_NAME), unique=True))
def test_names_that_differ_stay_as_they_are(names: list[str]) -> None:
    assert told_apart(names) == tuple(names)


def test_a_network_whose_names_repeat_opens_and_says_how_they_are_shown() -> None:
    classes = ("crane", "crane", "", "dog")
    mine = Spec("mine", "Mine", (3, 32, 32), (0.5,) * 3, (0.5,) * 3, classes)
    choice = models.own(stranger(lambda: (nn.Sequential(nn.Flatten(), nn.Linear(3072, 4)), mine)))
    found = models.spec(choice)
    assert found.classes == ("crane (0)", "crane (1)", "class 2", "dog")
    (note,) = [note for note in found.notes if "3 class names are shown in another way" in note]
    assert '"crane" as "crane (0)"' in note
    assert models.build(choice)  # it is asked for as many classes as it has names
