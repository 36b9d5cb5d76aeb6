"""What the sliding-window component draws: a record's numbers as bytes, and the little that it has to know of them."""

from __future__ import annotations

import math
from typing import TypedDict

import numpy as np

from cnnviz.figures.packets import Sealed, digest
from cnnviz.records.activations import Array
from cnnviz.records.windows import Companion, SlidingWindow


class CompanionGrid(TypedDict):
    """side: beside the "input" or the "output". channels: one grid for each. like_output: in the output's colours."""

    name: str
    side: str
    channels: bool
    limit: float
    like_output: bool
    signed: bool


class WindowContent(TypedDict):
    """input [C, Hp, Wp], output [O, Ho, Wo], window [kh, kw], padding [top, left, bottom, right].

    sources: for each padded row and column the one that it repeats, −1 for none. anchors: the row and the column that
    each output stands for. limits: the largest size in the input, the weights and the outputs.
    """

    kind: str
    input: list[int]
    output: list[int]
    window: list[int]
    groups: int
    padding: list[int]
    sources: list[list[int]]
    power: float
    anchors: list[list[int]] | None
    names: list[str]
    companions: list[CompanionGrid]
    limits: list[float]


class SlidingWindowMeta(WindowContent, Sealed):
    """With its digest."""


class SlidingWindowPacket(TypedDict):
    """For the component sliding_window. blobs: input, output, weights, bias, divisors, companion0, … float64; rows,
    columns, winners int32; little endian, empty where there are none.
    """

    meta: SlidingWindowMeta
    blobs: dict[str, bytes]


def window_data(window: SlidingWindow) -> SlidingWindowPacket:
    """A record as the component draws it."""
    top, left, bottom, right = window.padding
    high, wide = window.input.shape[1:]
    blobs = {
        "input": _floats(window.input),
        "output": _floats(window.output),
        "rows": _integers(window.rows),
        "columns": _integers(window.columns),
        "weights": _floats(window.weights),
        "bias": _floats(window.bias),
        "winners": _integers(window.winners),
        "divisors": _floats(window.divisors),
        **{f"companion{place}": _floats(item.values) for place, item in enumerate(window.companions)},
    }
    content: WindowContent = {
        "kind": window.kind,
        "input": list(window.input.shape),
        "output": list(window.output.shape),
        "window": [window.rows.shape[1], window.columns.shape[1]],
        "groups": window.groups,
        "padding": [top, left, bottom, right],
        "sources": _sources(window, high, wide),
        "power": window.power,
        "anchors": None
        if window.anchors is None
        else [np.asarray(axis).astype(int).tolist() for axis in window.anchors],
        "names": list(window.names),
        "companions": [_companion(item) for item in window.companions],
        "limits": [_largest(window.input), _largest(window.weights), _largest(window.output)],
    }
    return {"meta": {**content, "digest": digest(content, *blobs.values())}, "blobs": blobs}


def _companion(item: Companion) -> CompanionGrid:
    values = np.asarray(item.values)
    return {
        "name": item.name,
        "side": item.side,
        "channels": values.ndim == 3,
        "limit": _largest(values),
        "like_output": item.like_output,
        "signed": bool((values < 0).any()),
    }


def _sources(window: SlidingWindow, high: int, wide: int) -> list[list[int]]:
    """For each padded row and column the one of the image that it repeats; without a record of it, padding: none."""
    if window.sources is not None:
        return [np.asarray(axis).astype(int).tolist() for axis in window.sources]
    top, left, bottom, right = window.padding
    return [
        [place - before if before <= place < size - after else -1 for place in range(size)]
        for size, before, after in ((high, top, bottom), (wide, left, right))
    ]


def _floats(values: Array | None) -> bytes:
    return b"" if values is None else np.ascontiguousarray(values, dtype="<f8").tobytes()


def _integers(values: Array | None) -> bytes:
    return b"" if values is None else np.ascontiguousarray(values, dtype="<i4").tobytes()


def _largest(values: Array | None) -> float:
    """The largest finite size, 0 where there is none."""
    if values is None:
        return 0.0
    found = np.asarray(values, dtype=np.float64)
    found = np.abs(found[np.isfinite(found)])
    largest = float(found.max()) if found.size else 0.0
    return largest if math.isfinite(largest) else 0.0
