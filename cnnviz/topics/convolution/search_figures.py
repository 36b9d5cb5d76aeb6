"""A kernel that is searched for, as its component reads it."""

from __future__ import annotations

import math
from typing import TypedDict

import numpy as np

from cnnviz.figures.packets import Sealed, digest
from cnnviz.topics.convolution.search_records import KernelSearch


class Search(TypedDict):
    """shape: [H, W] of the image. largest: the largest learning rate that converges; null: any does.

    limit: of the map's colours. at_zero: the loss of a kernel of zeros. span: how far a weight goes, each way.
    title: of the secret kernel; "" for one without a name.
    """

    shape: list[int]
    largest: float | None
    limit: float
    at_zero: float
    span: float
    title: str


class KernelSearchMeta(Search, Sealed):
    """With its digest."""


class KernelSearchPacket(TypedDict):
    """For the component kernel_search. blobs: image float32 [H, W], gram float64 [9, 9], hidden float64 [3, 3]."""

    meta: KernelSearchMeta
    blobs: dict[str, bytes]


def search_data(found: KernelSearch) -> KernelSearchPacket:
    """Everything from which the browser computes maps, loss and slopes."""
    blobs = {
        "image": np.ascontiguousarray(found.x, "<f4").tobytes(),
        "gram": np.ascontiguousarray(found.gram, "<f8").tobytes(),
        "hidden": np.ascontiguousarray(found.hidden, "<f8").tobytes(),
    }
    content: Search = {
        "shape": list(found.x.shape),
        "largest": found.largest_rate if math.isfinite(found.largest_rate) else None,
        "limit": max(float(np.abs(found.target).max()), 1e-6),
        "at_zero": found.at_zero,
        "span": float(max(3.0, np.ceil(np.abs(found.hidden).max() + 1))),
        "title": found.title,
    }
    return {"meta": {**content, "digest": digest(content, *blobs.values())}, "blobs": blobs}
