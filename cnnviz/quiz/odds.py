"""From logits to probabilities: how many times likelier."""

from __future__ import annotations

import math
import random

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, plain

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
