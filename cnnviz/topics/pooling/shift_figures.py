"""What is drawn of a measured motion: frames, maps and curves; the table of exchanged poolings; all of it as CSV."""

from __future__ import annotations

import io
import warnings
from typing import Any, TypedDict

import numpy as np
from PIL import Image

from cnnviz.figures import looks
from cnnviz.figures.maps import limits, quantise
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records.activations import Array
from cnnviz.topics.pooling.shift_captions import TITLES
from cnnviz.topics.pooling.shift_records import Exchanged, Motion, Shifts


class ShiftCurves(TypedDict):
    """Mean, lowest and highest over the images, [N][A] each; None where nothing was measured."""

    mean: list[list[float | None]]
    low: list[list[float | None]]
    high: list[list[float | None]]


class Named(TypedDict):
    """A way of making a map smaller."""

    name: str
    title: str


class RunLayer(TypedDict):
    """A layer on the way through the network."""

    key: str
    operation: str


class ShiftPlace(TypedDict):
    """Where the maps become smaller. cell: pixels of the image. place, along: cosines [way][amount]. sizes: by way."""

    layer: str
    operation: str
    before: str
    shape: list[int]
    cell: float
    place: ShiftCurves
    along: ShiftCurves
    floors: list[float | None]
    sizes: dict[str, list[int]]
    signed: bool


class MotionMeta(TypedDict):
    """One motion: its amounts in order, the cosines of every layer at each (depth), and the places."""

    unit: str
    amounts: list[float]
    frame: list[int]
    layers: list[RunLayer]
    depth: ShiftCurves
    floors: list[float | None]
    agree: list[float]
    chance: list[float]
    label: str
    ways: list[Named]
    places: list[ShiftPlace]


class ShiftContent(TypedDict):
    """motions: slide and turn. count: images."""

    motions: dict[str, MotionMeta]
    colours: list[str]
    count: int


class ShiftLabMeta(ShiftContent, Sealed):
    """With its digest."""


class ShiftLabPacket(TypedDict):
    """For the component shift_lab. blobs: slide_frames PNG, slide_0_max, … entries [amounts, h, w]; turn too."""

    meta: ShiftLabMeta
    blobs: dict[str, bytes]


def data(shifts: Shifts) -> ShiftLabPacket:
    """For each motion its frames as one PNG and the maps as palette entries."""
    blobs: dict[str, bytes] = {}
    motions: dict[str, MotionMeta] = {}
    for name, motion in (("slide", shifts.slide), ("turn", shifts.turn)):
        order = np.argsort(motion.amounts)
        motions[name] = _motion(motion, order)
        blobs[f"{name}_frames"] = _strip(motion.pictures[order])
        for place, maps in enumerate(motion.maps):
            spans = limits(np.concatenate([values.ravel() for values in maps.values()])[None, :, None])
            motions[name]["places"][place]["signed"] = spans.signed
            for way, values in maps.items():
                blobs[f"{name}_{place}_{way}"] = quantise(values[order], spans).tobytes()
    content: ShiftContent = {"motions": motions, "colours": list(looks.SERIES), "count": shifts.slide.count}
    return {"meta": {**content, "digest": digest(content, *blobs.values())}, "blobs": blobs}


def _motion(motion: Motion, order: Array) -> MotionMeta:
    return {
        "unit": motion.unit,
        "amounts": [motion.amounts[at] for at in order],
        "frame": list(motion.pictures.shape[1:3]),
        "layers": [{"key": key, "operation": what} for key, what in zip(motion.layers, motion.operations, strict=True)],
        "depth": _curves(motion.cosines[:, :, order]),
        "floors": _plain(motion.floors),
        "agree": _plain(motion.agree[:, order].mean(0)),
        "chance": motion.chance[0, order].tolist(),
        "label": motion.labels[0],
        "ways": [{"name": name, "title": TITLES[name]} for name in motion.ways],
        "places": [
            {
                "layer": place.layer, "operation": place.operation, "before": place.before, "shape": list(place.shape),
                "cell": place.cell, "place": _curves(motion.by_place[:, at][:, :, order]),
                "along": _curves(motion.moved_along[:, at][:, :, order]), "floors": _plain(motion.way_floors[at]),
                "sizes": {way: list(values.shape[1:]) for way, values in motion.maps[at].items()}, "signed": False,
            }
            for at, place in enumerate(motion.reductions)
        ],
    }  # fmt: skip


def _curves(values: Array) -> ShiftCurves:
    """values: [P, N, A]."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without any number stays NaN
        mean, low, high = np.nanmean(values, 0), np.nanmin(values, 0), np.nanmax(values, 0)
    return {"mean": _plain(mean), "low": _plain(low), "high": _plain(high)}


def _plain(values: Array) -> Any:
    if values.ndim:
        return [_plain(part) for part in values]
    return round(float(values), 4) if np.isfinite(values) else None


def _strip(frames: Array) -> bytes:
    """All frames side by side as one PNG."""
    out = io.BytesIO()
    Image.fromarray(np.concatenate(list(frames), axis=1)).save(out, "PNG", compress_level=4)
    return out.getvalue()


def exchange_table(found: Exchanged) -> str:
    """Markdown: how many images keep their class under each pooling, a line a way, a column a shift."""
    moved = [at for at, amount in enumerate(found.amounts) if amount]
    heads = [f"{found.amounts[at]:g} px" for at in moved]
    lines = [
        "| pooling | unmoved as trained | " + " | ".join(heads) + " |",
        "| --- | ---: |" + " ---: |" * len(moved),
    ]
    for way, name in enumerate(found.ways):
        cells = [f"{int(found.kept[way, :, at].sum())}" for at in moved]
        lines.append(f"| {TITLES[name]} | {int(found.same[way].sum())} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def csv(shifts: Shifts) -> str:
    """One line a motion, amount, layer and way: mean, lowest and highest cosine over the images."""
    lines = ["motion,amount,where,way,measure,mean,lowest,highest,pictures"]
    for name, motion in (("slide", shifts.slide), ("turn", shifts.turn)):
        for at, amount in enumerate(motion.amounts):
            start = f"{name},{amount:g}"
            for number, key in enumerate(motion.layers):
                lines.append(_row(f"{start},{key},,place by place", motion.cosines[:, number, at]))
            for number, place in enumerate(motion.reductions):
                for way, title in enumerate(motion.ways):
                    lines.append(
                        _row(f"{start},{place.layer},{title},place by place", motion.by_place[:, number, way, at])
                    )
                    lines.append(
                        _row(f"{start},{place.layer},{title},moved along", motion.moved_along[:, number, way, at])
                    )
    return "\n".join(line for line in lines if line) + "\n"


def _row(start: str, values: Array) -> str:
    if not np.isfinite(values).all():
        return ""
    return f"{start},{values.mean():.6f},{values.min():.6f},{values.max():.6f},{len(values)}"
