"""What stands in a cell again after its window was pooled and put back, and how many numbers a pooling leaves."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.pooled_windows import NAMES, read, written
from cnnviz.quiz.question import Mistake, Question, compose, count, plain

WAYS = {
    "switches": "the result goes back to the cell that it came from, the others are filled with 0",
    "nearest": "every cell of the window gets the result",
}


@KINDS.register("restored_cell")
def restored_cell(
    chance: random.Random, *, windows: Sequence[Sequence[Sequence[float]]], kind: str = "max", way: str = "switches"
) -> Question | None:
    """A cell that is not the largest of one of the windows at hand. windows: [n][rows][columns]; way: one of WAYS.

    kind: "max" or "average", which keeps no switches.
    """
    grids = [read(one) for one in windows]
    grids = [one for one in grids if one.size > 1 and one.min() < one.max()]
    if not grids or kind not in NAMES or way not in WAYS or (kind == "average" and way == "switches"):
        return None
    window = chance.choice(grids)
    cell = float(chance.choice(sorted(set(window[window < window.max()].tolist()))))
    right = 0.0 if way == "switches" else float(window.max() if kind == "max" else window.mean())
    words = (
        f"{NAMES[kind]} looks at {written(window)}. On the way back {WAYS[way]}. What stands where {plain(cell)} stood?"
    )
    return compose(words, right, _why(kind, way, right), mistakes(window, cell, kind), random_order=chance)


def _why(kind: str, way: str, right: float) -> str:
    if way == "switches":
        return "0: the switch remembers where the largest cell was, and of the other cells nothing was kept."
    kept = "largest cell" if kind == "max" else "mean"
    return f"{plain(right)}: the window's {kept} is all that was kept, and it is copied."


def mistakes(window: np.ndarray, cell: float, kind: str) -> list[Mistake]:
    """What each known mistake puts there."""
    largest, mean = float(window.max()), float(window.mean())
    return [
        Mistake("nothing lost", cell, "That number was thrown away: pooling keeps one number a window."),
        Mistake("largest copied", largest, "That is the window's largest cell: here it is not copied to this place."),
        Mistake("mean copied", mean, "That is the window's mean: here it is not what comes back."),
        Mistake(
            "shared out",
            (largest if kind == "max" else mean) / window.size,
            "Here the result was shared among the cells, as a mean's gradient is.",
        ),
    ]


@KINDS.register("kept_numbers")
def kept_numbers(chance: random.Random, *, rows: int, columns: int, side: int) -> Question | None:
    """How many numbers of one map are left. side: of the windows, which do not overlap."""
    if side < 2 or rows < side or columns < side:
        return None
    right = (rows // side) * (columns // side)
    words = (
        f"A map of {count(rows)} × {count(columns)} cells is pooled in windows of {side} × {side} with stride {side}. "
        "How many numbers are left?"
    )
    why = f"{rows // side} · {columns // side} = {count(right)} windows, one number each."
    every = (rows - side + 1) * (columns - side + 1)
    wrong = [
        Mistake(
            "one direction",
            rows * columns // side,
            f"Here only one direction was made smaller: a window takes {side} rows and {side} columns.",
        ),
        Mistake("stride forgotten", every, f"Here the windows moved by 1: with stride {side} they do not overlap."),
        Mistake("one row", rows // side, "That is how many windows lie below one another: each row has as many again."),
        Mistake(
            "one a window lost",
            rows * columns - right,
            "Here one cell of each window was taken away. Only one is kept.",
        ),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=count)
