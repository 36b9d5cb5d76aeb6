"""Feature maps as numbers become colours: limits, statistics, a tiled PNG, and what the mosaic component draws.

Everywhere: values are [C, H, W] (a vector [K] counts as K maps of one cell), float32; a palette's entry 0 means
"nothing here", entries 1 … 255 carry values, and in a diverging palette entry 128 is exactly zero.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cnnviz.figures import palettes
from cnnviz.records import Activations, Field, Layer

Array = np.ndarray

EXACT_CELLS = 500_000  # up to here the browser gets float32; beyond, half the bytes and three digits
OUTLIERS = 0.999  # the share of cells that a clipped range must still hold
# What a bounded activation cannot exceed: (low or None, high). A cell within 1 % of a bound is saturated.
_BOUNDS = {
    "relu6": (None, 6.0),
    "hardtanh": (-1.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hardsigmoid": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
}


@dataclass(frozen=True)
class Limits:
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

    @property
    def sparsity(self) -> float:
        return float(self.share_zero.mean()) if self.share_zero.size else 0.0


@dataclass(frozen=True, eq=False)
class Histogram:
    counts: Array  # [bins] int64
    edges: Array  # [bins + 1] float64


# ---------------------------------------------------------------------------------------------------------- numbers
def as_maps(values: Array) -> Array:
    """[C, H, W], whatever was recorded: the first axis counts the channels. [K] -> [K, 1, 1], [N, D] -> [N, 1, D]."""
    if values.ndim == 3:
        return values
    if values.ndim < 2:
        return values.reshape(-1, 1, 1)
    return values.reshape(values.shape[0], math.prod(values.shape[1:-1]), values.shape[-1])


def energy(values: Array) -> Array:
    """Mean square of each channel: which channels answer most. [C, H, W] -> [C] float32, no copy of the values."""
    flat = values.reshape(len(values), -1) if values.ndim else values.reshape(1, 1)
    return np.einsum("ck,ck->c", flat, flat) / np.float32(max(flat.shape[1], 1))


def limits(values: Array, how: str = "layer", *, signed: bool | None = None, clip: bool = True) -> Limits:
    """The range that the colours of these maps should span.

    how: "map" (each its own), "layer" (one for all). signed: symmetric about zero; None: if any value is negative.
    clip: one range for all leaves out at most 0.1 % of the cells, and only where this at least halves the range.

    Raises: ValueError for another `how`.
    """
    if how not in ("map", "layer"):
        raise ValueError(f"limits are taken by 'map' or by 'layer', not by {how!r}; a network's: `network_limit`")
    maps = as_maps(values)
    signed = bool(maps.size and maps.min() < 0) if signed is None else signed
    if how == "map":
        top = np.abs(maps).max(axis=(1, 2)) if maps.size else np.zeros(len(maps))
        return Limits(-top if signed else np.zeros_like(top), top, 0.0, signed)
    top, share = _ceiling(np.abs(maps).ravel(), clip)
    return Limits(-top if signed else 0.0, top, share, signed)


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


def network_limit(recording: Activations) -> float:
    """The largest size of any recorded value after the input: the range of "scaled by the network"."""
    sizes = [max(float(layer.values.max()), -float(layer.values.min())) for layer in recording if layer.values.size
             and layer.kind != "input"]  # fmt: skip
    return max(sizes, default=0.0)


def bounds(operation: str) -> tuple[float | None, float] | None:
    """What this activation cannot exceed, (low, high), by the name that its operation starts with; None: unbounded."""
    name = operation.lower().split(" ")[0].split("(")[0].rstrip("_").replace("_", "").replace("log", "no-")
    return _BOUNDS.get(name)


def statistics(values: Array, *, operation: str = "") -> ChannelStatistics:
    """Mean, extremes, variance, zeros and saturation of every channel, and which channels are dead."""
    maps = as_maps(values)
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


# ------------------------------------------------------------------------------------------------------ to a picture
def quantise(values: Array, limit: Limits) -> Array:
    """Values to palette entries 1 … 255, uint8: signed ones around 128, others from 1 at zero. Beyond: clipped."""
    high = np.asarray(limit.high, dtype=np.float32)
    high = high[:, None, None] if high.ndim else high
    share = np.divide(values, high, out=np.zeros(values.shape, dtype=np.float32), where=high > 0)
    scaled = 128.0 + 127.0 * share if limit.signed else 1.0 + 254.0 * share
    return np.clip(np.rint(scaled), 1, 255).astype(np.uint8)


def tiles(entries: Array, *, order: Array | None = None, columns: int | None = None, gap: int = 1) -> Array:
    """Maps side by side, row by row, in one array. [C, H, W] uint8 -> [rows·(H+gap)−gap, columns·(W+gap)−gap].

    order: which channels, in which order (None: all, as they come). Where nothing is, the entry is 0.
    """
    shown = entries if order is None else entries[np.asarray(order)]
    count, height, width = shown.shape
    columns = min(columns or _columns(count, height, width), max(count, 1))
    rows = math.ceil(count / columns)
    padded = np.zeros((rows * columns, height + gap, width + gap), dtype=np.uint8)
    padded[:count, :height, :width] = shown
    grid = padded.reshape(rows, columns, height + gap, width + gap).swapaxes(1, 2)
    whole = grid.reshape(rows * (height + gap), columns * (width + gap))
    return whole[: rows * (height + gap) - gap, : columns * (width + gap) - gap]


def _columns(count: int, height: int, width: int) -> int:
    """So many columns that the picture is about three wide to two high."""
    return max(1, round(math.sqrt(1.5 * count * (height + 1) / (width + 1))))


def mosaic_png(
    values: Array,
    *,
    palette: str = "",
    theme: str = "light",
    limits: Limits | str = "layer",
    columns: int | None = None,
    labels: bool = False,
) -> bytes:
    """All maps of a layer as one lossless PNG: a palette PNG with one pixel a cell, the gaps transparent.

    palette "": "activations" for signed values, "magnitude" from zero. labels: enlarged by a whole number, with the
    channel's index over each map, in RGB.
    """
    maps = as_maps(values)
    span = limits if isinstance(limits, Limits) else _limits(maps, limits)
    colours = palettes.lut(palette or ("activations" if span.signed else "magnitude"), theme).copy()
    colours[0] = palettes.BACKGROUNDS[theme]
    entries = quantise(maps, span)
    if labels:
        picture = _labelled(entries, colours, columns)
        return _png(picture)
    picture = Image.fromarray(tiles(entries, columns=columns), mode="P")
    picture.putpalette(colours.tobytes())
    return _png(picture, transparency=0)


_limits = limits  # `mosaic_png` has a parameter of that name


def _png(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4, **options)
    return out.getvalue()


def _labelled(entries: Array, colours: Array, columns: int | None) -> Image.Image:
    """The maps enlarged to 32 pixels at least, each under its index."""
    count, height, width = entries.shape
    zoom = max(1, math.ceil(32 / max(height, width, 1)))
    columns = min(columns or _columns(count, height, width), max(count, 1))
    head, gap = 14, 4
    large = entries.repeat(zoom, axis=1).repeat(zoom, axis=2)
    framed = np.pad(large, ((0, 0), (head, 0), (0, max(0, 28 - width * zoom))))
    picture = Image.fromarray(colours[tiles(framed, columns=columns, gap=gap)])
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(11)
    ink = tuple(255 - int(c > 127) * 225 for c in colours[0])
    for channel in range(count):
        row, column = divmod(channel, columns)
        at = (column * (framed.shape[2] + gap), row * (framed.shape[1] + gap))
        draw.text(at, str(channel), fill=ink, font=font)
    return picture


# ------------------------------------------------------------------------------------------- for the mosaic component
def mosaic_data(
    layer: Layer,
    *,
    contributions: Array | None = None,
    network_limit: float | None = None,
    field: Field | None = None,
    picture: Array | bytes | None = None,
    selected: dict[str, int] | None = None,
) -> dict[str, Any]:
    """What the mosaic draws, sorts and answers by itself: {"values": bytes, "picture": bytes, "meta": plain dict}.

    values: float32, or float16 beyond 500,000 cells (meta["dtype"]), little endian, [C, H, W].
    contributions: [C], the channel's share in the class (gradient × activation). field: the layer's receptive field,
    drawn on `picture`: what the network sees, as PNG bytes or [H, W, 3] uint8. selected: {"channel", "row", "column"}.
    """
    maps = as_maps(layer.values)
    exact = maps.size <= EXACT_CELLS
    values = np.ascontiguousarray(maps if exact else np.clip(maps, -65504, 65504), dtype="<f4" if exact else "<f2")
    image, size = _picture(picture)
    meta = {
        "layer": layer.key,
        "operation": layer.operation,
        "shape": list(layer.shape),
        "maps": list(maps.shape),
        "vector": maps.shape[1:] == (1, 1),
        "dtype": "float32" if exact else "float16",
        "limits": _plain_limits(maps, network_limit),
        "channels": _plain_statistics(maps, layer.operation, contributions),
        "field": _plain_field(field),
        "picture": size,
        "selected": selected,
    }
    payload = values.tobytes()
    meta["digest"] = hashlib.blake2b(payload + image + repr(meta["field"]).encode(), digest_size=8).hexdigest()
    return {"values": payload, "picture": image, "meta": meta}


def _plain_limits(maps: Array, network: float | None) -> dict[str, Any]:
    layer = limits(maps)
    return {
        "signed": layer.signed,
        "layer": float(layer.high),
        "clipped": layer.clipped_share,
        "network": network,
        "low": float(maps.min()) if maps.size else 0.0,
        "high": float(maps.max()) if maps.size else 0.0,
    }


def _plain_statistics(maps: Array, operation: str, contributions: Array | None) -> dict[str, Any]:
    numbers = statistics(maps, operation=operation)
    return {
        "mean": short(numbers.mean),
        "maximum": short(numbers.maximum),
        "variance": short(numbers.variance),
        "dead": np.flatnonzero(numbers.dead).tolist(),
        "contribution": None if contributions is None else short(contributions),
    }


def _plain_field(field: Field | None) -> dict[str, Any] | None:
    if field is None:
        return None
    axes = {"rows": field.rows, "columns": field.columns}
    plain = {name: [axis.size, axis.stride, axis.padding] for name, axis in axes.items()}
    return {**plain, "status": field.status, "note": field.note}


def _picture(picture: Array | bytes | None) -> tuple[bytes, list[int] | None]:
    """(PNG bytes, [height, width])."""
    if picture is None:
        return b"", None
    if isinstance(picture, bytes):
        with Image.open(io.BytesIO(picture)) as opened:
            return picture, [opened.height, opened.width]
    return _png(Image.fromarray(np.ascontiguousarray(picture))), [picture.shape[0], picture.shape[1]]


def short(numbers: Array) -> list[float]:
    """Five significant digits, as plain floats: for labels and sorting, a third of the bytes."""
    return [float(f"{value:.5g}") for value in np.asarray(numbers, dtype=np.float64)]
