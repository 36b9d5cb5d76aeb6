"""Which pieces of which images drive a channel highest and lowest, each place of a photograph at most once."""

from __future__ import annotations

import numpy as np

from cnnviz.galleries import Gallery
from cnnviz.topics.looks_for.records import Driving, Patch, Responses

COUNT = 9
_APART = 0.5  # of a patch's side, between two patches out of one photograph


def driving(found: Responses, gallery: Gallery, channel: int, *, count: int = COUNT) -> Driving:
    """The patches of one channel. One image gives one patch at each end."""
    high = _chosen(found, gallery, found.high[:, channel], found.high_at[:, channel], np.argsort(-found.high[:, channel], kind="stable"), count)  # fmt: skip # noqa: E501
    low = _chosen(found, gallery, found.low[:, channel], found.low_at[:, channel], np.argsort(found.low[:, channel], kind="stable"), count)  # fmt: skip # noqa: E501
    return Driving(channel, high, low)


def _chosen(
    found: Responses, gallery: Gallery, values: np.ndarray, places: np.ndarray, order: np.ndarray, count: int
) -> tuple[Patch, ...]:
    kept: list[Patch] = []
    spots: list[tuple[int, float, float, float]] = []
    for image in order:
        cell = divmod(int(places[image]), found.cells[1])
        patch = Patch(int(image), cell, float(values[image]), _box(found, cell))
        spot = _spot(found, gallery, patch)
        if any(_same(spot, other) for other in spots):
            continue
        kept.append(patch)
        spots.append(spot)
        if len(kept) == count:
            break
    return tuple(kept)


def _box(found: Responses, cell: tuple[int, int]) -> tuple[int, int, int, int]:
    height, width = found.size
    if found.field.status != "exact":
        return 0, 0, height, width
    return found.field.box(*cell)


def _spot(found: Responses, gallery: Gallery, patch: Patch) -> tuple[int, float, float, float]:
    """(source, x, y, side) of a patch, in the pixels of the photograph that its image was cut out of."""
    height, width = found.size
    top, left, bottom, right = patch.box
    middle = ((left + right) / 2 / width, (top + bottom) / 2 / height)
    side = min(bottom - top, height) / height
    if not gallery.regions:
        return -1 - patch.image, *middle, side
    source, x0, y0, x1, y1 = gallery.regions[patch.image]
    return source, x0 + middle[0] * (x1 - x0), y0 + middle[1] * (y1 - y0), side * (y1 - y0)


def _same(one: tuple[int, float, float, float], other: tuple[int, float, float, float]) -> bool:
    far = max(abs(one[1] - other[1]), abs(one[2] - other[2]))
    return one[0] == other[0] and far < _APART * min(one[3], other[3])


def sharpest(found: Responses) -> np.ndarray:
    """Channels in order of how far their nine strongest images stand out from all, in standard deviations."""
    top = np.sort(found.high, axis=0)[-COUNT:].mean(0)
    spread = found.high.std(0)
    stands = np.where(spread > 1e-9, (top - found.high.mean(0)) / np.maximum(spread, 1e-9), -np.inf)
    return np.argsort(-stands, kind="stable")
