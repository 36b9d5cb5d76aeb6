"""Why one cell has its value, and what a network says."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array
from cnnviz.records.fields import Field


@dataclass(frozen=True, eq=False)
class Term:
    """One addend of a unit's value: input[channel, row, column] · weight. For a linear layer row = column = 0."""

    channel: int
    row: int
    column: int
    input: float
    weight: float

    @property
    def product(self) -> float:
        """Input times weight."""
        return self.input * self.weight


@dataclass(frozen=True)
class UnitStage:
    """What follows the sum inside the unit's group: "batch norm", "relu", "add", … with the recorded value after it."""

    key: str
    kind: str
    operation: str
    value: float
    formula: str  # with the numbers put in: "(0.314 − 0.021) / √(0.0043 + 1e-05) · 1.20 + 0.11"
    computed: float | None = None  # the formula's own result, where the stage can be computed from one number


@dataclass(frozen=True, eq=False)
class Unit:
    """Why one cell of one channel has its value.

    patch, kernel, products: [Cin, kh, kw] float64 for a convolution ([Cin] for a linear layer): what the unit reads
    (zeros where padding was read), its weights, and their elementwise product. bias: float.
    computed = products.sum() + bias, in float64 from the definition; recorded is what the network computed.
    For kinds without weights patch holds the window that was read and kernel is None.
    box: (top, left, bottom, right) of the receptive field on the network's input, half-open, not clipped.
    origin: (row, column) of the patch's top-left cell in the input map, negative inside the padding.
    padding: (row, column) of every tap of the patch that lies in the padding, not on the map.
    """

    key: str
    kind: str
    operation: str
    channel: int
    row: int
    column: int
    recorded: float
    computed: float | None
    bias: float
    patch: Array | None
    kernel: Array | None
    products: Array | None
    input_channels: tuple[int, ...]  # which input channels the patch's first axis counts (groups!)
    origin: tuple[int, int]
    box: tuple[int, int, int, int] | None
    field: Field | None
    stages: tuple[UnitStage, ...] = ()
    note: str = ""
    dilation: tuple[int, int] = (1, 1)  # input cells from one tap of the patch to the next
    padding: tuple[tuple[int, int], ...] = ()

    @property
    def difference(self) -> float | None:
        """How far the value computed here is from the recorded one; None where there is no rule."""
        return None if self.computed is None else abs(self.computed - self.recorded)


@dataclass(frozen=True)
class Blanked:
    """The receptive field, proved: the unit's value with everything outside (and inside) its box blanked."""

    before: float
    outside_blanked: float
    inside_blanked: float

    @property
    def difference(self) -> float:
        """How much the cell changed when everything outside its field was blanked."""
        return abs(self.before - self.outside_blanked)


@dataclass(frozen=True)
class Score:
    """One class's logit and probability."""

    index: int
    label: str
    logit: float
    probability: float
