"""Guesses are bounded for each and for all, whoever the guesser says they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.attempts import Attempts

EACH, TOGETHER, SECONDS = 3, 7, 60.0


@given(st.lists(st.tuples(st.sampled_from("abcdefghi"), st.floats(0, 40)), max_size=60))
def test_no_window_holds_more_than_its_bounds(tries: list[tuple[str, float]]) -> None:
    now, made = [0.0], []
    attempts = Attempts(each=EACH, together=TOGETHER, seconds=SECONDS, clock=lambda: now[0])
    for who, later in tries:
        now[0] += later
        wait = attempts.take(who)
        assert 0.0 <= wait <= SECONDS
        if not wait:
            made.append((now[0], who))
            window = [name for when, name in made if now[0] - when < SECONDS]
            assert len(window) <= TOGETHER
            assert window.count(who) <= EACH


@given(st.integers(0, TOGETHER), st.floats(0, 1e6))
def test_who_waits_as_long_as_was_said_may_try(others: int, begin: float) -> None:
    now = [begin]
    attempts = Attempts(each=EACH, together=TOGETHER, seconds=SECONDS, clock=lambda: now[0])
    for number in range(others):
        attempts.take(f"name {number}")
    while not (wait := attempts.take("anna")):
        now[0] += 1
    now[0] += wait + 1e-6 * max(1.0, begin)
    assert attempts.take("anna") == 0.0


def test_a_right_one_is_forgiven() -> None:
    attempts = Attempts(each=1, together=2, seconds=SECONDS, clock=lambda: 0.0)
    assert attempts.take("anna") == 0.0
    assert attempts.take("anna") == SECONDS
    attempts.forgive("anna")
    assert attempts.take("anna") == attempts.take("ben") == 0.0
    assert attempts.take("carla") == SECONDS
