"""Receptive fields, and the layer table that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """The receptive field along one axis: cell i sees input pixels [i·stride − padding, i·stride − padding + size)."""

    size: int
    stride: int
    padding: int  # how many pixels cell 0 sees before the first pixel; negative where it begins inside the picture

    def span(self, index: int) -> tuple[int, int]:
        """First and one-past-last input pixel that cell `index` sees, not clipped to the picture."""
        first = index * self.stride - self.padding
        return first, first + self.size

    def centre(self, index: int) -> float:
        """The middle of what cell `index` sees, in pixels: 0 is the middle of the first pixel."""
        return index * self.stride - self.padding + (self.size - 1) / 2

    def reached(self, pixel: int, cells: int) -> tuple[int, int]:
        """First and one-past-last of `cells` cells whose span holds the pixel; empty (first = last) where none does."""
        if self.stride == 0:
            first, last = self.span(0)
            return (0, cells) if first <= pixel < last else (0, 0)
        first = -(-(pixel + self.padding - self.size + 1) // self.stride)
        last = (pixel + self.padding) // self.stride + 1
        return (max(0, first), min(cells, last)) if max(0, first) < min(cells, last) else (0, 0)


@dataclass(frozen=True)
class Field:
    """A node's theoretical receptive field on the input.

    status: "exact"; "whole" (every cell sees the whole input: global pooling, flatten, squeeze-and-excitation);
    or "unknown", with the reason in `note`. For "whole" and "unknown" the intervals cover the whole input.
    """

    rows: Interval
    columns: Interval
    status: str = "exact"
    note: str = ""

    @property
    def size(self) -> int:
        return max(self.rows.size, self.columns.size)

    @property
    def stride(self) -> int:
        return max(self.rows.stride, self.columns.stride)

    @property
    def padding(self) -> int:
        return max(self.rows.padding, self.columns.padding)

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) in input pixels, half-open, not clipped."""
        top, bottom = self.rows.span(row)
        left, right = self.columns.span(column)
        return top, left, bottom, right

    def clipped(self, row: int, column: int, height: int, width: int) -> tuple[int, int, int, int]:
        """The part of the box that lies on a picture of height × width; empty where none of it does."""
        top, left, bottom, right = self.box(row, column)
        top, left = min(max(top, 0), height), min(max(left, 0), width)
        return top, left, max(top, min(bottom, height)), max(left, min(right, width))

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """The middle of the box, in pixels: (0, 0) is the middle of the first pixel."""
        return self.rows.centre(row), self.columns.centre(column)

    def reached(self, row: int, column: int, cells: Sequence[int]) -> tuple[int, int, int, int] | None:
        """The cells (top, left, bottom, right) of a map of `cells` that pixel (row, column) reaches; None: not one."""
        top, bottom = self.rows.reached(row, int(cells[0]))
        left, right = self.columns.reached(column, int(cells[1]))
        return (top, left, bottom, right) if top < bottom and left < right else None

    @property
    def words(self) -> str:
        """The status for people: exact; the whole picture, and why; unknown, and why."""
        if self.status == "exact":
            return "exact"
        says = "the whole picture" if self.status == "whole" else "unknown, at most the whole picture"
        return f"{says}: {self.note}" if self.note else says


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
    kept_bytes: int | None = None  # what training keeps for the way back, first kept here; None: not asked, not known
    axes: tuple[int, int] = (1, 2)  # which axes of output_shape are the picture's rows and columns

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
    parameters: int
    macs: int
    activation_bytes: int
    kept_bytes: int | None = None
