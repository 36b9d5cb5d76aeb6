"""What stands in a cell of a map that was made larger, and how large a transposed convolution makes it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.pooled_windows import read, written
from cnnviz.quiz.question import Mistake, Question, compose, count, plain

MOST = 16  # cells of an input that can be written in a line
Array = np.ndarray


@KINDS.register("upsampled_cell")
def upsampled_cell(
    chance: random.Random,
    *,
    values: Sequence[Sequence[float]],
    way: str,
    size: tuple[int, int],
    align_corners: bool = False,
) -> Question | None:
    """One cell of the larger map. values: [H][W]; way: "nearest" or "bilinear"; size: rows and columns that come out.

    Nearest is asked of whole multiples only.
    """
    grid = read(values)
    if way not in ("nearest", "bilinear") or grid.size > MOST or min(grid.shape) < 2 or size == grid.shape:
        return None
    if way == "nearest" and any(whole % part for whole, part in zip(size, grid.shape, strict=True)):
        return None
    places = [(row, column) for row in range(size[0]) for column in range(size[1])]
    chance.shuffle(places)
    found = [
        (_value(grid, at, size, way, align_corners), _mistakes(grid, at, size, way, align_corners), at) for at in places
    ]
    right, wrong, (row, column) = max(found, key=_telling)
    corners = f" and align_corners={align_corners}" if way == "bilinear" else ""
    words = (
        f"{written(grid)} becomes {size[0]} × {size[1]} cells, {way}{corners}. Counted from 0: what stands in row "
        f"{row}, column {column}?"
    )
    return compose(words, right, _why(grid, (row, column), size, way, align_corners), wrong, random_order=chance)


def _telling(found: tuple[float, list[Mistake], tuple[int, int]]) -> int:
    right, wrong, _ = found
    return len({plain(one.value) for one in wrong} - {plain(right)})


def _value(grid: Array, at: tuple[int, int], size: tuple[int, int], way: str, align: bool) -> float:
    if way == "nearest":
        row, column = (place * part // whole for place, part, whole in zip(at, grid.shape, size, strict=True))
        return float(grid[row, column])
    return between(grid, source(at, grid.shape, size, align))


def source(at: tuple[int, int], shape: tuple[int, ...], size: tuple[int, int], align: bool) -> tuple[float, float]:
    """Where a cell of the output lies in the input, in cells, as PyTorch has it."""
    found = []
    for place, part, whole in zip(at, shape, size, strict=True):
        if align:
            found.append(place * (part - 1) / (whole - 1) if whole > 1 else 0.0)
        else:
            found.append(max(0.0, (place + 0.5) * part / whole - 0.5))
    return found[0], found[1]


def between(grid: Array, at: tuple[float, float]) -> float:
    """The weighted mean of the four nearest cells; beyond the last cell it is repeated."""
    (row, down), (column, right) = (
        (min(int(place), side - 1), place - int(place)) for place, side in zip(at, grid.shape, strict=True)
    )
    below, beside = min(row + 1, grid.shape[0] - 1), min(column + 1, grid.shape[1] - 1)
    upper = grid[row, column] * (1 - right) + grid[row, beside] * right
    lower = grid[below, column] * (1 - right) + grid[below, beside] * right
    return float(upper * (1 - down) + lower * down)


def _mistakes(grid: Array, at: tuple[int, int], size: tuple[int, int], way: str, align: bool) -> list[Mistake]:
    row, column = at
    laid = Mistake(
        "laid side by side",
        float(grid[row % grid.shape[0], column % grid.shape[1]]),
        "Here copies of the whole map were laid side by side. Each cell grows where it stands.",
    )
    if way == "nearest":
        steps = [whole // part for whole, part in zip(size, grid.shape, strict=True)]
        first = row % steps[0] == 0 and column % steps[1] == 0
        return [
            Mistake(
                "zeros between",
                float(grid[row // steps[0], column // steps[1]]) if first else 0.0,
                "Here the new cells were left at 0, as unpooling does. Nearest copies the cell into all of them.",
            ),
            Mistake(
                "mixed",
                between(grid, source(at, grid.shape, size, False)),
                "That is the bilinear value, which mixes neighbours. Nearest takes one cell as it is.",
            ),
            laid,
        ]
    return [
        Mistake(
            "nearest instead",
            _value(grid, at, size, "nearest", align),
            "That is the nearest cell as it is. Bilinear mixes it with its neighbours.",
        ),
        Mistake(
            "other corners",
            between(grid, source(at, grid.shape, size, not align)),
            f"That is what comes out with align_corners={not align}, which measures from other points.",
        ),
        Mistake(
            "plain mean",
            _plain_mean(grid, source(at, grid.shape, size, align)),
            "Here the four nearest cells counted alike. The nearer one weighs more.",
        ),
        laid,
    ]


def _plain_mean(grid: Array, at: tuple[float, float]) -> float:
    row, column = (min(math.floor(place + 1e-9), side - 2) for place, side in zip(at, grid.shape, strict=True))
    return float(grid[row : row + 2, column : column + 2].mean())


def _why(grid: Array, at: tuple[int, int], size: tuple[int, int], way: str, align: bool) -> str:
    if way == "nearest":
        row, column = (place * part // whole for place, part, whole in zip(at, grid.shape, size, strict=True))
        return f"It is a copy of row {row}, column {column} of the input."
    row, column = source(at, grid.shape, size, align)
    return f"It lies at row {plain(round(row, 3))}, column {plain(round(column, 3))} of the input, between its cells."


@KINDS.register("transposed_size")
def transposed_size(
    chance: random.Random, *, size: int, kernel: int, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Question | None:
    """Cells that come out of a transposed convolution along one axis (Dumoulin and Visin 2016)."""
    right = (size - 1) * stride - 2 * padding + kernel + output_padding
    if right < 1 or size < 2:
        return None
    extra = f", output padding {output_padding}" if output_padding else ""
    words = (
        f"A transposed convolution reads {size} cells along an axis: kernel {kernel}, stride {stride}, padding "
        f"{padding}{extra}. How many cells come out along this axis?"
    )
    plus = f" + {output_padding}" if output_padding else ""
    why = f"({size} − 1) · {stride} − 2 · {padding} + {kernel}{plus} = {right}: kernels are laid down {stride} apart."
    forward = (size + 2 * padding - kernel) // stride + 1
    wrong = [
        Mistake(
            "not transposed",
            forward if size + 2 * padding >= kernel else None,
            "That is the size behind an ordinary convolution, which this one turns around.",
        ),
        Mistake(
            "padding added",
            right + 4 * padding if padding else None,
            "Here the padding made the output larger. Transposed, it is cut off on both sides.",
        ),
        Mistake("only multiplied", size * stride, "Here the size was only multiplied by the stride."),
        Mistake("overlap forgotten", size * kernel, "Here the kernels lay side by side: they overlap, and are added."),
        Mistake("one stride more", right + stride, f"Between {size} kernels there are {size - 1} strides."),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=count)


@KINDS.register("shuffled_pixel")
def shuffled_pixel(chance: random.Random, *, channels: Sequence[Sequence[Sequence[float]]]) -> Question | None:
    """One cell behind a pixel shuffle of four channels into one. channels: [4][H][W]."""
    maps = np.array([read(one) for one in channels])
    if maps.ndim != 3 or len(maps) != 4 or maps.size > MOST:
        return None
    _, high, wide = maps.shape
    row, column = chance.randrange(2 * high), chance.randrange(2 * wide)
    right = float(maps[row % 2 * 2 + column % 2, row // 2, column // 2])
    listed = ", ".join(written(one) for one in maps)
    words = (
        f"Four channels {listed} become one by a pixel shuffle. Counted from 0: what stands in row {row}, column "
        f"{column}?"
    )
    why = (
        f"Row {row // 2}, column {column // 2} of the input gives a 2 × 2 square; this cell of it is channel "
        f"{row % 2 * 2 + column % 2}."
    )
    wrong = [
        Mistake(
            "rows and columns swapped",
            float(maps[column % 2 * 2 + row % 2, row // 2, column // 2]),
            "Here the square was filled column by column. It is filled row by row.",
        ),
        Mistake(
            "laid side by side",
            float(maps[row // high * 2 + column // wide, row % high, column % wide]),
            "Here the channels were laid side by side, each whole. They are interleaved, cell by cell.",
        ),
        Mistake(
            "one after the other",
            float(maps.ravel()[row * 2 * wide + column]),
            "Here the channels were written one after the other. Each output square takes one cell of each.",
        ),
        Mistake(
            "mean of the channels",
            float(maps[:, row // 2, column // 2].mean()),
            "Here the channels were averaged. A shuffle only moves numbers.",
        ),
    ]
    return compose(words, right, why, wrong, random_order=chance)
