"""Pooling, its undoing and enlarging, with everything on the way: windows, winners, slopes, where values come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records.activations import Array

Pair = tuple[int, int]


@dataclass(frozen=True)
class PoolingSetting:
    """What a window does and how it moves; pairs are (rows, columns). What a kind does not take is ignored.

    output: the size that adaptive pooling reaches. norm: p of Lᵖ pooling. include_pad: an average counts padded cells.
    training, seed: stochastic pooling samples with this seed when training, and takes the expectation otherwise.
    """

    kind: str = "max"
    kernel: Pair = (3, 3)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    ceil_mode: bool = False
    include_pad: bool = True
    norm: float = 2.0
    output: Pair = (1, 1)
    training: bool = True
    seed: int = 0


@dataclass(frozen=True, eq=False)
class WindowAxis:
    """The windows along one axis of so many cells.

    places: [windows, longest] int, the input's cells; below 0 or beyond the input where a window lies over padding.
    there: [windows, longest] bool, False where a window is shorter than the longest.
    """

    places: Array
    there: Array
    length: int

    @property
    def inside(self) -> Array:
        """[windows, longest] bool: cells of the input itself."""
        found: Array = self.there & (self.places >= 0) & (self.places < self.length)
        return found

    @property
    def unused(self) -> Array:
        """The input's cells that no window covers, in order."""
        reached = set(self.places[self.inside].tolist())
        return np.array([place for place in range(self.length) if place not in reached], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Pooled:
    """x: [C, H, W] float64. values: [C, OH, OW].

    cells: [C, OH, OW, K] float64, what each window holds, NaN where it holds nothing of the input; places: [OH, OW, K]
    the same as flat indices row · W + column, −1 for nothing. shares: [C, OH, OW, K], what a cell contributes with: its
    weight, its probability (stochastic), 1 for the winner. slopes: [C, OH, OW, K] = ∂ value / ∂ cell.
    switches: [C, OH, OW] flat indices of the winners, or None where there is none. divisors: [OH, OW] of an average.
    weights: [kh, kw] of a strided convolution, else None.
    """

    setting: PoolingSetting
    x: Array
    values: Array
    rows: WindowAxis
    columns: WindowAxis
    cells: Array
    places: Array
    shares: Array
    slopes: Array
    switches: Array | None
    divisors: Array
    weights: Array | None = None


@dataclass(frozen=True, eq=False)
class Upsampled:
    """x: [C, H, W] float64. values: [C', OH, OW].

    sources: [C', OH, OW, K] int, flat indices into x, −1 for nothing. weights: [C', OH, OW, K]: each value is
    Σ weight · x[source]. coverage: [OH, OW], how many cells of a channel reach this place.
    """

    kind: str
    x: Array
    values: Array
    sources: Array
    weights: Array
    coverage: Array


@dataclass(frozen=True, eq=False)
class Unpooled:
    """What pooling lost. values: [C, H, W], as close to the input as this way comes.

    psnr: 10 · log10(range² / mean squared error) in dB, ∞ where nothing is lost. kept: numbers that were stored.
    """

    way: str
    values: Array
    psnr: float
    kept: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """One kind of pooling and every way back from it."""

    kind: str
    pooled: Pooled
    restored: tuple[Unpooled, ...]


@dataclass(frozen=True, eq=False)
class Enlarged:
    """An image made small and enlarged again. small: what the way started from. psnr: against the image, in dB."""

    way: str
    small: Array
    values: Array
    psnr: float
