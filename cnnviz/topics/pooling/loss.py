"""What pooling lost: the maps brought back to their size in three ways, and how near each comes.

Source: Zeiler and Fergus, Visualizing and Understanding Convolutional Networks (2014), which put the maxima back at
their switches, https://arxiv.org/abs/1311.2901
"""

from __future__ import annotations

import math

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.operations.pooling import pool
from cnnviz.records.pooling import Comparison, Pooled, PoolingSetting, Unpooled
from cnnviz.topics.pooling import upsampling

Array = np.ndarray

WAYS = {
    "switches": "unpooled at the switches",
    "nearest": "enlarged, nearest",
    "bilinear": "enlarged, bilinear",
}
POOLS = {
    "max": "Max",
    "average": "Average",
    "stochastic": "Stochastic (one draw)",
    "convolution": "Stride alone (the first cell of each window)",
    "lp": "L2 (a mean on the way back)",  # divided by the root of the window's cells: see _sum_of_ones
    "adaptive_average": "Adaptive average",
    "adaptive_max": "Adaptive max",
    "global_average": "Global average",
    "global_max": "Global max",
}


def shrink(x: Array, kind: str, side: int) -> Pooled:
    """x: [C, H, W] in windows of side × side that do not overlap. kind: one of POOLS.

    Raises: OperationError where no window fits, or for negative values in stochastic pooling.
    """
    if kind.startswith("global"):
        return pool(x, PoolingSetting(kind))
    if kind.startswith("adaptive"):
        return pool(x, PoolingSetting(kind, output=(-(-x.shape[1] // side), -(-x.shape[2] // side))))
    setting = PoolingSetting(kind, (side, side), (side, side), norm=2.0)
    first = np.zeros((side, side))
    first[0, 0] = 1.0
    return pool(x, setting, weights=first if kind == "convolution" else None)


def compare(x: Array, side: int, *, span: float) -> tuple[Comparison, ...]:
    """Every way of pooling that these values allow, with every way back. span: the range that values can have."""
    found = []
    for kind in POOLS:
        try:
            pooled = shrink(x, kind, side)
        except OperationError:
            if kind != "stochastic":
                raise
            continue  # negative values: there are no probabilities
        found.append(Comparison(kind, pooled, restore(pooled, span=span)))
    return tuple(found)


def psnr(truth: Array, found: Array, span: float) -> float:
    """10 · log10(span² / mean squared error) in dB; ∞ for equal arrays. span: the range that values can have."""
    error = float(np.mean((truth - found) ** 2))
    return math.inf if error == 0 else 10 * math.log10(max(span, 1e-12) ** 2 / error)


def restore(pooled: Pooled, *, span: float | None = None) -> tuple[Unpooled, ...]:
    """Every way that this pooling allows: by switches only where it kept some.

    span: the range that values can have, their own where none is given.
    """
    size = (pooled.x.shape[1], pooled.x.shape[2])
    span = float(np.ptp(pooled.x)) if span is None else span
    small = pooled.values / _sum_of_ones(pooled.setting)
    enlarged = {"nearest": _nearest(small, size), "bilinear": upsampling.bilinear(small, size).values}
    if pooled.switches is not None:
        enlarged = {"switches": upsampling.unpool(pooled).values, **enlarged}
    count = pooled.values.size
    return tuple(
        Unpooled(way, values, psnr(pooled.x, values, span), 2 * count if way == "switches" else count)
        for way, values in enlarged.items()
    )


def _sum_of_ones(setting: PoolingSetting) -> float:
    """What a window full of ones is pooled to: 1, but for L2 (and every Lᵖ), which sums."""
    return float(np.prod(setting.kernel)) ** (1 / setting.norm) if setting.kind == "lp" else 1.0


def _nearest(values: Array, size: tuple[int, int]) -> Array:
    """[C, h, w] → [C, H, W]: cell i of n shows cell ⌊i·m/n⌋ of m."""
    rows, columns = (np.arange(whole) * part // whole for whole, part in zip(size, values.shape[1:], strict=True))
    found: Array = values[:, rows][:, :, columns]
    return found
