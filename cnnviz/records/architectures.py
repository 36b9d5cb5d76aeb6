"""A network as its page shows it: rows, blocks, totals, heads, and what a measurement of its time found."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.fields import Field, Row
from cnnviz.records.networks import Spec


@dataclass(frozen=True, eq=False)
class Block:
    """Rows that fold into one: everything inside one module with a forward of its own, or one layer and what follows.

    title: the module's class ("Bottleneck"), or the operation of its first layer. first, last: rows, last included.
    """

    name: str
    title: str
    first: int
    last: int
    parameters: int
    macs: int
    activation_bytes: int
    kept_bytes: int | None
    output_shape: tuple[int, ...]
    field: Field


@dataclass(frozen=True)
class Head:
    """An auxiliary classifier, which runs in training only. reads: the block whose output it is given."""

    name: str
    reads: str
    input_shape: tuple[int, ...]
    parameters: int
    macs: int


@dataclass(frozen=True, eq=False)
class Architecture:
    """A network on one size of image, counted without weights.

    parameters: all, each once, with the heads'. weight_bytes: parameters and buffers as a file in float32 holds them.
    activation_bytes: what every operation makes. kept_bytes: what training keeps to go back (None: not known).
    depth: layers with weights on the longest path from the image to the answer. layers: of every kind with weights.
    seconds: what building and counting took.
    """

    choice: str
    spec: Spec
    input_shape: tuple[int, ...]
    rows: tuple[Row, ...]
    blocks: tuple[Block, ...]
    heads: tuple[Head, ...]
    parameters: int
    macs: int
    activation_bytes: int
    kept_bytes: int | None
    weight_bytes: int
    layers: dict[str, int]
    depth: int
    seconds: float

    @property
    def unread(self) -> int:
        """Parameters that no operation reads: of layers that the pass leaves out, or runs in another thread."""
        known = sum(row.parameters for row in self.rows) + sum(head.parameters for head in self.heads)
        return max(0, self.parameters - known)

    @property
    def widest(self) -> Row | None:
        """The first convolution that sees most, where the field is an interval; None where no field is."""
        exact = [row for row in self.rows if row.kind == "convolution" and row.receptive_field.status == "exact"]
        return max(exact, key=lambda row: row.receptive_field.size, default=None)

    @property
    def whole_from(self) -> Row | None:
        """The operation from which on all cells see the whole image (a gate's pooling, the global pooling).

        Not what was flattened on the way, whose cells see it only together: after windows, maps come again.
        """
        exact = [index for index, row in enumerate(self.rows) if row.receptive_field.status == "exact"]
        later = self.rows[exact[-1] + 1 if exact else 0 :]
        return next((row for row in later if row.receptive_field.status == "whole"), None)


@dataclass(frozen=True, eq=False)
class LayerTimes:
    """Milliseconds of every row on this machine: median and quartiles over `runs` passes of one image, float32.

    medians, lower, upper: one number a row, in the order of the rows. whole: the plain forward pass, median.
    summed: the median over runs of the sum of all rows. threads: that torch uses. seconds: what measuring took.
    """

    medians: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    whole: float
    summed: float
    runs: int
    threads: int
    device: str
    seconds: float
