"""What an attribution adds up to."""

from __future__ import annotations

import random

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain


@KINDS.register("attribution_sum")
def attribution_sum(
    chance: random.Random, *, target: str, score: float, baseline: float, method: str = "integrated gradients"
) -> Question | None:
    """The sum of a complete method's map over all pixels. score, baseline: the target's scores.

    Completeness: Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks (2017).
    """
    score, baseline = as_read(score), as_read(baseline)
    right = score - baseline
    words = (
        f"The score of “{target}” is {plain(score)} on this image and {plain(baseline)} on the baseline. What does "
        f"the map of {method} add up to, over all pixels?"
    )
    why = f"{plain(score)} − ({plain(baseline)}) = {plain(right)}: this method shares out the difference, no more."
    wrong = [
        Mistake("baseline forgotten", score, "Here the baseline was forgotten: it has a score of its own."),
        Mistake("baseline added", score + baseline, "Here the two were added. What is shared out is their difference."),
        Mistake("turned around", -right, "Here the image and the baseline were swapped."),
        Mistake("nothing", 0.0, "Only where image and baseline have the same score do the pixels cancel out."),
    ]
    return compose(words, right, why, wrong, random_order=chance)
