"""Questions of single parts: the right answer is torch's or the engine's over drawn states, and no wrong one is it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cnnviz import quiz
from tests.drawn_questions import KINDS

STATES = 40  # drawn for each kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_answer_is_the_engines_and_no_wrong_one_is(kind: str) -> None:
    make, reference = KINDS[kind]
    asked = 0
    for seed in range(STATES):
        state = make(random.Random(f"{kind} {seed}"))
        found = quiz.ask(kind, seed, **state)
        if found is None:
            continue
        asked += 1
        right = reference(state, found.words)[""]
        if isinstance(right, str):
            assert found.right.value == right
        else:
            np.testing.assert_allclose(found.right.value, right, rtol=1e-6, atol=1e-9, err_msg=f"{found} {state}")
        assert all(option.value != found.right.value for option in found.wrong)
        assert found.words.endswith("?")
        assert all(option.said.endswith(".") for option in found.options)
    assert asked >= STATES // 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_is_what_a_reader_computes(kind: str) -> None:
    """Numbers with many digits are asked about as they are written, so that nobody who calculates is told off."""
    make, _ = KINDS[kind]
    state = make(random.Random(kind))
    longer = _more_digits(state)
    first, second = quiz.ask(kind, 1, **state), quiz.ask(kind, 1, **longer)
    assert first is not None
    assert second is not None
    assert first.right.text == second.right.text
    assert first.words == second.words


def _more_digits(value: object) -> object:
    """Every number that is no whole one a little larger, where nobody sees it."""
    if isinstance(value, float) and not value.is_integer() and abs(value) >= 0.01:
        return value * (1 + 1e-7)
    if isinstance(value, dict):
        return {name: item if name in UNTOUCHED else _more_digits(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_more_digits(item) for item in value)
    return value


UNTOUCHED = {"threshold", "p", "probabilities", "temperatures", "momentum", "rate", "eps"}  # chosen, so as written
