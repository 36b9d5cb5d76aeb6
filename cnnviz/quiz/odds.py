"""From logits to probabilities: how many times likelier."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain

FURTHEST = 25.0  # between two logits; e^25 is 72 thousand million


@KINDS.register("odds")
def odds(chance: random.Random, *, first: str, second: str, logits: tuple[float, float]) -> Question | None:
    """The two likeliest classes at hand and their logits, the larger one first."""
    larger, smaller = logits
    gap = larger - smaller
    if not 0 < gap < FURTHEST:
        return None
    right = math.exp(gap)
    words = (
        f"The logit of “{first}” is {plain(larger)}, that of “{second}” {plain(smaller)}. After softmax, how many "
        "times as likely is the first?"
    )
    why = f"e to the power of the difference: e^{plain(gap)} = {plain(right)}."
    mistakes = [
        Mistake(
            "ratio of logits",
            larger / smaller if smaller > 0 else None,
            "Here the logits were divided by each other: softmax takes the power of e first.",
        ),
        Mistake("difference", gap, "That is the difference of the logits: it stands in the exponent of e."),
        Mistake("power of two", 2.0**gap, "Here 2 was the base of the power: softmax takes e, about 2.718."),
        Mistake("equal", 1.0, "Only equal logits make equal probabilities."),
    ]
    return compose(words, right, why, mistakes, random_order=chance)


@KINDS.register("tempered_odds")
def tempered_odds(
    chance: random.Random, *, first: str, second: str, logits: tuple[float, float], temperatures: Sequence[float]
) -> Question | None:
    """The two largest logits at hand, softened or sharpened. temperatures: those on show; 1 asks nothing new."""
    larger, smaller = (as_read(one) for one in logits)
    gap = larger - smaller
    there = [one for one in temperatures if one > 0 and one != 1 and 0 < gap / one < FURTHEST and gap < FURTHEST]
    if not there:
        return None
    temperature = chance.choice(there)
    right = math.exp(gap / temperature)
    words = (
        f"The logit of “{first}” is {plain(larger)}, that of “{second}” {plain(smaller)}. After softmax with "
        f"temperature {plain(temperature)}, how many times as likely is the first?"
    )
    why = f"The difference is divided by the temperature: e^({plain(gap)} / {plain(temperature)}) = {plain(right)}."
    mistakes = [
        Mistake("temperature forgotten", math.exp(gap), "That is softmax at temperature 1."),
        Mistake(
            "multiplied",
            math.exp(gap * temperature) if gap * temperature < FURTHEST else None,
            "Here the logits were multiplied by the temperature: a high one then sharpens. They are divided by it.",
        ),
        Mistake(
            "divided after",
            math.exp(gap) / temperature,
            "Here the odds were divided. The temperature divides the logits, before the power of e.",
        ),
        Mistake("without e", gap / temperature, "That is the exponent itself: softmax takes the power of e."),
    ]
    return compose(words, right, why, mistakes, random_order=chance)
