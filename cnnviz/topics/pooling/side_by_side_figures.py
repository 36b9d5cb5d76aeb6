"""Images and maps of the same scene side by side, at whatever size they are: what a linked pointer reads off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from cnnviz.figures.maps import limits
from cnnviz.figures.packets import digest
from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class PooledTile:
    """values: [3, h, w] in 0 … 1 (an image) or [h, w] (a map). note: a line under the title.

    scale: tiles of the same scale share one range of colours. difference: what is off, coloured around zero.
    """

    title: str
    values: Array
    note: str = ""
    scale: str = "values"
    difference: bool = False


class TileMeta(TypedDict):
    """size: [h, w]. picture: its values are RGB bytes, else float32. limit: the largest size of its scale."""

    title: str
    note: str
    size: list[int]
    picture: bool
    limit: float
    signed: bool


class SideBySideMeta(TypedDict):
    """All tiles, and the digest of all."""

    tiles: list[TileMeta]
    digest: str


class SideBySidePacket(TypedDict):
    """For the component side_by_side. blobs: tile0, tile1, …"""

    meta: SideBySideMeta
    blobs: dict[str, bytes]


def data(tiles: Sequence[PooledTile]) -> SideBySidePacket:
    """RGB bytes of an image, float32 of a map."""
    spans = {tile.scale: _span([item for item in tiles if item.scale == tile.scale]) for tile in tiles}
    blobs = {f"tile{number}": _bytes(tile) for number, tile in enumerate(tiles)}
    listed: list[TileMeta] = [
        {
            "title": tile.title, "note": tile.note, "size": list(tile.values.shape[-2:]),
            "picture": tile.values.ndim == 3,
            "limit": spans[tile.scale][0], "signed": spans[tile.scale][1] or tile.difference,
        }
        for tile in tiles
    ]  # fmt: skip
    return {"meta": {"tiles": listed, "digest": digest(listed, *blobs.values())}, "blobs": blobs}


def _span(tiles: Sequence[PooledTile]) -> tuple[float, bool]:
    """(the largest size, whether there are negative values) of maps; (1, False) of images."""
    flat = [tile.values.ravel() for tile in tiles if tile.values.ndim == 2]
    if not flat:
        return 1.0, False
    found = limits(np.concatenate(flat)[None, :, None])
    return float(found.high), bool(found.signed)


def _bytes(tile: PooledTile) -> bytes:
    if tile.values.ndim == 3:
        levels = np.clip(np.rint(255 * tile.values), 0, 255).astype(np.uint8)
        return np.ascontiguousarray(levels.transpose(1, 2, 0)).tobytes()
    return np.ascontiguousarray(tile.values, dtype="<f4").tobytes()
