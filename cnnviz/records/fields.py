"""Receptive fields, and the layer table that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

FLATTENED = "rows and columns were flattened"  # the note of a value whose elements see the image only together


@dataclass(frozen=True)
class Interval:
    """The receptive field along one axis: cell i sees input pixels [i·stride − padding, i·stride − padding + size).

    table: what each cell sees, [start, stop), where that rule does not say it. Two cases: near the border a cell sees
    less than the rule, because what it would read further out is padding within the network (size, stride and padding
    then hold away from the border); or no such rule exists (upsampling, uneven windows, circular padding), and then
    size is the widest cell's, padding the first cell's, and stride is 0.
    """

    size: int
    stride: int
    padding: int  # how many pixels cell 0 sees before the first pixel; negative where it begins inside the image
    table: tuple[tuple[int, int], ...] | None = None

    @property
    def numbers(self) -> list[Any]:
        """[size, stride, padding] for a browser, and the table behind them where there is one."""
        plain: list[Any] = [self.size, self.stride, self.padding]
        return plain if self.table is None else [*plain, [list(span) for span in self.table]]

    @property
    def is_even(self) -> bool:
        """Whether neighbouring cells see equally large pieces, one stride apart (away from the border)."""
        return self.table is None or self.stride > 0

    def span(self, index: int) -> tuple[int, int]:
        """First and one-past-last input pixel that cell `index` sees, not clipped to the image; equal: it sees none."""
        if self.table is not None and 0 <= index < len(self.table):
            return self.table[index]
        first = index * self.stride - self.padding
        return first, first + self.size

    def centre(self, index: int) -> float:
        """The middle of what cell `index` sees, in pixels: 0 is the middle of the first pixel."""
        if self.is_even:
            return index * self.stride - self.padding + (self.size - 1) / 2
        first, last = self.span(index)
        return (first + last - 1) / 2

    def reached(self, pixel: int, cells: int) -> tuple[int, int]:
        """First and one-past-last of `cells` cells whose span holds the pixel; empty (first = last) where none does."""
        if self.table is not None:
            seeing = [cell for cell in range(cells) if self.span(cell)[0] <= pixel < self.span(cell)[1]]
            return (seeing[0], seeing[-1] + 1) if seeing else (0, 0)
        if self.stride == 0:
            first, last = self.span(0)
            return (0, cells) if first <= pixel < last else (0, 0)
        first = -(-(pixel + self.padding - self.size + 1) // self.stride)
        last = (pixel + self.padding) // self.stride + 1
        return (max(0, first), min(cells, last)) if max(0, first) < min(cells, last) else (0, 0)


Pixels = tuple[int, ...]  # a set of pixels for each cell along an axis, or one for all: bit p stands for pixel p


@dataclass(frozen=True)
class Field:
    """A node's theoretical receptive field on the input.

    status: "exact"; "whole" (every cell sees the whole input: global pooling, flatten, squeeze-and-excitation);
    or "unknown", with the reason in `note`. For "whole" and "unknown" the intervals cover the whole input.

    The intervals give the smallest box around what a cell sees. `areas` says which pixels of the box it sees: a cell
    (i, j) sees the pixels rows[i] × columns[j] of each (rows, columns); without areas it may see every one.
    """

    rows: Interval
    columns: Interval
    status: str = "exact"
    note: str = ""
    areas: tuple[tuple[Pixels, Pixels], ...] = field(default=(), compare=False, repr=False)
    axes: tuple[int, int] = field(default=(1, 2), compare=False)  # of the layer's values: which count rows and columns

    @property
    def size(self) -> int:
        """The longer side, in pixels."""
        return max(self.rows.size, self.columns.size)

    @property
    def stride(self) -> int:
        """Pixels between two neighbouring cells' fields, the larger of rows and columns."""
        return max(self.rows.stride, self.columns.stride)

    @property
    def padding(self) -> int:
        """Pixels by which the first cell's field begins outside the image, the larger of rows and columns."""
        return max(self.rows.padding, self.columns.padding)

    @property
    def is_even(self) -> bool:
        """Whether size, stride and padding say it all away from the border."""
        return self.rows.is_even and self.columns.is_even

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) in input pixels, half-open, not clipped."""
        top, bottom = self.rows.span(row)
        left, right = self.columns.span(column)
        return top, left, bottom, right

    def clipped(self, row: int, column: int, height: int, width: int) -> tuple[int, int, int, int]:
        """The part of the box that lies on an image of height × width; empty where none of it does."""
        top, left, bottom, right = self.box(row, column)
        top, left = min(max(top, 0), height), min(max(left, 0), width)
        return top, left, max(top, min(bottom, height)), max(left, min(right, width))

    def sees(self, cell: tuple[int, int], pixel: tuple[int, int]) -> bool:
        """Whether the cell (row, column) depends on the pixel (row, column): in its box, and in no hole of it."""
        if not self.areas:
            top, left, bottom, right = self.box(*cell)
            return top <= pixel[0] < bottom and left <= pixel[1] < right
        return any(_holds(rows, cell[0], pixel[0]) and _holds(across, cell[1], pixel[1]) for rows, across in self.areas)

    def seeing(self, pixel: tuple[int, int], cells: Sequence[int]) -> np.ndarray:
        """Which cells of a map of `cells` (rows, columns) see the pixel (row, column): bool, of that shape."""
        height, width = int(cells[0]), int(cells[1])
        found = np.zeros((height, width), dtype=bool)
        for rows, across in self.areas:
            down = [_holds(rows, cell, pixel[0]) for cell in range(height)]
            found |= np.logical_and.outer(down, [_holds(across, cell, pixel[1]) for cell in range(width)])
        if not self.areas and (box := self.reached(*pixel, cells)) is not None:
            found[box[0] : box[2], box[1] : box[3]] = True
        return found

    def box_of(self, place: Sequence[int]) -> tuple[int, int, int, int]:
        """The box of the value at `place` of a map, by its three axes in their own order: [C, H, W] or another."""
        return self.box(place[self.axes[0]], place[self.axes[1]])

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """The middle of the box, in pixels: (0, 0) is the middle of the first pixel."""
        return self.rows.centre(row), self.columns.centre(column)

    def reached(self, row: int, column: int, cells: Sequence[int]) -> tuple[int, int, int, int] | None:
        """The cells (top, left, bottom, right) of a map of `cells` that pixel (row, column) reaches; None: not one."""
        top, bottom = self.rows.reached(row, int(cells[0]))
        left, right = self.columns.reached(column, int(cells[1]))
        return (top, left, bottom, right) if top < bottom and left < right else None

    @property
    def size_words(self) -> str:
        """ "5 × 5 pixels, in steps of 2", "up to 9 × 9 pixels": what a cell sees, where that is exact."""
        size = f"{self.rows.size} × {self.columns.size}"
        return f"{size} pixels, in steps of {self.stride}" if self.is_even else f"up to {size} pixels"

    @property
    def words(self) -> str:
        """The status for people: exact; the whole image, and why; unknown, and why."""
        if self.status == "exact":
            return "exact"
        says = "the whole image" if self.status == "whole" else "unknown, at most the whole image"
        return f"{says}: {self.note}" if self.note else says


def _holds(sets: Pixels, cell: int, pixel: int) -> bool:
    return bool(sets[cell if len(sets) > 1 else 0] >> pixel & 1)


@dataclass(frozen=True)
class Row:
    """One line of a layer table, for a batch of one."""

    name: str
    kind: str
    operation: str  # "Conv2d 7×7, 3 → 64, stride 2, padding 3"
    output_shape: tuple[int, ...]  # without the batch axis
    parameters: int
    macs: int
    activation_bytes: int
    receptive_field: Field
    module: str = ""
    group: str = ""
    inputs: tuple[str, ...] = ()
    kept_bytes: int | None = None  # for the backward pass, first kept here; None: not asked, not known
    axes: tuple[int, int] = (1, 2)  # which axes of output_shape are the image's rows and columns

    @property
    def is_map(self) -> bool:
        """Whether it has rows and columns: [C, H, W], or [H, W, C] inside a network that works so."""
        return len(self.output_shape) == 3

    @property
    def cells(self) -> tuple[int, int]:
        """How many rows and columns of cells; (1, 1) for a vector, whose units all stand in one cell."""
        return (self.output_shape[self.axes[0]], self.output_shape[self.axes[1]]) if self.is_map else (1, 1)


@dataclass(frozen=True)
class Totals:
    """A network's parameters, multiply-adds and bytes of activations for one image."""

    parameters: int
    macs: int
    activation_bytes: int
    kept_bytes: int | None = None


@dataclass(frozen=True, eq=False)
class FieldProof:
    """Which cells of a layer a pixel really reached, and which say that they see it.

    reached, said: bool [rows, columns] of the layer's cells (every channel of a cell together; [1, 1] for a vector).
    A cell was reached if a NaN in the pixel comes out of it, or if its value changes with the pixel's. Whole numbers
    (an index, a comparison) need not change with what they read: of them only cells that were reached are said.
    """

    layer: str
    pixel: tuple[int, int]
    status: str  # of the layer's field
    reached: np.ndarray
    said: np.ndarray

    @property
    def missed(self) -> int:
        """Cells that were reached and say that they do not see the pixel: the field is too small if there is one."""
        return int((self.reached & ~self.said).sum())

    @property
    def silent(self) -> int:
        """Cells that say they see the pixel and were not reached: the field is too large, or nothing came through."""
        return int((self.said & ~self.reached).sum())

    @property
    def holds(self) -> bool:
        """No cell saw more than it says; and, where the field is said to be exact, none saw less."""
        return not self.missed and (self.status == "unknown" or not self.silent)
