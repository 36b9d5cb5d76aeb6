"""What a pooling keeps of one window."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain

Grid = Sequence[Sequence[float]]
NAMES = {"max": "Max pooling", "average": "Average pooling"}


@KINDS.register("pooled_window")
def pooled_window(
    chance: random.Random, *, values: Grid, kernel: tuple[int, int], kind: str = "max"
) -> Question | None:
    """One window of the numbers at hand. values: [H][W]; kind: "max" or "average"."""
    grid = np.asarray(values, dtype=np.float64)
    rows, columns = kernel
    places = [(row, column) for row in range(grid.shape[0] - rows + 1) for column in range(grid.shape[1] - columns + 1)]
    if not places or kind not in NAMES:
        return None
    chance.shuffle(places)
    windows = [grid[row : row + rows, column : column + columns] for row, column in places]
    telling = max(windows, key=lambda window: len({round(one.value, 6) for one in mistakes(window, kind)}))
    right = float(telling.max() if kind == "max" else telling.mean())
    words = f"{NAMES[kind]} looks at this window: {written(telling)}. What does it put out?"
    why = (
        f"The largest of the {telling.size} cells: {plain(right)}."
        if kind == "max"
        else f"Their sum, {plain(float(telling.sum()))}, divided by {telling.size}: {plain(right)}."
    )
    return compose(words, right, why, mistakes(telling, kind), random_order=chance)


def read(values: Grid) -> np.ndarray:
    """The numbers as `written` writes them: [H, W] float64."""
    return np.array([[as_read(float(one)) for one in row] for row in values], dtype=np.float64)


def written(window: np.ndarray) -> str:
    """Rows of numbers in a line: [3 0 / 1 2]."""
    return "[" + " / ".join(" ".join(plain(float(one)) for one in row) for row in window) + "]"


def mistakes(window: np.ndarray, kind: str) -> list[Mistake]:
    """What each known mistake gives."""
    mean, largest = float(window.mean()), float(window.max())
    swapped = (
        Mistake("mean instead of maximum", mean, "That is the mean of the window: max pooling keeps one cell as it is.")
        if kind == "max"
        else Mistake("maximum instead of mean", largest, "That is the largest cell: average pooling weighs all alike.")
    )
    return [
        swapped,
        Mistake("sum", float(window.sum()), "That is the sum of the window: a pooling of this kind does not add up."),
        Mistake("first cell", float(window[0, 0]), "That is the first cell: keeping it is striding, not pooling."),
        Mistake("smallest", float(window.min()), "That is the smallest cell of the window."),
    ]
