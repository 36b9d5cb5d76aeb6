"""What a network gets for a pixel."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain

WHITE = 255


@KINDS.register("normalised_pixel")
def normalised_pixel(chance: random.Random, *, channels: Sequence[tuple[str, float, float]]) -> Question | None:
    """A byte of a channel as the network gets it. channels: name, mean and deviation of each, in [0, 1]."""
    there = [one for one in channels if one[2] > 0]
    if not there:
        return None
    name, mean, deviation = chance.choice(there)
    mean, deviation = as_read(mean), as_read(deviation)
    byte = chance.choice((0, 51, 102, 153, 204, WHITE))
    level = byte / WHITE
    right = (level - mean) / deviation
    words = (
        f"The {name} of this data set has mean {plain(mean)} and deviation {plain(deviation)}, for levels from 0 to 1. "
        f"What does the network get for a byte of {byte}?"
    )
    why = f"({plain(level)} − {plain(mean)}) / {plain(deviation)} = {plain(right)}, with {byte} / 255 = {plain(level)}."
    wrong = [
        Mistake("mean left in", level / deviation, "Here the mean was not subtracted."),
        Mistake("deviation forgotten", level - mean, "Here it was not divided by the deviation."),
        Mistake("not scaled", (byte - mean) / deviation, "Here the byte was not divided by 255 first."),
        Mistake("variance", (level - mean) / deviation**2, "Here it was divided by the variance."),
    ]
    return compose(words, right, why, wrong, random_order=chance)
