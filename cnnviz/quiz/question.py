"""A question with its answers: the right one, and wrong ones that are each computed from a known mistake."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from cnnviz.figures.numbers import number

FEWEST, MOST = 1, 3  # wrong answers


@dataclass(frozen=True)
class Option:
    """One answer. value: what was computed; text: as it is read; mistake: its name, "" for the right answer.

    said: the sentence that follows when it was chosen.
    """

    value: Any = field(compare=False)
    text: str
    said: str
    mistake: str = ""

    @property
    def is_right(self) -> bool:
        """Whether this is the answer."""
        return not self.mistake


@dataclass(frozen=True)
class Question:
    """kind: its name in the family; words: one or two sentences; options: in the order in which they are shown."""

    kind: str
    words: str
    options: tuple[Option, ...]

    @property
    def right(self) -> Option:
        """The right answer."""
        return next(option for option in self.options if option.is_right)

    @property
    def wrong(self) -> tuple[Option, ...]:
        """The other answers."""
        return tuple(option for option in self.options if not option.is_right)


@dataclass(frozen=True)
class Mistake:
    """A known mistake: its name, what it gives (None where it cannot be made here), and what is wrong with it."""

    name: str
    value: Any
    said: str


def plain(value: float) -> str:
    """A number as a person writes it in a table: 3, −2, 0.377.

    >>> plain(3.0), plain(-0.377123), plain(-0.0)
    ('3', '−0.377', '0')
    """
    whole = float(value).is_integer() and abs(value) < 1e6
    return f"{value:,.0f}".replace("-", "−") if whole and value else number(value)


def as_read(value: float) -> float:
    """The number that `plain` writes: what is computed from it comes out as somebody computes who reads it.

    >>> as_read(1.23456), as_read(3.04e-8), as_read(12.0)
    (1.23, 3e-08, 12.0)
    """
    if not math.isfinite(value) or (float(value).is_integer() and abs(value) < 1e6):
        return float(value)
    size = abs(value)
    if 999.5 <= size < 9_999_999.5:
        return float(round(value))
    return float(f"{value:.{2 if size < 0.0009995 or size >= 9_999_999.5 else 3}g}")


def count(value: float) -> str:
    """A whole number with its thousands apart: 61,706."""
    return f"{value:,.0f}"


def compose(
    words: str,
    right: Any,
    why: str,
    mistakes: Iterable[Mistake],
    *,
    random_order: random.Random,
    say: Callable[[Any], str] = plain,
) -> Question | None:
    """A question whose answers all read differently; None where no mistake gives anything else than the right answer.

    right: the answer's value; why: the sentence under it. mistakes: the likeliest first, of which the first that differ
    are taken. say: how a value is written; two values that read alike are one answer.
    """
    options = {say(right): Option(right, say(right), why)}
    for mistake in mistakes:
        if len(options) > MOST:
            break
        if mistake.value is None or (isinstance(mistake.value, float) and not math.isfinite(mistake.value)):
            continue
        text = say(mistake.value)
        options.setdefault(text, Option(mistake.value, text, mistake.said, mistake.name))
    if len(options) <= FEWEST:
        return None
    shown = list(options.values())
    random_order.shuffle(shown)
    return Question("", words, tuple(shown))
