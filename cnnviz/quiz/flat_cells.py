"""In how many cells a function is so flat that hardly any gradient gets through."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.activation_values import FUNCTIONS
from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, count, plain

MOST = 12  # cells that are written in a line


@KINDS.register("flat_cells")
def flat_cells(chance: random.Random, *, values: Sequence[float], threshold: float) -> Question | None:
    """So many of the cells at hand, under a function that chance picks. threshold: a smaller slope counts as flat."""
    cells = [as_read(float(one)) for one in values][:MOST]
    if len(cells) < 3:
        return None
    function = chance.choice(list(FUNCTIONS))
    title, value, slope = FUNCTIONS[function]
    flat = sum(abs(slope(one)) < threshold for one in cells)
    words = (
        f"{title} is applied to {', '.join(plain(one) for one in cells)}. In how many of these {len(cells)} cells is "
        f"its slope below {plain(threshold)}, so that hardly any gradient gets through?"
    )
    why = f"In {flat} of {len(cells)}: its derivative counts, at each of these numbers."
    wrong = [
        Mistake(
            "value for slope",
            sum(abs(value(one)) < threshold for one in cells),
            "Here the function's value was compared. What counts backwards is its derivative.",
        ),
        Mistake(
            "negative ones",
            sum(one < 0 for one in cells),
            "Those are the negative cells. Only ReLU is flat exactly there.",
        ),
        Mistake("turned around", len(cells) - flat, "Those are the cells that let more through."),
        Mistake("none", 0, "Then every cell would let a gradient through: look at the cells far from 0."),
    ]
    return compose(words, flat, why, wrong, random_order=chance, say=count)
