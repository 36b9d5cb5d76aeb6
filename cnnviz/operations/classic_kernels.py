"""The kernels that image processing knew before any were learned: 3 × 3 as the textbooks print them, and resized.

As PyTorch applies them (cross-correlation, not flipped), so "sobel_top" is positive where the upper side is brighter.
Other sizes keep the idea: smoothing kernels have a closed form, edges and lines are smoothed by a binomial kernel of
size k − 2, which is how the 5 × 5 Sobel kernel is made.

Sources: Gonzalez and Woods, Digital Image Processing (2018), chapters 3 and 10; Sobel and Feldman, A 3 × 3 Isotropic
Gradient Operator (1968); Prewitt, Object Enhancement and Extraction (1970).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.registry import Registry

Array = np.ndarray

LARGEST = 63


@dataclass(frozen=True)
class _Member:
    title: str
    draw: Callable[[int], Array]
    least: int = 1  # the smallest size at which it means something


members: Registry[_Member] = Registry("classic kernel")


def names(size: int = 3) -> tuple[str, ...]:
    """All that exist at that size, smoothing first: "identity", "box", "blur", "gaussian", "sharpen", …"""
    return tuple(name for name in members if members[name].least <= size <= LARGEST)


def title(name: str) -> str:
    """In words: "Sobel, top". Unknown name: KeyError that lists the close ones."""
    return members[name].title


def kernel(name: str, size: int = 3) -> Array:
    """Its numbers, [size, size] float64.

    Raises: KeyError for an unknown name (it lists the close ones), OperationError for a size that it does not have.
    """
    member = members[name]
    if not member.least <= size <= LARGEST:
        raise OperationError(
            f"“{member.title}” exists from {member.least} × {member.least} to {LARGEST} × {LARGEST}, "
            f"not at {size} × {size}: choose a size between."
        )
    return member.draw(size)


# ------------------------------------------------------------------------------------------------ smoothing
def _identity(size: int) -> Array:
    """1 at the cell that "same" padding aligns with the output: the centre; for even sizes the one before it."""
    found = np.zeros((size, size))
    found[(size - 1) // 2, (size - 1) // 2] = 1.0
    return found


def _box(size: int) -> Array:
    return np.full((size, size), 1.0 / size**2)


def _binomial(size: int) -> Array:
    """Pascal's triangle both ways, sum 1: [1 2 1; 2 4 2; 1 2 1] / 16 at size 3."""
    row = np.array([math.comb(size - 1, place) for place in range(size)], dtype=np.float64) / 2.0 ** (size - 1)
    return np.outer(row, row)


def _gaussian(size: int) -> Array:
    """exp(−d² / 2σ²), sum 1, with OpenCV's σ for a size: 0.3·((size − 1)/2 − 1) + 0.8."""
    sigma = 0.3 * ((size - 1) / 2 - 1) + 0.8
    row = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * sigma**2))
    return np.outer(row, row) / row.sum() ** 2


# ------------------------------------------------------------------------------------------------ edges and lines
def _laplacian(size: int) -> Array:
    return _grown(np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]), size)


def _sharpen(size: int) -> Array:
    return _identity(size) - _laplacian(size)


def _outline(size: int) -> Array:
    return size**2 * _identity(size) - 1.0


def _prewitt(size: int) -> Array:
    """A ramp down the rows, the same in every column: [1 1 1; 0 0 0; −1 −1 −1] at size 3."""
    return np.repeat(((size - 1) / 2 - np.arange(size))[:, None], size, axis=1)


def _grown(small: Array, size: int) -> Array:
    """A 3 × 3 kernel smoothed to size × size: its full convolution with the binomial kernel of size − 2."""
    smooth = _binomial(size - 2)
    found = np.zeros((size, size))
    for row in range(3):
        for column in range(3):
            found[row : row + size - 2, column : column + size - 2] += small[row, column] * smooth
    return found


def _turned(draw: Callable[[int], Array], quarters: int) -> Callable[[int], Array]:
    """The same kernel turned anticlockwise by quarter turns: top, left, bottom, right."""
    return lambda size: np.ascontiguousarray(np.rot90(draw(size), quarters))


def _three(*rows: tuple[float, float, float]) -> Callable[[int], Array]:
    return lambda size: _grown(np.array(rows), size)


_SOBEL = _three((1, 2, 1), (0, 0, 0), (-1, -2, -1))
_DIAGONAL = _three((2, 1, 0), (1, 0, -1), (0, -1, -2))
_LINE = _three((-1, -1, -1), (2, 2, 2), (-1, -1, -1))
_SLANTED_LINE = _three((-1, -1, 2), (-1, 2, -1), (2, -1, -1))

for _name, _member in {
    "identity": _Member("Identity", _identity),
    "box": _Member("Mean (box)", _box),
    "blur": _Member("Blur", _binomial),
    "gaussian": _Member("Gaussian", _gaussian),
    "sharpen": _Member("Sharpen", _sharpen, 3),
    "emboss": _Member("Emboss", _three((-2, -1, 0), (-1, 1, 1), (0, 1, 2)), 3),
    "outline": _Member("Outline", _outline, 2),
    "laplacian": _Member("Laplacian", _laplacian, 3),
}.items():
    members.add(_name, _member)
for _quarters, _side in enumerate(("top", "left", "bottom", "right")):
    members.add(f"sobel_{_side}", _Member(f"Sobel, {_side}", _turned(_SOBEL, _quarters), 3))
for _quarters, _side in enumerate(("top", "left", "bottom", "right")):
    members.add(f"prewitt_{_side}", _Member(f"Prewitt, {_side}", _turned(_prewitt, _quarters), 2))
members.add("diagonal_rising", _Member("Diagonal edge, rising", _DIAGONAL, 3))
members.add("diagonal_falling", _Member("Diagonal edge, falling", _turned(_DIAGONAL, 3), 3))
members.add("line_horizontal", _Member("Line, horizontal", _LINE, 3))
members.add("line_vertical", _Member("Line, vertical", _turned(_LINE, 1), 3))
members.add("line_rising", _Member("Line, rising", _SLANTED_LINE, 3))
members.add("line_falling", _Member("Line, falling", _turned(_SLANTED_LINE, 1), 3))
