"""Masks as the components draw them: numbers and random numbers as bytes, what belongs to them as a plain dict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from cnnviz.figures.channels import as_maps, energy
from cnnviz.figures.packets import Sealed, digest
from cnnviz.outputs.chances import distribution, sides
from cnnviz.records import Array
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.dropout.records import Disturbed

CELLS = 38_000  # of one plate: what a browser repaints in a few milliseconds
UNITS = 256  # of a vector
CLASSES = 5


class MaskMeta(TypedDict):
    """kind: "vector" or "maps". channelwise: one random number a channel. names: the channels' own indices."""

    kind: str
    shape: list[int]
    channelwise: bool
    names: list[int]
    title: str
    p: float
    digest: str


class DropoutMaskPacket(TypedDict):
    """For the component dropout_mask. values, uniform: float32."""

    values: bytes
    uniform: bytes
    meta: MaskMeta


class PairMeta(TypedDict):
    """p: where the slider stands at first."""

    units: int
    title: str
    p: float
    digest: str


class DropoutPairPacket(TypedDict):
    """For the component dropout_pair. first, second: the random numbers of each mask."""

    first: bytes
    second: bytes
    meta: PairMeta


class Plate(TypedDict):
    """The channels of a layer that are shown, of so many."""

    names: list[int]
    shape: list[int]
    of: int


class ClassShares(TypedDict):
    """A class with its probability at each p."""

    label: str
    shares: list[float]


class MaskedNetwork(TypedDict):
    """probabilities: every p of the slider. shift: how far the next layer moved at each."""

    key: str
    next: str
    channelwise: bool
    probabilities: list[float]
    shift: list[float]
    here: Plate
    there: Plate
    classes: list[ClassShares]


class MaskedNetworkMeta(MaskedNetwork, Sealed):
    """With its digest."""


class DropoutNetworkPacket(TypedDict):
    """For the component dropout_network. masked: float16 [p, channels, H, W]."""

    values: bytes
    uniform: bytes
    following: bytes
    masked: bytes
    meta: MaskedNetworkMeta


def mask_data(
    x: Array, uniform: Array, *, title: str, names: Sequence[int] | None = None, p: float = 0.5
) -> DropoutMaskPacket:
    """What the mask component draws: {"values": bytes, "uniform": bytes, "meta": plain dict}.

    x: [K] or [C, H, W]. uniform: the shape of x, or [C]: one number a channel. names: the channels' own indices.
    p: where the slider stands at first.
    """
    maps = as_maps(np.asarray(x, dtype=np.float32))
    values, numbers = _bytes(maps), _bytes(uniform)
    meta: MaskMeta = {
        "kind": "vector" if x.ndim == 1 else "maps",
        "shape": list(maps.shape),
        "channelwise": uniform.shape != x.shape,
        "names": list(range(len(maps)) if names is None else names),
        "title": title,
        "p": p,
        "digest": digest(values, numbers, title),
    }
    return {"values": values, "uniform": numbers, "meta": meta}


def pair_data(first: Array, second: Array, *, title: str, p: float = 0.5) -> DropoutPairPacket:
    """What the component of two masks draws. first, second: [K], the random numbers of each."""
    one, other = _bytes(first), _bytes(second)
    meta: PairMeta = {"units": len(first), "title": title, "p": p, "digest": digest(one, other, title)}
    return {"first": one, "second": other, "meta": meta}


def strongest(values: Array, *, cells: int = CELLS, most: int = 12) -> Array:
    """Indices of the channels with most energy, in channel order: as many as one plate shows. [C, H, W] or [K]."""
    maps = as_maps(values)
    if maps.shape[1:] == (1, 1):
        count = min(len(maps), UNITS)
    else:
        count = max(1, min(most, cells // (maps.shape[1] * maps.shape[2]), len(maps)))
    return np.sort(np.argsort(-energy(maps), kind="stable")[:count])


def strongest_units(values: Array, *, count: int) -> Array:
    """The `count` values of largest size, in their order, float64: [count], fewer where there are fewer."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    units: Array = flat[np.sort(np.argsort(-np.abs(flat), kind="stable")[:count])]
    return units


def network_data(found: Disturbed, reading: OutputReading) -> DropoutNetworkPacket:
    """What the component of a masked layer draws: both layers' strongest channels, and the leading classes at each p.

    The p that the slider goes through are 0 and found.probabilities.
    """
    here, there = strongest(found.values), strongest(found.following)
    uniform = found.uniform[here]
    blobs = {
        "values": _bytes(as_maps(found.values)[here]),
        "uniform": _bytes(uniform),
        "following": _bytes(as_maps(found.following)[there]),
        "masked": np.stack([as_maps(at)[there] for at in found.masked_following]).astype("<f2").tobytes(),
    }
    meta: MaskedNetwork = {
        "key": found.key,
        "next": found.next_key,
        "channelwise": found.channelwise,
        "probabilities": [0.0, *found.probabilities],
        "shift": [0.0, *(float(share) for share in found.shift)],
        "here": {"names": here.tolist(), "shape": _shape(found.values, here), "of": len(as_maps(found.values))},
        "there": {
            "names": there.tolist(),
            "shape": _shape(found.following, there),
            "of": len(as_maps(found.following)),
        },
        "classes": leading(found, reading),
    }
    return {
        "values": blobs["values"],
        "uniform": blobs["uniform"],
        "following": blobs["following"],
        "masked": blobs["masked"],
        "meta": {**meta, "digest": digest(meta, *blobs.values())},
    }


def leading(found: Disturbed, reading: OutputReading) -> list[ClassShares]:
    """The five likeliest classes without a mask and whatever wins at some p, with the probability at each p."""
    chances = distribution(np.concatenate([found.logits[None], found.masked_logits]), reading)
    classes = sides(reading)
    shown = list(dict.fromkeys([*np.argsort(-chances[0], kind="stable")[:CLASSES], *chances.argmax(1)]))
    return [{"label": str(classes[at]), "shares": [float(share) for share in chances[:, at]]} for at in shown]


def _shape(values: Array, shown: Array) -> list[int]:
    return [len(shown), *as_maps(values).shape[1:]]


def _bytes(values: Array) -> bytes:
    """float32, little endian; beyond its largest number nothing goes, so that the browser gets no infinity."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()
