"""How a map comes about, as the browser plays it: small tiles in palette entries, exact numbers where they are few."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnviz.figures.channels import ColourLimits, finite, limits, shrink
from cnnviz.figures.maps import quantise
from cnnviz.figures.packets import digest
from cnnviz.records import Array, Making
from cnnviz.topics.explore import captions
from cnnviz.topics.explore.packets import MadeOf, MakingMeta, MakingPacket

TILE = 64  # cells of a tile's longer side, at most
EXACT = 16_000  # so many numbers travel as they are; of more, a cell's unit tells


def packet(made: Making, *, shown: Mapping[str, float] | None = None) -> MakingPacket:
    """What the component plays. shown: by layer, the ends of its colours on the canvas, which its tiles here share."""
    known = shown or {}
    tiles: list[Array] = []
    output = _top([made.output], known.get(made.key))
    weights = _top([part.kernel for part in made.ingredients if part.kernel is not None])
    products = [part.product for part in made.ingredients if part.product is not None]
    products += [] if made.rest is None else [made.rest]
    product = _top(products)
    grey = made.ingredients[0].source == "input"
    read = _top([part.values for part in made.ingredients], known.get(made.ingredients[0].source))
    parts: list[MadeOf] = []
    for part in made.ingredients:
        values = _grey(part.values) if grey else _entries(part.values, read)
        kernel = None if part.kernel is None else [[float(f"{w:.5g}") for w in row] for row in part.kernel]
        result = None if part.product is None else _kept(tiles, _entries(part.product, product))
        parts.append(
            {
                "source": part.source,
                "channel": part.channel,
                "tile": _kept(tiles, values),
                "kernel": kernel,
                "product": result,
            }
        )
    rest = None if made.rest is None else _kept(tiles, _entries(made.rest, product))
    result = _kept(tiles, _entries(made.output, output))
    alike = not products and made.how != "pooling"  # cell by cell: the numbers of what is read say how
    terms = [part.values for part in made.ingredients] if alike else products
    numbers = np.concatenate([values.ravel() for values in (*terms, made.output)]).astype("<f4")
    exact = numbers.size <= EXACT and bool(np.isfinite(numbers).all())
    meta: MakingMeta = {
        "layer": made.key,
        "channel": made.channel,
        "how": made.how,
        "parts": parts,
        "others": made.others,
        "rest": rest,
        "bias": made.bias,
        "output": result,
        "size": list(made.output.shape),
        "read": list(made.ingredients[0].values.shape),
        "rows": [list(span) for span in made.rows],
        "columns": [list(span) for span in made.columns],
        "grey": grey,
        "limits": {"read": read, "weights": weights, "product": product, "output": output},
        "exact": exact,
        "words": captions.making(made),
    }
    pixels = b"".join(tile.tobytes() for tile in tiles)
    blob = numbers.tobytes() if exact else b""
    return {"meta": {**meta, "digest": digest(meta, pixels, blob)}, "pixels": pixels, "numbers": blob}


def _kept(tiles: list[Array], entries: Array) -> list[int]:
    """[offset, height, width] of a tile among all pixels."""
    start = sum(tile.size for tile in tiles)
    tiles.append(entries)
    return [start, *entries.shape]


def _entries(values: Array, top: float) -> Array:
    small = shrink(np.asarray(values, dtype=np.float32)[None], TILE)
    return quantise(small, ColourLimits(-top, top))[0]


def _grey(values: Array) -> Array:
    small = finite(shrink(np.asarray(values, dtype=np.float32)[None], TILE))[0]
    low, high = float(small.min()), float(small.max())
    return np.rint((small - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8)


def _top(arrays: Sequence[Any], known: float | None = None) -> float:
    """The end of the colours around zero: what is known, else the largest size, outliers left out."""
    if known is not None and math.isfinite(known):
        return known
    if not arrays:
        return 0.0
    flat = np.concatenate([np.ravel(values) for values in arrays]).astype(np.float32)
    return float(f"{float(limits(flat[None, None], signed=True).high):.5g}")
