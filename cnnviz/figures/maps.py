"""Feature maps as pictures: a tiled PNG, and what the mosaic component draws, sorts and reads off by itself.

Everywhere: values are [C, H, W] (a vector [K] counts as K maps of one cell), float32; a palette's entry 0 means
"nothing here", entries 1 … 255 carry values, and in a diverging palette entry 128 is exactly zero. The numbers behind
the colours (`limits`, `statistics`, `energy`, …) come from `channels` and are offered here too.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cnnviz.figures import palettes
from cnnviz.figures.channels import (
    ChannelStatistics,
    Histogram,
    Limits,
    all_finite,
    as_maps,
    bounds,
    energy,
    finite,
    histogram,
    limits,
    network_limit,
    short,
    shrink,
    statistics,
)
from cnnviz.figures.packets import digest
from cnnviz.records import Field, Layer

__all__ = [
    "ChannelStatistics",
    "Histogram",
    "Limits",
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

EXACT_CELLS = (
    60_000  # up to here the browser gets every number; beyond, what it draws, and numbers as they are asked for
)
DRAWN_CELLS = 225_000  # of all maps together, in 8 bits, at about the size at which they are drawn


# ------------------------------------------------------------------------------------------------------ to a picture
def quantise(values: Array, limit: Limits) -> Array:
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
class MosaicLimits(TypedDict):
    """The ends of the colours: of the layer, and of the network where it is known. clipped: share beyond them."""

    signed: bool
    layer: float
    clipped: float
    network: float | None
    low: float
    high: float


class MosaicChannels(TypedDict):
    """A number a channel; dead: the indices of those that are zero everywhere."""

    mean: list[float | None]
    maximum: list[float | None]
    variance: list[float | None]
    dead: list[int]
    contribution: list[float | None] | None


class MosaicField(TypedDict):
    """rows, columns: size, stride and padding of what a cell sees."""

    rows: list[int]
    columns: list[int]
    status: str
    note: str


class MosaicGradient(TypedDict):
    """Of a score by each cell. of: what the score is of. The rest as in MosaicMeta, for the gradient's numbers."""

    of: str
    drawn: list[int] | None
    tops: list[float] | None
    peaks: list[int] | None
    limits: MosaicLimits


class MosaicMeta(TypedDict):
    """shape: of the layer; maps: [C, H, W] of its values. picture: height and width.

    drawn: None, or, where only what is drawn travels, the height and width of a drawn map; then `tops` and `peaks` are
    each map's largest size, exactly, and the cell that has it.
    """

    layer: str
    operation: str
    shape: list[int]
    maps: list[int]
    vector: bool
    drawn: list[int] | None
    tops: list[float] | None
    peaks: list[int] | None
    limits: MosaicLimits
    channels: MosaicChannels
    gradient: MosaicGradient | None
    field: MosaicField | None
    picture: list[int] | None
    selected: Mapping[str, int | None] | None
    digest: str


class MosaicPacket(TypedDict):
    """For the component mosaic. values: little endian. picture: PNG.

    whole: where `values` holds only what is drawn, every number, float32: the browser asks for a map at a time.
    """

    values: bytes
    whole: bytes
    gradient: bytes
    whole_gradient: bytes
    picture: bytes
    meta: MosaicMeta


