"""Receptive fields, and the layer table that carries them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """The receptive field along one axis: cell i sees input pixels [i·stride − padding, i·stride − padding + size)."""

    size: int
    stride: int
    padding: int

    def span(self, index: int) -> tuple[int, int]:
        """First and one-past-last input pixel that cell `index` sees, not clipped to the picture."""
        first = index * self.stride - self.padding
        return first, first + self.size


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


@dataclass(frozen=True)
class Totals:
    parameters: int
    macs: int
    activation_bytes: int
