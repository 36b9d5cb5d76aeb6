"""What dropout makes of a unit."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, plain


@KINDS.register("dropped_unit")
def dropped_unit(chance: random.Random, *, values: Sequence[float], p: float) -> Question | None:
    """A unit of those at hand that is kept in train mode, or that stands in eval mode. p: the share that is dropped."""
    units = [float(value) for value in values if value]
    if not units or not 0 < p < 1:
        return None
    x, training = chance.choice(units), chance.random() < 0.6
    right = x / (1 - p) if training else x
    if training:
        words = (
            f"Dropout in train mode, p = {plain(p)}, as in PyTorch: a unit of {plain(x)} is kept. What is passed on?"
        )
        why = f"{plain(x)} / (1 − {plain(p)}) = {plain(right)}, so that the sum stays the same on average."
    else:
        words = (
            f"Dropout with p = {plain(p)} in eval mode, as PyTorch does it. What is passed on of a unit of {plain(x)}?"
        )
        why = "Nothing is dropped and nothing scaled: training has made up for it already."
    return compose(words, right, why, mistakes(x, p, training=training), random_order=chance)


def mistakes(x: float, p: float, *, training: bool) -> list[Mistake]:
    """What each known mistake gives."""
    weaker = Mistake(
        "scaled at the test",
        x * (1 - p),
        "That is the first paper's convention (2012): it scales by 1 − p at the test. PyTorch scales in training.",
    )
    if not training:
        stronger = Mistake("train instead of eval", x / (1 - p), "That is train mode, for a unit that is kept.")
        return [weaker, stronger, Mistake("dropped", 0.0, "In eval mode no unit is dropped.")]
    return [
        Mistake("not scaled", x, "Here it was passed on as it is: then the sum would be smaller than without dropout."),
        weaker,
        Mistake("p is kept", x / p, "Here p was taken for the share that is kept: it is the share that is dropped."),
        Mistake("dropped", 0.0, "That is a unit that was dropped: this one is kept."),
    ]
