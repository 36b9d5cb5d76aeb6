"""The family of kinds of questions, by name. A kind is a function of a source of chance and of plain values."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from cnnviz.quiz.question import Question
from cnnviz.registry import Registry

Kind = Callable[..., Question | None]
KINDS: Registry[Kind] = Registry("kind of question")


def ask(kind: str, seed: int = 0, /, **state: object) -> Question | None:
    """A question of that kind about this state; the same seed gives the same question in the same order.

    state: plain values, as the kind's function takes them. None where the state gives no question. Raises KeyError,
    with the close names, for a kind that there is not.
    """
    found = KINDS[kind](random.Random(f"{kind} {seed}"), **state)
    return None if found is None else replace(found, kind=kind)
