"""An enlarged map with its links: which cells each new cell comes from, with which weight."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from cnnviz.figures.packets import Sealed, digest
from cnnviz.records.activations import Array
from cnnviz.records.pooling import Upsampled


class Links(TypedDict):
    """input, output: [C, H, W]. taps: input cells of an output cell. covered: whether the coverage says something."""

    kind: str
    input: list[int]
    output: list[int]
    taps: int
    names: list[str]
    limit: float
    signed: bool
    covered: bool


class GridLinksMeta(Links, Sealed):
    """With its digest."""


class GridLinksPacket(TypedDict):
    """For the component grid_links. blobs: x, values, weights float64; sources, coverage int32; little endian."""

    meta: GridLinksMeta
    blobs: dict[str, bytes]


def links(made: Upsampled, *, names: tuple[str, str] = ("input", "output")) -> GridLinksPacket:
    """Both grids and what links them."""
    blobs = {
        "x": _floats(made.x), "values": _floats(made.values), "weights": _floats(made.weights),
        "sources": _integers(made.sources), "coverage": _integers(made.coverage),
    }  # fmt: skip
    content: Links = {
        "kind": made.kind,
        "input": list(made.x.shape),
        "output": list(made.values.shape),
        "taps": made.sources.shape[-1],
        "names": list(names),
        "limit": float(max(np.abs(made.x).max(), np.abs(made.values).max(), 1e-12)),
        "signed": bool((made.x < 0).any() or (made.values < 0).any()),
        "covered": made.kind == "transposed",
    }
    return {"meta": {**content, "digest": digest(content, *blobs.values())}, "blobs": blobs}


def _floats(values: Array) -> bytes:
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def _integers(values: Array) -> bytes:
    return np.ascontiguousarray(values, dtype="<i4").tobytes()
