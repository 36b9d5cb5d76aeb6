"""Feature maps as images: a tiled PNG, and what the mosaic component draws, sorts and reads off by itself.

Everywhere: values are [C, H, W] (a vector [K] counts as K maps of one cell), float32; a palette's entry 0 means
"nothing here", entries 1 … 255 carry values, and in a diverging palette entry 128 is exactly zero. The numbers behind
the colours (`limits`, `statistics`, `energy`, …) come from `channels` and are offered here too.
"""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cnnviz.figures import palettes
from cnnviz.figures.channels import (
    ChannelStatistics,
    ColourLimits,
    Histogram,
    all_finite,
    as_maps,
    bounds,
    energy,
    finite,
    histogram,
    limits,
    network_limit,
    statistics,
)
from cnnviz.figures.mosaic_packets import MosaicPacket, mosaic_data

__all__ = [
    "ChannelStatistics",
    "Histogram",
    "ColourLimits",
    "MosaicPacket",
    "as_maps",
    "bounds",
    "energy",
    "histogram",
    "limits",
    "mosaic_data",
    "mosaic_png",
    "network_limit",
    "quantise",
    "statistics",
    "tiles",
]

Array = np.ndarray


# ------------------------------------------------------------------------------------------------------ to an image
def quantise(values: Array, limit: ColourLimits) -> Array:
    """Values to palette entries, uint8: signed ones around 128, others from 1 at zero; 1 and 255 beyond the range.

    NaN and infinities become entry 0: there is nothing to show.
    """
    high = np.asarray(limit.high, dtype=np.float32)
    high = high[:, None, None] if high.ndim else high
    share = np.divide(values, high, out=np.zeros(values.shape, dtype=np.float32), where=high > 0)
    scaled = 128.0 + 127.0 * share if limit.signed else 1.0 + 254.0 * share
    entries = np.clip(np.rint(finite(scaled)), 1, 255).astype(np.uint8)
    return entries if all_finite(values) else np.where(np.isfinite(values), entries, 0).astype(np.uint8)


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
    """So many columns that the image is about three wide to two high."""
    return max(1, round(math.sqrt(1.5 * count * (height + 1) / (width + 1))))


def mosaic_png(
    values: Array,
    *,
    palette: str = "",
    theme: str = "light",
    limits: ColourLimits | str = "layer",
    columns: int | None = None,
    labels: bool = False,
    wide: int = 0,
) -> bytes:
    """All maps of a layer as one lossless PNG: a palette PNG with one pixel a cell, the gaps transparent.

    palette "": "activations" for signed values, "magnitude" from zero. labels: enlarged by a whole number, with the
    channel's index over each map, in RGB. wide: with labels, pixels that the image has at least from side to side.
    """
    maps = as_maps(values)
    span = limits if isinstance(limits, ColourLimits) else _limits(maps, limits)
    colours = palettes.lut(palette or ("activations" if span.signed else "magnitude"), theme).copy()
    colours[0] = palettes.BACKGROUNDS[theme]
    entries = quantise(maps, span)
    if labels:
        picture = _labelled(entries, colours, columns, wide)
        return _png(picture)
    picture = Image.fromarray(tiles(entries, columns=columns), mode="P")
    picture.putpalette(colours.tobytes())
    return _png(picture, transparency=0)


_limits = limits  # `mosaic_png` has a parameter of that name


def _png(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4, **options)
    return out.getvalue()


def _labelled(entries: Array, colours: Array, columns: int | None, wide: int) -> Image.Image:
    """The maps enlarged to 32 pixels at least, each under its index."""
    count, height, width = entries.shape
    columns = min(columns or _columns(count, height, width), max(count, 1))
    head, gap = (26, 8) if wide else (14, 4)
    zoom = max(1, math.ceil(32 / max(height, width, 1)), math.ceil((wide / columns - gap) / max(width, 1)))
    large = entries.repeat(zoom, axis=1).repeat(zoom, axis=2)
    framed = np.pad(large, ((0, 0), (head, 0), (0, max(0, 2 * head - width * zoom))))
    picture = Image.fromarray(colours[tiles(framed, columns=columns, gap=gap)])
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(20 if wide else 11)
    ink = tuple(255 - int(c > 127) * 225 for c in colours[0])
    for channel in range(count):
        row, column = divmod(channel, columns)
        at = (column * (framed.shape[2] + gap), row * (framed.shape[1] + gap))
        draw.text(at, str(channel), fill=ink, font=font)
    return picture
