"""A window that slides over a grid: which cells each output reads, through which weight, and what comes of them.

The reading is separable, rows and columns apart, so that a stride, a dilation, a padding, a pooling window, ceil_mode,
an adaptive window and a transposed convolution are all two small tables of indices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records.activations import Array

KINDS = {
    "products": "Σ input · weight (+ bias)",  # convolution
    "contributions": "the same sum, seen from the output of a transposed convolution",
    "max": "the largest cell of the window",
    "mean": "Σ / number of cells that count",
    "power": "(Σ |cell|^p)^(1/p)",  # Lp pooling
    "sampled": "one cell, drawn with probability cell / Σ",  # stochastic pooling, training
    "expected": "Σ probability · cell",  # stochastic pooling, testing
}


@dataclass(frozen=True, eq=False)
class Companion:
    """A grid of numbers beside the others: as large as the (padded) input or as the output, and linked to it.

    side: "input" or "output". values: [H, W], or [C, H, W] where every channel has its own.
    like_output: coloured as the output is, for numbers that are compared with it.
    """

    name: str
    values: Array
    side: str = "output"
    like_output: bool = False


@dataclass(frozen=True, eq=False)
class SlidingWindow:
    """Everything that the sliding-window drawing needs. Checked when it is made: ValueError says what does not fit.

    kind: one of KINDS. It decides how the arithmetic of a cell is written.
    input: [C, Hp, Wp], the padding included; −∞ where max pooling pads.
    output: [O, Ho, Wo].
    rows: [Ho, kh] int, the row of `input` that an output row reads at each row of the window; −1: it reads nothing.
    columns: [Wo, kw] int, the same for columns.
    padding: (top, left, bottom, right), how many rows and columns of `input` are padding.
    sources: for each padded row and column the row and column of the image that it repeats, −1 for none (zeros).
    weights: [O, C / groups, kh, kw] or None where there are none (pooling).
    bias: [O] or None. groups: how many groups the channels fall into; pooling has as many as channels.
    winners: [O, Ho, Wo] int, which tap won: its row · kw + its column; −1: none. Or None.
    divisors: [Ho, Wo], by what a mean divides; None: by the number of taps. power: the p of an Lp pooling.
    anchors: for each output row and output column the padded row and column that it stands for, where that is not the
    middle of its window (an even kernel); both are then marked.
    names: what the grids are called: (input, weights, output).
    """

    kind: str
    input: Array
    output: Array
    rows: Array
    columns: Array
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    sources: tuple[Array, Array] | None = None
    weights: Array | None = None
    bias: Array | None = None
    groups: int = 1
    winners: Array | None = None
    divisors: Array | None = None
    power: float = 2.0
    names: tuple[str, str, str] = ("input", "kernel", "output")
    companions: tuple[Companion, ...] = ()
    anchors: tuple[Array, Array] | None = None

    def __post_init__(self) -> None:
        channels, high, wide = self.input.shape
        _, rows, columns = self.output.shape
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind {self.kind!r}; there are: {', '.join(KINDS)}")
        if len(self.rows) != rows or len(self.columns) != columns:
            raise ValueError(
                f"rows and columns must have a line for each of {rows} × {columns} outputs, "
                f"found {len(self.rows)} and {len(self.columns)}"
            )
        if self.rows.max(initial=-1) >= high or self.columns.max(initial=-1) >= wide:
            raise ValueError(f"a window reads beyond the {high} × {wide} cells of the input")
        if channels % self.groups or len(self.output) % self.groups:
            raise ValueError(f"{channels} → {len(self.output)} channels do not fall into {self.groups} groups")
        wanted = (len(self.output), channels // self.groups, self.rows.shape[1], self.columns.shape[1])
        if self.weights is not None and self.weights.shape != wanted:
            raise ValueError(f"the weights must be {list(wanted)}, found {list(self.weights.shape)}")

    @property
    def dropped(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Rows and columns of the image itself (counted without the padding) that no window ever reads."""
        top, left, bottom, right = self.padding
        _, high, wide = self.input.shape
        unread_rows = set(range(top, high - bottom)) - set(np.unique(self.rows).tolist())
        unread_columns = set(range(left, wide - right)) - set(np.unique(self.columns).tolist())
        return tuple(sorted(row - top for row in unread_rows)), tuple(sorted(col - left for col in unread_columns))

    @property
    def coverage(self) -> Array:
        """How many taps of the window each output reads, [Ho, Wo] int: uneven in a transposed convolution."""
        return np.asarray(np.outer((self.rows >= 0).sum(axis=1), (self.columns >= 0).sum(axis=1)))