def mosaic_data(
    layer: Layer,
    *,
    contributions: Array | None = None,
    gradient: Array | None = None,
    gradient_of: str = "",
    network_limit: float | None = None,
    field: Field | None = None,
    picture: Array | bytes | None = None,
    selected: Mapping[str, int | None] | None = None,
    exact: bool = False,
) -> MosaicPacket:
    """What the mosaic draws, sorts and answers by itself: {"values": bytes, "picture": bytes, "meta": plain dict}.

    values: float32, little endian, [C, H, W]; beyond 60,000 cells int8 [C, h, w] instead, means over squares as shares
    of the map's largest size (127), and "whole" has the numbers.
    exact: every number travels, however many there are.
    gradient: of a score by each value, of the layer's shape; gradient_of: what the score is of.
    contributions: [C], the channel's share in the class (gradient × activation). field: the layer's receptive field,
    drawn on `picture`: what the network sees, as PNG bytes or [H, W, 3] uint8. selected: {"channel", "row", "column"}.
    """
    maps = as_maps(layer.values)
    sent = _sent(maps, exact=exact)
    slopes = None if gradient is None else _sent(as_maps(gradient), exact=exact)
    image, size = _picture(picture)
    seen = _plain_field(field)
    channels = _plain_statistics(maps, layer.operation, contributions)
    meta: MosaicMeta = {
        "layer": layer.key,
        "operation": layer.operation,
        "shape": list(layer.shape),
        "maps": list(maps.shape),
        "vector": maps.shape[1:] == (1, 1),
        "drawn": sent.drawn,
        "tops": sent.tops,
        "peaks": sent.peaks,
        "limits": _plain_limits(maps, network_limit),
        "channels": channels,
        "gradient": slopes
        and {
            "of": gradient_of,
            "drawn": slopes.drawn,
            "tops": slopes.tops,
            "peaks": slopes.peaks,
            "limits": _plain_limits(as_maps(gradient), None) | {"signed": True},
        },
        "field": seen,
        "picture": size,
        "selected": selected,
        "digest": digest(
            sent.values,
            image,
            layer.key,
            seen,
            network_limit,
            channels,
            sent.tops,
            slopes and slopes.values,
            gradient_of,
        ),
    }
    return {
        "values": sent.values,
        "whole": sent.whole,
        "gradient": slopes.values if slopes else b"",
        "whole_gradient": slopes.whole if slopes else b"",
        "picture": image,
        "meta": meta,
    }


@dataclass(frozen=True, eq=False)
class _Sent:
    """Maps as they travel. values: float32, or int8 at the size `drawn`, [height, width]; whole: float32 to ask for.

    tops, peaks: [C], where only codes travel: each map's largest size, and the flat cell that has it.
    """

    values: bytes
    whole: bytes = b""
    drawn: list[int] | None = None
    tops: list[float] | None = None
    peaks: list[int] | None = None


def _sent(maps: Array, *, exact: bool) -> _Sent:
    numbers = np.ascontiguousarray(maps, dtype="<f4")
    if exact or numbers.size <= EXACT_CELLS:
        return _Sent(numbers.tobytes())
    count, height, width = maps.shape
    known = finite(numbers)
    side = max(height, width)
    factor = 1
    while count * -(-height // factor) * -(-width // factor) > DRAWN_CELLS and factor < side:
        factor += 1
    sizes = np.abs(known).reshape(count, -1)
    peaks = sizes.argmax(axis=1)
    tops = np.take_along_axis(sizes, peaks[:, None], axis=1)[:, 0]
    small = shrink(known, -(-side // factor))
    shares = np.divide(small, tops[:, None, None], out=np.zeros_like(small), where=tops[:, None, None] > 0)
    codes = np.rint(127 * shares).astype(np.int8)
    return _Sent(codes.tobytes(), numbers.tobytes(), list(codes.shape[1:]), tops.tolist(), peaks.tolist())


def _plain_limits(maps: Array, network: float | None) -> MosaicLimits:
    layer, known = limits(maps), finite(maps)
    return {
        "signed": layer.signed,
        "layer": float(layer.high),
        "clipped": layer.clipped_share,
        "network": network,
        "low": float(known.min()) if known.size else 0.0,
        "high": float(known.max()) if known.size else 0.0,
    }


def _plain_statistics(maps: Array, operation: str, contributions: Array | None) -> MosaicChannels:
    numbers = statistics(maps, operation=operation)
    return {
        "mean": short(numbers.mean),
        "maximum": short(numbers.maximum),
        "variance": short(numbers.variance),
        "dead": np.flatnonzero(numbers.dead).tolist(),
        "contribution": None if contributions is None else short(contributions),
    }


def _plain_field(field: Field | None) -> MosaicField | None:
    if field is None:
        return None
    rows, columns = field.rows.numbers, field.columns.numbers
    return {"rows": rows, "columns": columns, "status": field.status, "note": field.note}


def _picture(picture: Array | bytes | None) -> tuple[bytes, list[int] | None]:
    """(PNG bytes, [height, width])."""
    if picture is None:
        return b"", None
    if isinstance(picture, bytes):
        with Image.open(io.BytesIO(picture)) as opened:
            return picture, [opened.height, opened.width]
    return _png(Image.fromarray(np.ascontiguousarray(picture))), [picture.shape[0], picture.shape[1]]
