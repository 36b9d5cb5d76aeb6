"""The places where a network makes its maps smaller, and the same maps made smaller in five ways there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnviz.records import Activations, Array, Field, Layer
from cnnviz.topics.pooling.halving import LEAST, WAYS, halve
from cnnviz.topics.pooling.shift_records import Reduction

NAMES = ("before", *WAYS)
MOST = 6  # reductions that are followed
MIDDLE = 48  # cells a side of the map that is shown


def reductions(recording: Activations, fields: Mapping[str, Field]) -> tuple[Reduction, ...]:
    """Where a pooling makes maps of 4 × 4 and more smaller; in networks without such, where a convolution does."""
    for kind in ("pooling", "convolution"):
        found = [item for layer in recording if layer.kind == kind and (item := _reduction(layer, recording, fields))]
        if found:
            return tuple(found[:MOST])
    return ()


def _reduction(layer: Layer, recording: Activations, fields: Mapping[str, Field]) -> Reduction | None:
    before = recording[layer.inputs[0]] if layer.inputs and layer.inputs[0] in recording else None
    if before is None or len(before.shape) != 3 or len(layer.shape) != 3 or before.kind in ("input", "padding"):
        return None
    smaller = 1.5 * layer.shape[1] <= before.shape[1] and min(before.shape[1:]) >= LEAST
    if not smaller or max(layer.shape[1:]) < 2:
        return None
    known = before.key in fields and fields[before.key].status == "exact"
    cell = int(fields[before.key].columns.stride) if known else 0
    return Reduction(layer.key, layer.operation, before.key, before.shape, cell)


def floors(starts: Sequence[Mapping[str, Array]], places: Sequence[Reduction]) -> Array:
    """[R, W]: the mean cosine between different images, before and after each way; NaN for a single image."""
    pairs = [(one, other) for one in range(len(starts)) for other in range(one)]
    found = np.full((len(places), len(NAMES)), np.nan)
    for at, place in enumerate(places):
        made = [_ways(start[place.before]) for start in starts]
        for way, name in enumerate(NAMES):
            if pairs:
                found[at, way] = np.mean([cosine(made[one][name], made[other][name]) for one, other in pairs])
    return found


class Watched:
    """Follows one image's reductions from amount to amount."""

    def __init__(self, places: tuple[Reduction, ...], count: int) -> None:
        self.places = places
        self.by_place = np.full((len(places), len(NAMES), count), np.nan)
        self.moved_along = np.full((len(places), len(NAMES), count), np.nan)
        self._start: list[dict[str, Array]] = []
        self._channels: list[int] = []
        self._shown: list[dict[str, list[Array]]] = [{name: [] for name in NAMES} for _ in places]

    def see(self, at: int, recording: Activations, pixels: int | None) -> None:
        """pixels: by how many the image was slid; None for a turn."""
        for number, place in enumerate(self.places):
            made = _ways(recording[place.before].values)
            if at == 0:
                self._start.append(made)
                self._channels.append(int(np.square(made["before"]).sum((1, 2)).argmax()))
            for way, name in enumerate(NAMES):
                start = self._start[number][name]
                self.by_place[number, way, at] = cosine(start, made[name])
                self._shown[number][name].append(_middle(made[name][self._channels[number]], name == "before"))
                if pixels is not None and place.cell and pixels % place.cell == 0:
                    cells = pixels // place.cell
                    self.moved_along[number, way, at] = _along(start, made[name], cells, name != "before")

    def maps(self) -> tuple[dict[str, Array], ...]:
        """The recorded maps of each image, by place in the network."""
        return tuple({name: np.stack(frames) for name, frames in shown.items()} for shown in self._shown)


def _ways(maps: Array) -> dict[str, Array]:
    return {"before": maps, **{name: halve(maps, name) for name in WAYS}}


def cosine(one: Array, other: Array) -> float:
    """⟨a, b⟩ / (|a| |b|) over all values; 1 where both are zero everywhere, 0 where one is."""
    a, b = one.ravel(), other.ravel()
    sizes = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    if sizes == 0:
        return float(not a.any() and not b.any())
    return float(np.clip(float(a @ b) / sizes, -1.0, 1.0))


def _along(start: Array, now: Array, cells: int, halved: bool) -> float:
    """The maps of the slid image, moved back: halved ones are laid on the finer grid again, every cell twice."""
    if halved:
        start, now = (np.repeat(maps, 2, axis=2) for maps in (start, now))
    wide = start.shape[2]
    return cosine(start[:, :, cells:], now[:, :, : wide - cells]) if cells < wide else float("nan")


def _middle(single: Array, whole: bool) -> Array:
    """At most 48 × 48 cells of a map, or the 24 × 24 that came of them."""
    most = MIDDLE if whole else MIDDLE // 2
    top, left = (max(0, (side - most) // 2) for side in single.shape)
    return single[top : top + most, left : left + most].astype(np.float32)
