"""How many channels come out where branches meet."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count

JOINS = ("concatenated", "added")


@KINDS.register("joined_channels")
def joined_channels(chance: random.Random, *, branches: Sequence[int], join: str) -> Question | None:
    """branches: channels of each branch at hand; join: "concatenated" or "added" (then all are alike)."""
    if len(branches) < 2 or join not in JOINS or (join == "added" and len(set(branches)) > 1):
        return None
    together, right = sum(branches), sum(branches) if join == "concatenated" else branches[0]
    listed = ", ".join(count(one) for one in branches[:-1]) + f" and {count(branches[-1])}"
    words = f"Branches of {listed} channels meet and are {join}: how many channels go on?"
    why = (
        f"They lie behind one another, so their numbers add up: {count(right)}."
        if join == "concatenated"
        else f"Cell is added to cell, channel to channel, so their number stays: {count(right)}."
    )
    mistakes = [
        Mistake(
            "joined the other way",
            branches[0] if join == "concatenated" else together,
            "That many go on where branches are added cell by cell."
            if join == "concatenated"
            else "That many go on where branches are concatenated.",
        ),
        Mistake("largest branch", max(branches), "That is the widest branch alone: the others go on beside it."),
        Mistake("multiplied", math.prod(branches), "Here the numbers were multiplied: no branch meets every other."),
        Mistake("branches counted", len(branches), "That is the number of branches, not of their channels."),
    ]
    return compose(words, right, why, mistakes, random_order=chance, say=count)
