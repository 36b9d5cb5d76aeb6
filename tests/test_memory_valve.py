"""Where memory is short no more is thrown away than has to be: others would make it anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

from pages.shared import kept_bytes, memory_valve
from pages.shared.view import View, by_view, forget

MADE: list[str] = []


@by_view(size=len)
def recorded(view: View) -> bytes:
    MADE.append(view.digest)
    return bytes(1_000_000)


@by_view(max_entries=8)
def drawn(view: View) -> list[str]:
    MADE.append(f"drawing {view.digest}")
    return [view.digest]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four recordings and four small things made of them."""
    forget()
    monkeypatch.setattr(kept_bytes, "room", lambda: 10**10)
    asked_for()
    yield
    forget()


def asked_for() -> list[str]:
    """What had to be made, where all is asked for."""
    MADE.clear()
    for digest in "abcd":
        view = View("net", digest, "crop", Image.new("L", (8, 8)))
        recorded(view)
        drawn(view)
    return list(MADE)


def test_half_of_the_large_goes_first() -> None:
    memory_valve.give_back(lambda: True)
    assert asked_for() == ["a", "b"]


def test_then_what_came_of_networks() -> None:
    answers = iter([False, True])
    memory_valve.give_back(lambda: next(answers))
    assert asked_for() == [f"{what}{digest}" for digest in "abcd" for what in ("", "drawing ")]
    assert next(answers, None) is None


def test_the_process_is_held_to_its_bound_where_nobody_else_says_what_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory_valve.memory, "resident", lambda: 10)
    monkeypatch.setattr(kept_bytes, "bound", lambda: 10)
    memory_valve.give_back()
    assert asked_for() == ["a", "b"]
