"""Pixels that change place: which neighbours stay together, what a unit makes of them, and where they go."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, count, plain


@KINDS.register("neighbours_left")
def neighbours_left(chance: random.Random, *, side: int, blocks: Sequence[int]) -> Question | None:
    """How many pairs of pixels beside each other stay together for certain when squares of pixels move as a whole.

    side: of the image; blocks: sides of squares to choose from.
    """
    fitting = [one for one in blocks if 0 < one < side and side % one == 0]
    if not fitting:
        return None
    block = chance.choice(fitting)
    squares = (side // block) ** 2
    every = side * (side - 1)
    right = squares * block * (block - 1)
    words = (
        f"An image of {side} × {side} pixels has {count(every)} pairs of pixels side by side in a row. All squares of "
        f"{block} × {block} pixels change places, each as a whole. How many of the pairs lie within one square and "
        "stay together?"
    )
    why = (
        f"{count(squares)} squares, each with {block} rows of {block - 1} pairs: {count(right)}. Others meet again "
        "only by chance."
    )
    wrong = [
        Mistake("all pairs", every, "That is all of them: those across the edge of a square are torn apart."),
        Mistake("no pair", 0, "Inside a square nothing moves, so its pairs stay together."),
        Mistake("pixels for pairs", side * side, "Those are all pixels: a row of a square has one pair fewer."),
        Mistake("one row", squares * (block - 1), "That is one row of each square: every square has several."),
        Mistake("squares", squares, "That is the number of squares."),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=count)


@KINDS.register("reordered_sum")
def reordered_sum(chance: random.Random, *, weights: Sequence[float], values: Sequence[float]) -> Question | None:
    """What a unit of a linear layer makes of three inputs that changed places. weights, values: of the three, each."""
    if len(weights) != 3 or len(values) != 3:
        return None
    w, x = [as_read(one) for one in weights], [as_read(one) for one in values]
    moved = [x[2], x[0], x[1]]
    along = chance.random() < 0.5
    before = _summed(w, x)
    after = before if along else _summed(w, moved)
    words = (
        f"A unit weighs three pixels of {_listed(x)} with {_listed(w)}. The pixels change places to {_listed(moved)}, "
        f"{'and the weights move along with them' if along else 'while the weights stay where they are'}. What is the "
        "sum?"
    )
    if along:
        why = f"{plain(before)}, as before: a linear layer does not care in which order its inputs stand."
        wrong = [
            Mistake("weights left", _summed(w, moved), "That is the sum if the weights stay where they are."),
            Mistake("weights forgotten", math.fsum(x), "Here the weights were forgotten."),
        ]
    else:
        products = " + ".join(f"{plain(one)} · {plain(other)}" for one, other in zip(w, moved, strict=True))
        why = f"{products} = {plain(after)}: every weight meets another pixel."
        wrong = [
            Mistake("weights moved along", before, "That is the sum if the weights move along with the pixels."),
            Mistake("weights forgotten", math.fsum(x), "Here the weights were forgotten."),
        ]
    wrong.append(Mistake("moved the other way", _summed(w, [x[1], x[2], x[0]]), "Here the pixels moved the other way."))
    return compose(words, after, why, wrong, random_order=chance)


def _summed(weights: Sequence[float], values: Sequence[float]) -> float:
    return math.fsum(one * other for one, other in zip(weights, values, strict=True))


def _listed(some: Sequence[float]) -> str:
    return f"({', '.join(plain(one) for one in some)})"


@KINDS.register("flipped_place")
def flipped_place(chance: random.Random, *, rows: int, columns: int) -> Question | None:
    """Where a pixel is after the image was flipped from left to right; rows and columns are counted from 0."""
    if min(rows, columns) < 4:
        return None
    row, column = chance.randrange(rows), chance.randrange(columns)
    right = (row, columns - 1 - column)
    words = (
        f"An image of {rows} × {columns} pixels is flipped from left to right, as RandomHorizontalFlip does it. Rows "
        f"and columns count from 0. Where does the pixel at row {row}, column {column} go?"
    )
    why = f"Its row stays; {columns} − 1 − {column} = {right[1]}."
    wrong = [
        Mistake("counted from 1", (row, columns - column), "Here the columns were counted from 1: the last one is "
                f"{columns - 1}."),
        Mistake("upside down", (rows - 1 - row, column), "That is a flip upside down."),
        Mistake("turned", (rows - 1 - row, columns - 1 - column), "That is a turn by 180°: here only columns change."),
        Mistake("transposed", (column, row), "That is the transposed image: rows and columns swapped."),
    ]  # fmt: skip
    return compose(words, right, why, wrong, random_order=chance, say=lambda at: f"row {at[0]}, column {at[1]}")


@KINDS.register("places_within")
def places_within(chance: random.Random, *, reach: int) -> Question | None:
    """To how many places a digit goes that is moved by up to so many pixels each way. reach: of the map at hand."""
    others = [one for one in range(2, max(4, reach) + 1) if one != reach]
    asked = chance.choice(others)
    right = (2 * asked + 1) ** 2
    words = (
        f"A digit is moved by whole pixels, at most {asked} up or down and at most {asked} to the left or right. How "
        "many places are that, its own included?"
    )
    why = f"(2 · {asked} + 1)² = {right}: in each direction {asked} on either side, and the middle."
    wrong = [
        Mistake("middle forgotten", (2 * asked) ** 2, "Here the middle row and column were forgotten."),
        Mistake("one side", (asked + 1) ** 2, "That is down and to the right only."),
        Mistake(
            "straight only", 4 * asked + 1, "That is straight moves only: it may go down and to the right at once."
        ),
        Mistake("its own left out", right - 1, "Here its own place was left out."),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=count)


@KINDS.register("kept_by_order")
def kept_by_order(chance: random.Random, *, pixels: int, bright: int) -> Question | None:
    """How many pixels are not black behind a new order, or before and behind it. bright: how many are not black."""
    if not 0 < bright < pixels:
        return None
    together = chance.random() < 0.5
    by_chance = bright * bright / pixels
    start = f"Of the digit's {count(pixels)} pixels {count(bright)} are not black. A new order moves them all:"
    if together:
        words = f"{start} in how many places is neither image black, on average over all orders?"
        right: float = by_chance
        why = f"{count(bright)} · {count(bright)} / {count(pixels)} = {plain(by_chance)}."
        wrong = [
            Mistake("all of them", bright, "So many only if the order moves them among themselves."),
            Mistake("none", 0.0, "Some of the places are bright again, by chance."),
            Mistake("half", bright / 2, "Half of them only if half of the image is bright."),
        ]
    else:
        words = f"{start} how many are not black then?"
        right = bright
        why = f"{count(bright)}, as before: an order changes places, not values."
        wrong = [
            Mistake("spread out", pixels, "An order spreads them over the image, but makes none of them."),
            Mistake("those that stay", by_chance, "That is how many places are bright before and after, by chance."),
            Mistake("turned around", pixels - bright, "Those are the black ones."),
        ]
    return compose(words, right, why, wrong, random_order=chance, say=plain)
