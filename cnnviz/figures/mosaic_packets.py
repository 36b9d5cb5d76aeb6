"""What the mosaic component draws, sorts and reads off by itself: the maps of a layer, and a gradient beside them.

A layer of many cells travels as it is drawn, in 8 bits; its numbers are asked for one map at a time.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from PIL import Image

from cnnviz.figures.channels import as_maps, finite, limits, short, shrink, statistics
from cnnviz.figures.packets import digest
from cnnviz.figures.pictures import png
from cnnviz.records import Field, Layer

Array = np.ndarray

EXACT_CELLS = 60_000  # so many travel as numbers; more as they are drawn, and numbers are asked for
DRAWN_CELLS = 225_000  # of all maps together, in 8 bits, at about the size at which they are drawn


class MosaicLimits(TypedDict):
    """The ends of the colours: of the layer, and of the network where it is known. clipped: share beyond them."""

    signed: bool
    layer: float
    clipped: float
    network: float | None
    low: float
    high: float


class MosaicChannels(TypedDict):
    """A number a channel; dead: the indices of those that are zero everywhere.

    same: of a difference, which has no dead ones, those where both have the same numbers.
    """

    mean: list[float | None]
    maximum: list[float | None]
    variance: list[float | None]
    dead: list[int]
    same: list[int]
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
    difference: bool = False,
) -> MosaicPacket:
    """What the mosaic draws, sorts and answers by itself.

    values: float32, little endian, [C, H, W]; beyond 60,000 cells int8 [C, h, w] instead, means over squares as shares
    of the map's largest size (127), and "whole" has the numbers.
    exact: every number travels, however many there are. difference: the values are one recording's less another's.
    gradient: of a score by each value, of the layer's shape; gradient_of: what the score is of.
    contributions: [C], the channel's share in the class (gradient × activation). field: the layer's receptive field,
    drawn on `picture`: what the network sees, as PNG bytes or [H, W, 3] uint8. selected: {"channel", "row", "column"}.
    """
    maps = as_maps(layer.values)
    sent = _sent(maps, exact=exact)
    slopes = None if gradient is None else _sent(as_maps(gradient), exact=exact)
    image, size = _picture(picture)
    seen = _plain_field(field)
    channels = _channels(maps, layer.operation, contributions, difference=difference)
    drawn_from = (sent.whole or sent.values, slopes and (slopes.whole or slopes.values), image)
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
        "gradient": None if slopes is None or gradient is None else _gradient(gradient, slopes, gradient_of),
        "field": seen,
        "picture": size,
        "selected": selected,
        "digest": digest(*drawn_from, layer.key, seen, network_limit, channels, sent.tops, gradient_of),
    }
    return {
        "values": sent.values,
        "whole": sent.whole,
        "gradient": slopes.values if slopes else b"",
        "whole_gradient": slopes.whole if slopes else b"",
        "picture": image,
        "meta": meta,
    }


def _channels(maps: Array, operation: str, contributions: Array | None, *, difference: bool) -> MosaicChannels:
    """A channel's numbers. Of a difference none is dead: those that are zero everywhere are the same in both."""
    found = _plain_statistics(maps, operation, contributions)
    if difference:
        found |= {"dead": [], "same": np.flatnonzero(~maps.reshape(len(maps), -1).any(axis=1)).tolist()}
    return found


def _gradient(values: Array, sent: _Sent, of: str) -> MosaicGradient:
    span: MosaicLimits = {**_plain_limits(as_maps(values), None), "signed": True}
    return {"of": of, "drawn": sent.drawn, "tops": sent.tops, "peaks": sent.peaks, "limits": span}


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
        "same": [],
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
    return png(picture), [picture.shape[0], picture.shape[1]]
