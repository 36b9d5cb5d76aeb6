"""What the board of patches gets: the images that hold them in one strip, each patch's box, all responses in bins."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from PIL import Image

from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.looks_for.records import Driving, Patch, Responses

BINS = 48
PLAIN = 64  # pixels a side: up to here the strip is lossless


class Tile(TypedDict):
    """image: its place in the strip. box: (top, left, bottom, right) in the image's pixels, not clipped."""

    image: int
    title: str
    value: float
    cell: list[int]
    box: list[int]


class UnitPatchesPacket(Sealed):
    """size: [H, W] of an image. highest, lowest: patches, the strongest first. whole: the field is the whole image.

    edges: BINS + 1; high, low: how many images have their highest, their lowest cell in each bin. yours: the highest
    cell of the person's own image, or None. vector: the layer has one cell, so that both ends are one number.
    """

    size: list[int]
    highest: list[Tile]
    lowest: list[Tile]
    whole: bool
    vector: bool
    edges: list[float]
    high: list[int]
    low: list[int]
    yours: float | None
    mean: float


def packet(
    found: Responses, driving: Driving, pictures: Sequence[Array], titles: Sequence[str], yours: float | None
) -> tuple[UnitPatchesPacket, bytes]:
    """(header, the strip's bytes). pictures, titles: of `images(driving)`, in that order; [H, W, 3] uint8 each."""
    strip = _strip(pictures)
    places = {image: place for place, image in enumerate(images(driving))}
    high, low = found.high[:, driving.channel], found.low[:, driving.channel]
    edges = bins(high, low, yours)

    def tile(one: Patch) -> Tile:
        place = places[one.image]
        return {
            "image": place, "title": titles[place], "value": one.value, "cell": list(one.cell), "box": list(one.box),
        }  # fmt: skip

    content = {
        "size": list(found.size),
        "highest": [tile(one) for one in driving.highest],
        "lowest": [tile(one) for one in driving.lowest],
        "whole": found.field.status != "exact",
        "vector": found.cells == (1, 1),
        "edges": edges.tolist(),
        "high": np.histogram(high, edges)[0].tolist(),
        "low": np.histogram(low, edges)[0].tolist(),
        "yours": yours,
        "mean": float(found.mean[driving.channel]),
    }
    header: UnitPatchesPacket = {"digest": digest(content, strip), **content}  # type: ignore[typeddict-item]
    return header, strip


def images(driving: Driving) -> list[int]:
    """The images that hold the patches, each once, in order of their first patch."""
    return list(dict.fromkeys(one.image for one in (*driving.highest, *driving.lowest)))


def bins(high: Array, low: Array, yours: float | None) -> Array:
    """[BINS + 1] float64: equal bins over every response, one that stands alone included."""
    ends = [float(low.min()), float(high.max())] + ([] if yours is None else [yours])
    first, last = min(ends), max(ends)
    return np.linspace(first, last if last > first else first + 1, BINS + 1)


def _strip(pictures: Sequence[Array]) -> bytes:
    """All images side by side: PNG for small ones, WebP at 92 for photographs, a tenth of the bytes."""
    whole = Image.fromarray(np.concatenate(pictures, axis=1))
    file = io.BytesIO()
    if max(pictures[0].shape[:2]) <= PLAIN:
        whole.save(file, "PNG")
    else:
        whole.save(file, "WEBP", quality=92, method=2)
    return file.getvalue()
