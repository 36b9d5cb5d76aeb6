"""Feature maps as numbers: which channels answer, what range they span, which are dead, saturated or silent.

Everywhere: values are [C, H, W] (a vector [K] counts as K maps of one cell), float32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cnnviz.records import Activations

Array = np.ndarray

OUTLIERS = 0.995  # the share of cells that a clipped range must still hold
# What a bounded activation cannot exceed: (low or None, high). A cell within 1 % of a bound is saturated.
_BOUNDS = {
    "relu6": (None, 6.0),
    "hardtanh": (-1.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hardsigmoid": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
}


@dataclass(frozen=True)
class ColourLimits:
    """The range that colours span. low, high: a number for all maps, or [C], one for each.

    clipped_share: the share of cells beyond the range, 0 where nothing is clipped. signed: symmetric about zero.
    """

    low: float | Array
    high: float | Array
    clipped_share: float = 0.0
    signed: bool = True


@dataclass(frozen=True, eq=False)
class ChannelStatistics:
    """One number a channel: arrays [C]. dead: every cell is zero, or (maps of several cells) every cell is the same.

    share_zero: cells that are exactly zero. saturated: cells within 1 % of a bound of the activation, where it has one.
    """

    mean: Array
    minimum: Array
    maximum: Array
    variance: Array
    share_zero: Array
    saturated: Array
    dead: Array
    bounds: tuple[float | None, float] | None = None


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many values lie between each two edges."""

    counts: Array  # [bins] int64
    edges: Array  # [bins + 1] float64


# ---------------------------------------------------------------------------------------------------------- numbers
def as_maps(values: Array) -> Array:
    """[C, H, W], whatever was recorded: the first axis counts the channels. [K] -> [K, 1, 1], [N, D] -> [N, 1, D].

    Complex numbers as their magnitudes.
    """
    if np.iscomplexobj(values):
        values = np.abs(values)
    if values.ndim == 3:
        return values
    if values.ndim < 2:
        return values.reshape(-1, 1, 1)
    return values.reshape(values.shape[0], math.prod(values.shape[1:-1]), values.shape[-1])


def finite(values: Array) -> Array:
    """The values, with zero in place of NaN and infinities: a network that diverged still has an image."""
    return values if all_finite(values) else np.where(np.isfinite(values), values, np.float32(0))


def all_finite(values: Array) -> bool:
    """Whether no value is NaN or infinite (one sum tells)."""
    return bool(np.isfinite(values.sum(dtype=np.float64))) if values.size else True


def energy(values: Array) -> Array:
    """Mean square of each channel: which channels answer most. [C, H, W] -> [C] float32, no copy of the values."""
    flat = values.reshape(len(values), -1) if values.ndim else values.reshape(1, 1)
    return np.einsum("ck,ck->c", flat, flat) / np.float32(max(flat.shape[1], 1))


def limits(values: Array, how: str = "layer", *, signed: bool | None = None, clip: bool = True) -> ColourLimits:
    """The range that the colours of these maps should span.

    how: "map" (each its own), "layer" (one for all). signed: symmetric about zero; None: if any value is negative.
    clip: one range for all leaves out at most 0.5 % of the cells, and only where this at least halves the range.

    Raises: ValueError for another `how`.
    """
    if how not in ("map", "layer"):
        raise ValueError(f"limits are taken by 'map' or by 'layer', not by {how!r}; a network's: `network_limit`")
    maps = finite(as_maps(values))
    signed = bool(maps.size and maps.min() < 0) if signed is None else signed
    if how == "map":
        top = np.abs(maps).max(axis=(1, 2)) if maps.size else np.zeros(len(maps))
        return ColourLimits(-top if signed else np.zeros_like(top), top, 0.0, signed)
    top, share = _ceiling(np.abs(maps).ravel(), clip)
    return ColourLimits(-top if signed else 0.0, top, share, signed)


def _ceiling(sizes: Array, clip: bool) -> tuple[float, float]:
    """(largest size to show, share of the cells above it)."""
    if not sizes.size:
        return 0.0, 0.0
    top = float(sizes.max())
    if clip and sizes.size >= 1000:
        keep = float(np.partition(sizes, int(OUTLIERS * (sizes.size - 1)))[int(OUTLIERS * (sizes.size - 1))])
        if 0 < keep < top / 2:
            return keep, float((sizes > keep).mean())
    return top, 0.0


def _largest(values: Array) -> float:
    """The largest size of any value; of complex numbers, of their magnitudes, which is what is drawn of them."""
    if np.iscomplexobj(values):
        return float(np.abs(values).max())
    return max(float(values.max()), -float(values.min()))


def network_limit(recording: Activations) -> float:
    """The largest size of any recorded value after the input: the range of "scaled by the network"."""
    sizes = [_largest(layer.values) for layer in recording if layer.values.size and layer.kind != "input"]
    return max((size for size in sizes if math.isfinite(size)), default=0.0)


def bounds(operation: str) -> tuple[float | None, float] | None:
    """What this activation cannot exceed, (low, high), by the name that its operation starts with; None: unbounded."""
    name = operation.lower().split(" ")[0].split("(")[0].rstrip("_").replace("_", "").replace("log", "no-")
    return _BOUNDS.get(name)


def statistics(values: Array, *, operation: str = "") -> ChannelStatistics:
    """Mean, extremes, variance, zeros and saturation of every channel, and which channels are dead."""
    maps = finite(as_maps(values))
    flat = maps.reshape(len(maps), -1)
    mean, low, high = flat.mean(axis=1), flat.min(axis=1), flat.max(axis=1)
    variance = np.maximum(flat.var(axis=1), 0.0)
    zero = (flat == 0).mean(axis=1)
    dead = (low == high) if flat.shape[1] > 1 else (high == 0)
    limit = bounds(operation)
    return ChannelStatistics(mean, low, high, variance, zero, _saturated(flat, limit), dead, limit)


def _saturated(flat: Array, limit: tuple[float | None, float] | None) -> Array:
    if limit is None:
        return np.zeros(len(flat), dtype=np.float32)
    low, high = limit
    near = 0.01 * (high - (low or 0.0))
    full = flat >= high - near
    return (full if low is None else full | (flat <= low + near)).mean(axis=1)


def histogram(values: Array, bins: int = 60) -> Histogram:
    """How often each value occurs: equal bins over the whole range; a constant layer gets one bin around its value."""
    flat = values.ravel()
    low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.0, 0.0)
    if low == high:
        low, high, bins = low - 0.5, high + 0.5, 1
    counts, edges = np.histogram(flat, bins=bins, range=(low, high))
    return Histogram(counts, edges)


def short(numbers: Array) -> list[float | None]:
    """Five significant digits, as plain floats: for labels and sorting, a third of the bytes. NaN and ∞: None."""
    return [float(f"{value:.5g}") if math.isfinite(value) else None for value in np.asarray(numbers, dtype=np.float64)]


def shrink(maps: Array, side: int) -> Array:
    """Means over squares, so that no side is longer than `side`. [C, H, W] -> [C, ceil(H/f), ceil(W/f)] float32."""
    height, width = maps.shape[1:]
    factor = -(-max(height, width) // side)
    if factor == 1:
        return np.asarray(maps, dtype=np.float32)
    rows, columns = np.arange(0, height, factor), np.arange(0, width, factor)
    sums = np.add.reduceat(np.add.reduceat(maps, rows, axis=1), columns, axis=2)
    cells = np.outer(np.diff(np.append(rows, height)), np.diff(np.append(columns, width)))
    return np.asarray(sums / cells, dtype=np.float32)
