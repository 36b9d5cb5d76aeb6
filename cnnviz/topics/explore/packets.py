"""What the unit card reads: text, numbers and base64 of float32 or of palettes."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Rung(TypedDict):
    """A step of the waterfall. start, stop: the running sum. place: [channel, row, column] in the patch."""

    label: str
    detail: str
    value: float
    text: str
    place: list[int] | None
    kind: str
    start: NotRequired[float]
    stop: NotRequired[float]


class StageLine(TypedDict):
    """What the unit's group does with the sum. agrees: recorded and computed; None where nothing was computed."""

    name: str
    key: str
    operation: str
    formula: str
    value: float
    text: str
    difference: str | None
    agrees: bool | None


class CardProof(TypedDict):
    """Recorded and computed, as text, and whether they agree within the tolerance."""

    recorded: str
    computed: str | None
    difference: str | None
    tolerance: str
    agrees: bool | None


class BlankedWords(TypedDict):
    """The value with everything outside its receptive field blanked, and with the inside blanked."""

    before: str
    outside: str
    inside: str
    difference: str
    agrees: bool


class CardField(TypedDict):
    """height, width: of the image. box: top, left, bottom, right; None where unknown. enlarged: of its close-up."""

    height: int
    width: int
    box: list[int] | None
    words: str
    enlarged: str


class UnitCardData(TypedDict):
    """For the component unit_card. shape: of the patch. patch, kernel: base64 of float32. luts: by theme, palette.

    padding: [row, column] of the patch's cells that lie in the padding.
    """

    id: str
    form: str
    title: str
    operation: str
    origin: list[int]
    dilation: list[int]
    padding: list[list[int]]
    shape: list[int]
    patch: str
    kernel: str
    channels: list[int]
    sums: list[float]
    order: list[int]
    winner: list[int] | None
    rule: str
    ladder: list[Rung]
    explained: str
    stages: list[StageLine]
    proof: CardProof
    blanked: BlankedWords | None
    field: CardField
    luts: dict[str, dict[str, str]]


class MadeOf(TypedDict):
    """A map that is read. source: its layer's key or "". tile, product: [offset, height, width] among the pixels."""

    source: str
    channel: int
    tile: list[int]
    kernel: list[list[float]] | None
    product: list[int] | None


class MakingLimits(TypedDict):
    """The ends of the colours, around zero: of the maps that are read, the weights, their products and the result."""

    read: float
    weights: float
    product: float
    output: float


class MakingWords(TypedDict):
    """What the drawing says. heads: over its columns. sign: what joins the maps; others: of the maps told together."""

    title: str
    says: str
    heads: list[str]
    sign: str
    others: str


class MakingMeta(TypedDict):
    """How a map comes about. size, read: [H, W] of the result and of what is read. rows, columns: what a cell reads.

    exact: whether the numbers travel: of each product (where there is none and no window: of each map that is read), of
    the rest, and of the result, in this order.
    """

    layer: str
    channel: int
    how: str
    parts: list[MadeOf]
    others: int
    rest: list[int] | None
    bias: float
    output: list[int]
    size: list[int]
    read: list[int]
    rows: list[list[int]]
    columns: list[list[int]]
    grey: bool
    limits: MakingLimits
    exact: bool
    words: MakingWords
    digest: NotRequired[str]


class MakingPacket(TypedDict):
    """For the component how_made. pixels: palette entries of all tiles; numbers: float32, b"" where they are many."""

    meta: MakingMeta
    pixels: bytes
    numbers: bytes
