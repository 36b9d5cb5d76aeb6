"""What the kernels' components read: {"meta": plain values, "blobs": {name: bytes}}, float32 or uint8."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from cnnviz.figures.packets import Sealed

Numbers = list[float | None]  # null in the packet where a number is not finite


class KernelNumbers(TypedDict):
    """What was read off each kernel. across, down: its peak, cycles per pixel. classic: an index into the classics."""

    norm: Numbers
    sum: Numbers
    top: Numbers
    frequency: Numbers
    across: Numbers
    down: Numbers
    angle: Numbers
    coherence: Numbers
    classic: list[int | None]
    cosine: Numbers


class KernelFrames(TypedDict):
    """A run's snapshots: of each its step, loss and accuracy, and how far every kernel is from the first one."""

    steps: list[int]
    losses: Numbers
    accuracies: Numbers
    changes: list[Numbers]
    mean_changes: Numbers


class KernelRun(TypedDict):
    """labels: "kernel·input" where a tile is one slice of many, `columns` of them a kernel."""

    frames: KernelFrames
    labels: list[str] | None
    columns: int


class KernelTiles(TypedDict):
    """shape: [n, 1 or 3, kh, kw]. word: what a tile is. planes: which input each shows, where it shows one of many.

    response: cells a side of a frequency response. answer: [h, w, H, W], cells sent of a map and cells it has.
    answers: the range of each map. gradients: of what. dead, silent: indices.
    """

    title: str
    word: str
    shape: list[int]
    names: list[int]
    planes: list[int] | None
    response: int
    answer: list[int] | None
    answers: Numbers | None
    gradients: list[str]
    classics: list[str]
    dead: list[int]
    silent: list[int]
    numbers: KernelNumbers


class KernelGridMeta(KernelTiles, Sealed):
    """With its digest; over a run with the run's fields."""

    frames: NotRequired[KernelFrames]
    labels: NotRequired[list[str] | None]
    columns: NotRequired[int]


class KernelGridPacket(TypedDict):
    """For kernel_grid. blobs: weights, responses, classics; where they are answers, gradient_…, frames."""

    meta: KernelGridMeta
    blobs: dict[str, bytes]


class KernelPairs(TypedDict):
    """kept: the kernels of the map. order: its places, similar ones side by side. pairs, cosines: most alike first.

    thresholds: for each, how many pairs lie beyond, and the share of random directions that would. possible: pairs.
    """

    title: str
    shape: list[int]
    kept: list[int]
    order: list[int]
    pairs: list[list[int]]
    cosines: Numbers
    thresholds: list[float]
    counts: list[int]
    chances: Numbers
    possible: int


class KernelPairsMeta(KernelPairs, Sealed):
    """With its digest."""


class KernelPairsPacket(TypedDict):
    """For the component kernel_pairs. blobs: matrix (of the kept ones) and weights (of all)."""

    meta: KernelPairsMeta
    blobs: dict[str, bytes]
