"""What one cell really sees: its gradient by the image, and what blanking does to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records.proofs import Proof


@dataclass(frozen=True)
class FieldCell:
    """One cell of a layer, all of its channels together (channel None) or one of them. Vectors: row = column = 0."""

    layer: str
    row: int
    column: int
    channel: int | None = None


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """|∂ cell / ∂ pixel| [H, W] float64, summed over the image's colours, the mean over `pictures` images.

    inside: the share of it within the theoretical box. squares: (share, side) of the smallest squares around the box's
    centre that hold so much of it, clipped to the image like it; none where there is no gradient at all.
    """

    gradient: np.ndarray
    pictures: int
    inside: float
    squares: tuple[tuple[float, int], ...]
    silent: int  # images whose gradient is zero everywhere: a ReLU was shut


@dataclass(frozen=True, eq=False)
class BlankedCell:
    """The cell's channels [C] float64: of the image as it is, with all but the box blank, with the box blank.

    proof: outside blank, nothing changed. None where the box covers the whole image: there is no outside.
    """

    values: np.ndarray
    proof: Proof | None
    changed: float  # the largest change of a channel when the box is blank
    pixels: tuple[int, int]  # inside, outside


@dataclass(frozen=True)
class StackLayer:
    """One convolution of a stack of one's own, and the field after it.

    before and after it: size, jump (how many pixels two neighbours of its map lie apart) and padding (pixels before the
    first one that cell 0 sees).
    """

    kernel: int
    stride: int
    dilation: int
    padding: int
    size: int
    jump: int
    field_padding: int
    cells: int


@dataclass(frozen=True)
class FieldStack:
    """A row of `width` pixels through equal convolutions: one layer after the other."""

    width: int
    layers: tuple[StackLayer, ...]
