"""A layer's maps as a sum of a few parts: what they make of one cell, and how many numbers they take."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, count, plain

Cell = tuple[int, int, int, float, Sequence[tuple[str, float, float]]]  # channel, row, column, value; a part's w and h


@KINDS.register("rebuilt_cell")
def rebuilt_cell(chance: random.Random, *, cells: Sequence[Cell]) -> Question | None:
    """What the parts together make of one cell of one channel, Σ w h.

    cells: of each the channel, row, column, the layer's own value there, and for each part its name, its weight w in
    that channel and its strength h in that cell.
    """
    if not cells:
        return None
    channel, row, column, value, some = chance.choice(list(cells))
    parts = [(name, as_read(weight), as_read(strength)) for name, weight, strength in some]
    if len(parts) < 2:
        return None
    products = [weight * strength for _, weight, strength in parts]
    right = math.fsum(products)
    said = ", ".join(f"{name} {plain(strength)} (weight {plain(weight)})" for name, weight, strength in parts)
    words = (
        f"At row {row}, column {column} the parts are as strong as this, and channel {channel} has these weights for "
        f"them: {said}. What do they make of that channel there?"
    )
    why = (
        f"{' + '.join(f'{plain(weight)} · {plain(strength)}' for _, weight, strength in parts)} = {plain(right)}; the "
        f"layer itself has {plain(as_read(value))}."
    )
    wrong = [
        Mistake(
            "strongest alone", max(products), "Here only one part was counted: what a cell has is the sum of them all."
        ),
        Mistake(
            "weights forgotten", math.fsum(strength for *_, strength in parts),
            "Here the strengths were added as they are: each counts as much as the channel's weight for it says.",
        ),
        Mistake("mean", right / len(parts), "Here the mean was taken: parts are added up."),
        Mistake("the layer's own", as_read(value), "That is what the layer has: the parts only come near it."),
    ]  # fmt: skip
    return compose(words, right, why, wrong, random_order=chance)


@KINDS.register("numbers_of_parts")
def numbers_of_parts(chance: random.Random, *, channels: int, cells: int, parts: int) -> Question | None:
    """How many numbers a few parts take: each has a map and one weight a channel."""
    right = parts * (channels + cells)
    words = (
        f"A layer has {count(channels)} channels of {count(cells)} cells. {count(parts)} parts stand for it, each with "
        "one map and one weight a channel. How many numbers is that together?"
    )
    why = (
        f"{count(parts)} · ({count(cells)} + {count(channels)}) = {count(right)}; the layer itself has "
        f"{count(channels * cells)}."
    )
    wrong = [
        Mistake("maps alone", parts * cells, "That is the maps alone: a part says which channels speak in it, too."),
        Mistake("weights alone", parts * channels, "That is the weights alone: a part says where it is, too."),
        Mistake(
            "a layer each", parts * channels * cells,
            "That is a whole layer for each part: but all channels share a part's one map.",
        ),
        Mistake("one part", channels + cells, "That is one part."),
    ]  # fmt: skip
    return compose(words, right, why, wrong, random_order=chance, say=count)
