"""Two recordings of one structure on one canvas: whether they can be laid side by side, and how far apart they are.

Two images through one network, one image through two sets of weights, or the same network at work and in training.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnviz.figures.channels import finite, short
from cnnviz.records import Activations, Array
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.explore.canvas_packet import ScoreLine, SecondPlace


@dataclass(frozen=True, eq=False)
class Second:
    """What is laid beside the first recording. names: of the first and of the second, in a few words."""

    recording: Activations
    names: tuple[str, str]
    picture: Array | None = None
    reading: OutputReading | None = None


def mismatch(first: Activations, second: Activations) -> str:
    """Why the two cannot share a canvas, or "": every node must have the same key and the same shape."""
    if len(first) != len(second):
        return f"they have {len(first):,} and {len(second):,} nodes; only networks of one structure share a canvas"
    for one, other in zip(first, second, strict=True):
        if one.key != other.key:
            return f"where one has {one.key}, the other has {other.key}: only networks of one structure share a canvas"
        if one.shape != other.shape:
            return f"{one.key} is {list(one.shape)} in one and {list(other.shape)} in the other"
    return ""


def distance(one: Array, other: Array) -> float:
    """‖a − b‖ / (‖a‖ + ‖b‖), 0 to 1: 0 where they are the same, 1 where one is the other's negative or one is zero.

    Both zero: 0. What is not finite counts as 0.
    """
    a, b = (finite(np.abs(x) if np.iscomplexobj(x) else x).astype(np.float64).ravel() for x in (one, other))
    sizes = float(np.linalg.norm(a) + np.linalg.norm(b))
    return float(np.linalg.norm(a - b)) / sizes if sizes > 0 else 0.0


def same(first: Activations, second: Activations) -> bool:
    """Whether every value of every node is the same in both, bit for bit apart from the sign of zero; NaN is NaN."""
    return not mismatch(first, second) and all(
        np.array_equal(one.values, other.values, equal_nan=one.values.dtype.kind in "fc")
        for one, other in zip(first, second, strict=True)
    )


def photo(one: bytes, other: bytes) -> bytes:
    """The difference of two images of the same size, channel by channel: middle grey where they are the same."""
    a, b = (np.frombuffer(pixels, np.uint8).astype(np.int16) for pixels in (one, other))
    return (128 + (a - b) // 2).astype(np.uint8).tobytes()


def words(second: Second, atlases: Sequence[bytes], folded: Sequence[bytes]) -> SecondPlace:
    """What the browser needs to switch: the two names, and how far on the next one's pixels stand.

    Raises ValueError where the three do not stand equally far apart, as those of images of two sizes would.
    """
    stride = len(atlases[0])
    if any(len(atlas) != stride for atlas in atlases):
        raise ValueError(f"the tiles of the two differ in size: {[len(atlas) for atlas in atlases]} bytes")
    return {"names": list(second.names), "stride": stride, "foldedStride": sum(map(len, folded))}


def scores(listed: Sequence[ScoreLine], reading: OutputReading | None) -> list[ScoreLine]:
    """The first one's classes, each with the second one's logit and probability for the same class, where it has it."""
    theirs = {score.index: score for score in reading.scores} if reading else {}
    found: list[ScoreLine] = []
    for line in listed:
        other = theirs.get(line["index"])
        logit = short(np.array([other.logit if other else 0.0]))[0]
        found.append({**line, "second": [logit, whole(other.probability if other else 0.0)]})
    return found


def whole(chance: float) -> float | None:
    """A probability as it travels: with all its digits, so that the browser writes what Python writes."""
    return chance if math.isfinite(chance) else None
