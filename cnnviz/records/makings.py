"""How one whole map comes about, from the maps that it reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records.activations import Array

Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Ingredient:
    """One map that is read. values: [h, w]. source: the key of its layer, "" where no recorded layer holds it as it is.

    kernel: [kh, kw], its weights, and product: [H, W], what they make of it; both None where there are no weights.
    """

    source: str
    channel: int
    values: Array
    kernel: Array | None = None
    product: Array | None = None


@dataclass(frozen=True, eq=False)
class Making:
    """One map of a layer and what it is made of.

    ingredients: those with the largest mean square of their product first. others: how many more there are; rest:
    [H, W] float64, the sum of their products, None for none. output: [H, W], as the network recorded it.
    rows, columns: for each row and each column of the output the first and one past the last cell that it reads of the
    input, negative and beyond it inside the padding.
    how: "convolution", "pooling", or the kind of an operation that works cell by cell.
    """

    key: str
    channel: int
    how: str
    operation: str
    ingredients: tuple[Ingredient, ...]
    output: Array
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]
    bias: float = 0.0
    others: int = 0
    rest: Array | None = None

    @property
    def total(self) -> Array:
        """[H, W] float64: Σ of the products plus the bias, which is the output again; for a convolution only."""
        parts = [part.product for part in self.ingredients if part.product is not None]
        parts += [] if self.rest is None else [self.rest]
        return sum(parts, np.full(self.output.shape, self.bias))
