"""What the grid of maps gets: every map as 16-bit shares of its own scale, beside the image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import numpy as np

from cnnviz.figures.packets import Sealed, digest
from cnnviz.records.attribution import Attribution
from cnnviz.topics.attribution import captions

SHARE = 98.0  # per cent of the pixels that stay under full colour
WHOLE = 32767  # a 16-bit number that stands for 2 × the scale


class MethodTile(TypedDict):
    """One method: name, title, scale (the value of full colour), mean (the mean size of its pixels), why there is no
    map ("" where there is), law."""

    name: str
    title: str
    scale: float
    mean: float
    why: str
    law: str
    holds: bool
    layer: str


class MapGridPacket(Sealed):
    """size: [H, W]. tiles: in order; those with a map have a plane of the blob each, in the same order."""

    size: list[int]
    tiles: list[MethodTile]
    target: str
    own_scales: str
    scale: str


def packet(
    picture: np.ndarray, titles: Mapping[str, str], found: Mapping[str, Attribution | str], target: str
) -> tuple[MapGridPacket, bytes, bytes]:
    """(header, the picture's bytes, the maps'). picture: [H, W, 3] uint8; found: a map, or why there is none."""
    tiles: list[MethodTile] = []
    planes = []
    for name, one in found.items():
        if isinstance(one, str):
            law = captions.SOON if one == captions.COMING else captions.MISFIT
            tiles.append(
                {
                    "name": name,
                    "title": titles[name],
                    "scale": 0.0,
                    "mean": 0.0,
                    "why": one,
                    "law": law,
                    "holds": True,
                    "layer": "",
                }
            )
            continue
        scale = limit(one.map)
        planes.append(shares(one.map, scale))
        holds = one.law is None or one.law.holds
        tiles.append(
            {
                "name": name, "title": titles[name], "scale": scale, "mean": float(np.abs(one.map).mean()), "why": "",
                "law": captions.law(one), "holds": holds, "layer": one.layer,
            }
        )  # fmt: skip
    maps = np.stack(planes).tobytes() if planes else b""
    pixels = np.ascontiguousarray(picture).tobytes()
    size = list(picture.shape[:2])
    sealed = digest(size, tiles, target, pixels, maps)
    header: MapGridPacket = {
        "digest": sealed, "size": size, "tiles": tiles, "target": target, "own_scales": captions.OWN_SCALES,
        "scale": captions.scale(),
    }  # fmt: skip
    return header, pixels, maps


def limit(values: np.ndarray) -> float:
    """The size that 98 % of the pixels stay under; the largest where that is zero; 0 for an empty map."""
    sizes = np.abs(values)
    return float(np.percentile(sizes, SHARE)) or float(sizes.max())


def shares(values: np.ndarray, scale: float) -> np.ndarray:
    """[H, W] int16: WHOLE is twice the scale, beyond it is clipped."""
    if not scale:
        return np.zeros(values.shape, np.int16)
    return np.rint(np.clip(values / (2 * scale), -1, 1) * WHOLE).astype(np.int16)
