"""What the pooling page says about what is lost, and about an image that was made small and large again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnviz.figures.numbers import percent
from cnnviz.records.activations import Array
from cnnviz.records.pooling import Comparison, Enlarged

BEFORE = "before"
POOLED = "pooled"
SMALL = "made small: the mean of each window"
NO_SWITCHES = "no switches"
NO_MAPS = "No layer of this network has feature maps of more than one cell: choose a network that convolves."
NEGATIVE = (
    "Stochastic pooling takes the values as probabilities, and this layer has negative ones: max pooling is shown "
    "instead. Choose a layer after a ReLU."
)
ON_THE_IMAGE = "On the image"


def image_source(title: str, height: int, width: int) -> str:
    """Which part of the image is pooled."""
    return f"{title}, its middle {height} × {width} pixels, values 0 to 1."


def layer_source(title: str, layer: str, shape: Sequence[int], *, pooled: int, shown: int) -> str:
    """Which maps are pooled. layer: its key and operation; shape: (C, H, W); pooled: how many; shown: the first one."""
    if pooled == shape[0]:
        return f"{title} · {layer} · {list(shape)} · PSNR over all {pooled} channels; channel {shown} is shown."
    return (
        f"{title} · {layer} · {list(shape)} · PSNR over the {pooled} strongest of {shape[0]} channels; "
        f"channel {shown} is shown."
    )


def one_cell(key: str, shape: Sequence[int]) -> str:
    """A layer was chosen that has nothing to pool."""
    return f"{key} has the shape {list(shape)}, no maps of more than one cell: choose an earlier layer."


def shape(values: Array) -> str:
    """[3, 64, 64]"""
    return "[" + ", ".join(map(str, values.shape)) + "]"


def decibel(value: float) -> str:
    """12.3 dB, or "∞, nothing is lost"."""
    return f"{value:.1f} dB" if np.isfinite(value) else "∞, nothing is lost"


def psnr(value: float) -> str:
    """Under a restored image."""
    return f"PSNR {decibel(value)}"


def error_title(way: str) -> str:
    """Over the difference between the restored values and those before."""
    return f"error: {way}"


def mean_error(size: float) -> str:
    """Under that difference. size: the mean of |difference|."""
    return f"mean size {size:.3g}"


def kept(found: Comparison, ways: Mapping[str, str]) -> str:
    """How many numbers are left, and which restored values come nearest. ways: the titles of the ways to restore."""
    x, values = found.pooled.x, found.pooled.values
    best = max(found.restored, key=lambda item: item.psnr)
    return (
        f"{x.size:,} numbers became {values.size:,} ({percent(values.size / x.size)}), in {values.shape[0]} channels "
        f"as before. “{ways[best.way]}” restores them best: {decibel(best.psnr)}."
    )


def unpooled(found: Comparison) -> str:
    """What max unpooling stores and leaves empty; "" where there are no switches."""
    item = next((item for item in found.restored if item.way == "switches"), None)
    if item is None:
        return ""
    zeros = 1 - np.count_nonzero(item.values) / item.values.size
    return (
        f"Max unpooling stores a switch beside each number ({item.kept:,} numbers in all). It puts every maximum back "
        f"in its place and leaves {percent(float(zeros))} of the cells at zero: {decibel(item.psnr)}."
    )


def least_lost(found: Sequence[Comparison], kinds: Mapping[str, str]) -> str:
    """The kind of pooling whose best restored values come nearest; "" if there is only one. kinds: their titles."""
    if len(found) < 2:
        return ""
    ranked = max(found, key=lambda one: max(item.psnr for item in one.restored))
    name, _, _ = kinds[ranked.kind].partition(" (")
    return f"Of all kinds of pooling, “{name}” lost least here."


def enlarged(ways: Sequence[Enlarged]) -> str:
    """Which way comes nearest, and why pixel shuffle cannot be compared with the others."""
    same = [item for item in ways if item.small.size == ways[0].small.size and item.way != "max unpooling"]
    best, worst = max(same, key=lambda item: item.psnr), min(same, key=lambda item: item.psnr)
    shuffle = next(item for item in ways if item.way == "pixel shuffle")
    return (
        f"From the same {best.small.size:,} numbers “{best.way}” restores the image best ({decibel(best.psnr)}), "
        f"“{worst.way}” worst ({decibel(worst.psnr)}). Pixel shuffle starts from all {shuffle.small.size:,} numbers, "
        f"kept as channels {shape(shuffle.small)}: {decibel(shuffle.psnr)}."
    )
