"""How long the sum is that a residual block passes on."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain


@KINDS.register("joined_norm")
def joined_norm(chance: random.Random, *, blocks: Sequence[tuple[str, float, float]]) -> Question | None:
    """The length of x + F(x) where the two are at right angles. blocks: name, ‖x‖ and ‖F(x)‖ of each."""
    there = [one for one in blocks if math.isfinite(one[1] + one[2]) and one[1] > 0 and one[2] > 0]
    if not there:
        return None
    name, carried, added = chance.choice(there)
    carried, added = as_read(carried), as_read(added)
    right = math.hypot(carried, added)
    words = (
        f"In {name} the shortcut carries an x of length {plain(carried)}, and the block adds an F(x) of length "
        f"{plain(added)}. If the two are at right angles, as directions drawn at random nearly are, how long is "
        "x + F(x)?"
    )
    why = f"√({plain(carried)}² + {plain(added)}²) = {plain(right)}, by Pythagoras."
    wrong = [
        Mistake("lengths added", carried + added, "Lengths add up only where both point the same way."),
        Mistake("lengths subtracted", abs(carried - added), "So it is only where the two point in opposite ways."),
        Mistake("root forgotten", carried**2 + added**2, "That is the square of the length."),
        Mistake("shortcut alone", carried, "That is x alone: F(x) is added to it."),
    ]
    return compose(words, right, why, wrong, random_order=chance)
