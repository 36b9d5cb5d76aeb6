"""What the canvas reads: plain values beside the tiles' pixels."""

from __future__ import annotations

from typing import NotRequired, TypedDict

Edge = tuple[str, str, int]  # the key of a column that is read, which of its channels ("all", "same", …), a number


class TilesPlace(TypedDict):
    """Where a column's tiles begin, in bytes: of the pixels that travel at first, or of the folded ones."""

    offset: int
    folded: bool


class ColumnNumbers(TypedDict):
    """Of the shown channels, as text that is short: the mean and the maximum ([] of a vector, whose value is both).

    dead: which of them, counted among the shown, hold one value throughout.
    """

    mean: list[float | None]
    maximum: list[float | None]
    dead: list[int]


class ColumnPacket(ColumnNumbers, TilesPlace):
    """A recorded node. shape: without the batch. total: its channels; channels: those shown, None for all of them.

    height, width: of a tile. limit: the end of the colours; clipped: the share of the cells beyond it, 0 to 1.
    sources: the columns that it reads. second: of what is laid beside it; spread: the end of the difference's
    colours; differs: how far apart the two are, 0 to 1.
    """

    key: str
    name: str
    kind: str
    operation: str
    group: str
    shape: list[int]
    total: int
    channels: list[int] | None
    vector: bool
    height: int
    width: int
    limit: float
    clipped: float
    sources: list[Edge]
    second: NotRequired[ColumnNumbers]
    spread: NotRequired[float]
    differs: NotRequired[float]


class GroupPacket(TypedDict):
    """Columns of one block. kinds: in words what it is made of. face: the column that stands for it while folded."""

    name: str
    label: str
    kinds: str
    shape: list[int]
    face: str
    layers: list[str]


class PicturePlace(TypedDict):
    """The image in small: pixels, and where its bytes begin."""

    height: int
    width: int
    offset: int


class ScoreLine(TypedDict):
    """A class with its score and probability (None where it is no number); second: the other recording's two."""

    index: int
    label: str
    logit: float | None
    probability: float | None
    second: NotRequired[list[float | None]]


class SecondPlace(TypedDict):
    """names: of the two recordings. stride, foldedStride: bytes from one recording's tiles to the next one's."""

    names: list[str]
    stride: int
    foldedStride: int


class CanvasLayout(TypedDict):
    """The whole canvas. small: every channel and its edges are shown. output: the last column's key."""

    title: str
    small: bool
    perLayer: int
    groups: list[GroupPacket]
    layers: list[ColumnPacket]
    picture: PicturePlace | None
    scores: list[ScoreLine]
    output: str
    second: NotRequired[SecondPlace]
    digest: NotRequired[str]
