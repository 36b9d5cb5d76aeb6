"""A channel that is switched off or made stronger, and a cell that reads it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain


@KINDS.register("regained_cell")
def regained_cell(
    chance: random.Random,
    *,
    layer: str,
    channel: str,
    cells: Sequence[tuple[str, float, float]],
    gains: Sequence[float],
) -> Question | None:
    """What a cell of a convolution becomes when one of the channels that it reads is made stronger.

    cells: where (a phrase), its value as the network has it, and with the channel off. gains: to choose from; 1 is as
    it is, 0 off.
    """
    there = [one for one in cells if as_read(one[1]) != as_read(one[2])]
    some = [one for one in gains if one not in (0, 1)]
    if not there or not some:
        return None
    where, whole, without = chance.choice(there)
    whole, without, gain = as_read(whole), as_read(without), chance.choice(some)
    part = whole - without
    right = without + gain * part
    words = (
        f"{layer} has {plain(whole)} at {where}, and {plain(without)} where {channel} is off. What does it have there "
        f"with {channel} times {plain(gain)}?"
    )
    why = (
        f"The channel brings {plain(whole)} − ({plain(without)}) = {plain(part)}: "
        f"{plain(without)} + {plain(gain)} · ({plain(part)}) = {plain(right)}."
    )
    wrong = [
        Mistake(
            "cell scaled", gain * whole, "Here the whole cell was multiplied: the other channels stay as they are."
        ),
        Mistake("channel alone", gain * part, "Here the other channels were forgotten: they bring the rest."),
        Mistake("added once more", whole + gain * part, "Here it was added to what has the channel already."),
        Mistake("as before", whole, "That is the cell as the network has it, with the channel times 1."),
    ]
    return compose(words, right, why, wrong, random_order=chance)
