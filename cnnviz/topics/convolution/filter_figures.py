"""Filtered images for the lens that reads them off, and as PNG."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from cnnviz.figures import palettes, pictures
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records.activations import Array
from cnnviz.topics.convolution.filter_records import Denoising, Filtered, FilterResult


class Lens(TypedDict):
    """shape: [C, H, W]. window: [kh, kw]. before: rows above and columns left of a pixel that its window reads."""

    shape: list[int]
    window: list[int]
    before: list[int]
    signed: bool
    limit: float


class FilterLensMeta(Lens, Sealed):
    """With its digest."""


class FilterLensPacket(TypedDict):
    """For the component filter_lens. blobs: picture and result float32 [C, H, W], kernel float64 [kh, kw]."""

    meta: FilterLensMeta
    blobs: dict[str, bytes]


def lens_data(found: Filtered) -> FilterLensPacket:
    """The image, what the kernel made of it, and the kernel."""
    convolution = found.convolution
    limit = float(np.abs(convolution.output).max())
    blobs = {
        "picture": np.ascontiguousarray(convolution.x, "<f4").tobytes(),
        "result": np.ascontiguousarray(convolution.output, "<f4").tobytes(),
        "kernel": np.ascontiguousarray(convolution.weights[0, 0], "<f8").tobytes(),
    }
    content: Lens = {
        "shape": list(convolution.x.shape),
        "window": list(convolution.kernel),
        "before": list(convolution.padded.around[:2]),
        "signed": found.signed,
        "limit": limit,
    }
    return {"meta": {**content, "digest": digest(content, *blobs.values())}, "blobs": blobs}


def result_png(found: Filtered, *, theme: str = "light") -> bytes:
    """The result as the lens shows it: an image, or changes around zero."""
    values = found.convolution.output
    if not found.signed:
        return picture_png(values)
    limit = max(float(np.abs(values).max()), 1e-12)
    if len(values) == 3:
        return picture_png(0.5 + values / (2 * limit))
    entries = np.clip(np.rint(128 + 127 * values[0] / limit), 1, 255).astype(np.uint8)
    return pictures.png(palettes.lut("activations", theme)[entries])


def picture_png(values: Array, *, longest: int = 0) -> bytes:
    """[1 or 3, H, W] from 0 to 1 as PNG, clipped; enlarged by a whole factor if `longest` allows."""
    bytes_ = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    picture = bytes_[0] if len(bytes_) == 1 else np.ascontiguousarray(bytes_.transpose(1, 2, 0))
    return pictures.png(pictures.enlarge_to(picture, longest) if longest else picture)


def best_and_median(found: Denoising, *, most: int = 4) -> tuple[FilterResult, ...]:
    """The best filters, the best median among them: the one that is no convolution."""
    median = next(item for item in found.restored if item.name.startswith("Median"))
    best = found.restored[:most]
    return best if median in best else (*best[: most - 1], median)
