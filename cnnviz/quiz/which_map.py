"""Which of several maps a kernel makes of the numbers at hand."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.pooled_windows import written
from cnnviz.quiz.question import Mistake, Question, compose

SIDE = 2  # cells a side of the map that is asked for


@KINDS.register("which_map")
def which_map(
    chance: random.Random, *, values: Sequence[Sequence[float]], kernel: Sequence[Sequence[float]]
) -> Question | None:
    """A corner of the numbers at hand under a kernel, as PyTorch applies it. values: [H][W]; kernel: [h][w]."""
    grid, weights = np.asarray(values, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    rows, columns = (side + SIDE - 1 for side in weights.shape)
    if weights.size < 2 or weights.size > 9 or grid.shape[0] < rows or grid.shape[1] < columns:
        return None
    places = [(row, column) for row in range(grid.shape[0] - rows + 1) for column in range(grid.shape[1] - columns + 1)]
    chance.shuffle(places)
    patches = [grid[row : row + rows, column : column + columns] for row, column in places[:16]]
    patch = max(
        patches,
        key=lambda one: len({written(made.value) for made in mistakes(one, weights) if made.value is not None}),
    )
    words = (
        f"The kernel {written(weights)} slides over {written(patch)} with stride 1 and no padding, as PyTorch applies "
        "it. Which map comes out?"
    )
    right = slid(patch, weights)
    first = written(patch[: weights.shape[0], : weights.shape[1]])
    why = f"The first cell: {first} times the kernel, cell by cell, summed."
    return compose(words, right, why, mistakes(patch, weights), random_order=chance, say=written)


def slid(patch: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Cross-correlation at every place where the kernel lies whole: [H − h + 1, W − w + 1]."""
    windows = np.lib.stride_tricks.sliding_window_view(patch, kernel.shape)
    return np.asarray(np.einsum("rchw,hw->rc", windows, kernel))


def mistakes(patch: np.ndarray, kernel: np.ndarray) -> list[Mistake]:
    """What each known mistake makes."""
    square = kernel.shape[0] == kernel.shape[1]
    return [
        Mistake(
            "kernel turned",
            slid(patch, kernel[::-1, ::-1]),
            "Here the kernel was turned by 180°, as mathematics' convolution does it: PyTorch does not turn it.",
        ),
        Mistake(
            "rows and columns swapped",
            slid(patch, kernel.T) if square else None,
            "Here the kernel's rows and columns were swapped.",
        ),
        Mistake("sign turned", -slid(patch, kernel), "Here the sign was turned: dark to bright became bright to dark."),
        Mistake(
            "mean of products",
            slid(patch, kernel) / kernel.size,
            "Here the products were averaged: a convolution adds them up.",
        ),
    ]
