"""Looks inside a run as one packet: every frame is in the browser, so that scrubbing asks nobody."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np

from cnnviz.figures.numbers import four_digits
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array, Event, Finished
from cnnviz.records.inside import BINS, Inside
from cnnviz.topics.training_lab import inside_captions

ZERO = 128  # the entry of zero in a diverging palette
CURVE_POINTS = 300

Numbers = list[float | None]


class InsideTiles(TypedDict):
    """Images of one kind in a row. shape: [n, 1 or 3, h, w]; limits: of the colours, by frame; blob: its name.

    palette: the family of colours."""

    title: str
    says: str
    shape: list[int]
    limits: Numbers
    signed: bool
    palette: str
    blob: str


class InsideColumn(TypedDict):
    """A number a row and frame, drawn as a bar. log: by its power of ten. mark: a value to compare with, or None."""

    title: str
    values: list[Numbers]
    low: float
    high: float
    log: bool
    mark: float | None


class InsideTable(TypedDict):
    """Layers, activations or normalisations: names down, columns across. histograms: titles of those beside them.

    blob: their heights [frame][kind][row][bin], "" for none; limits: [frame][kind][row].
    """

    title: str
    says: str
    names: list[str]
    columns: list[InsideColumn]
    histograms: list[str]
    blob: str
    limits: list[list[Numbers]]


class InsideCurve(TypedDict):
    """The run's own curve: loss of training batches, and test images right in [0, 1]."""

    step: list[int]
    loss: Numbers
    tested: list[int]
    right: Numbers


class InsideHeader(TypedDict):
    """scores: [frame][class]. confusion: classes a side, 0 for none."""

    live: bool
    steps: list[int]
    classes: list[str]
    scores: list[Numbers]
    tiles: list[InsideTiles]
    tables: list[InsideTable]
    bins: int
    confusion: int
    curve: InsideCurve
    words: dict[str, str]


class InsideMeta(InsideHeader, Sealed):
    """With its digest."""


class InsidePacket(TypedDict):
    """For the component inside_view. blobs: uint8 entries of tiles [F, n, c, h, w], counts [F, 2, L, bins] and spread
    [F, 1 or 2, A, bins] as heights, confusion [F, K, K] as shares of the row."""

    meta: InsideMeta
    blobs: dict[str, bytes]


def packet(
    frames: Sequence[Inside], curves: Mapping[str, Array], classes: Sequence[str], *, live: bool = False,
    own: bool = True,
) -> InsidePacket:  # fmt: skip
    """Frames of one run, in the order of their steps, all of the same network. curves: `runs.Run.history`.

    own: whether the image at hand is the person's, and not a test image.
    """
    tiles, blobs = _tiles(frames, live, own)
    confusion = len(frames[0].confusion) if all(len(one.confusion) for one in frames) else 0
    blobs["counts"] = _heights(np.stack([one.counts for one in frames]))
    blobs["spread"] = _heights(np.stack([_spreads(one, both=_pulled(frames)) for one in frames]))
    if confusion:
        blobs["confusion"] = _shares(np.stack([one.confusion for one in frames]))
    header: InsideHeader = {
        "live": live,
        "steps": [one.step for one in frames],
        "classes": list(classes),
        "scores": [[float(score) if math.isfinite(score) else None for score in one.scores] for one in frames],
        "tiles": tiles,
        "tables": _tables(frames),
        "bins": BINS,
        "confusion": confusion,
        "curve": _curve(curves),
        "words": inside_captions.words(own=own),
    }
    return {"meta": {**header, "digest": digest(header, *blobs.values())}, "blobs": blobs}


def _tiles(frames: Sequence[Inside], live: bool, own: bool) -> tuple[list[InsideTiles], dict[str, bytes]]:
    first = frames[0]
    kinds: list[tuple[str, str, list[Array], bool]] = []
    if len(first.kernels):
        title, says = inside_captions.kernels(first.kernel_layer, live=live)
        kinds.append((title, says, [one.kernels for one in frames], True))
        if any(np.isfinite(one.kernel_gradients).any() for one in frames):
            title, says = inside_captions.gradients(first.kernel_layer, live=live)
            kinds.append((title, says, [one.kernel_gradients for one in frames], False))
    for place, name in enumerate(first.map_layers):
        title, says = inside_captions.maps(name, live=live, own=own)
        kinds.append((title, says, [one.maps[place][:, None] for one in frames], True))
    tiles: list[InsideTiles] = []
    blobs: dict[str, bytes] = {}
    for number, (title, says, values, shared) in enumerate(kinds):
        every = [_largest(one) for one in values]
        limits = [max(every)] * len(every) if shared else every
        signed = any((one < 0).any() for one in values)
        name = f"tiles{number}"
        blobs[name] = b"".join(_entries(one, limit, signed) for one, limit in zip(values, limits, strict=True))
        shape = [int(size) for size in values[0].shape]
        colours = "weights" if number < len(kinds) - len(first.map_layers) else "activations"
        if not signed:
            colours = "magnitude"
        tiles.append(
            {
                "title": title, "says": says, "shape": shape, "limits": _plain(limits), "signed": signed,
                "palette": colours, "blob": name,
            }
        )  # fmt: skip
    return tiles, blobs


def _entries(values: Array, limit: float, signed: bool) -> bytes:
    """Palette entries: around 128 to ±limit, or from 1 at zero; what is not finite as zero."""
    share = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0) / (limit or 1.0)
    entries = ZERO + 127 * share if signed else 1 + 254 * share
    return np.clip(np.rint(entries), 1, 255).astype(np.uint8).tobytes()


def _largest(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max(initial=0.0))


def _heights(counts: Array) -> bytes:
    """[F, kinds, L, bins] counts as 0 to 255, each histogram by its own highest bin."""
    highest = counts.max(-1, keepdims=True)
    return np.rint(255 * counts / np.maximum(highest, 1)).astype(np.uint8).tobytes()


def _pulled(frames: Sequence[Inside]) -> bool:
    """Whether any frame holds the loss's gradient by its activations."""
    return any(one.steepest.any() for one in frames)


def _spreads(frame: Inside, *, both: bool) -> Array:
    """[1 or 2, A, bins]: of the activations' values, and of the gradients by them."""
    return np.stack([frame.spread, frame.slopes] if both else [frame.spread])


def _shares(counts: Array) -> bytes:
    totals = counts.sum(-1, keepdims=True)
    return np.rint(255 * counts / np.maximum(totals, 1)).astype(np.uint8).tobytes()


def _tables(frames: Sequence[Inside]) -> list[InsideTable]:
    first, found = frames[0], []
    ratio = [one.updates / np.where(one.weights > 0, one.weights, math.nan) for one in frames]
    pulled = any(np.isfinite(one.gradients).any() for one in frames)
    stepped = any(np.isfinite(one).any() for one in ratio)
    columns = [_column("weights", [one.weights for one in frames], log=True)]
    columns += [_column("gradients", [one.gradients for one in frames], log=True)] if pulled else []
    columns += [_column("updates", ratio, log=True, mark=1e-3)] if stepped else []
    table = _table("layers", first.layers, columns)
    table["says"] = inside_captions.layers(gradients=pulled, steps=stepped)
    table["histograms"] = list(inside_captions.HISTOGRAMS[: len(columns)])
    table["blob"], table["limits"] = "counts", [[_plain(kind) for kind in one.limits] for one in frames]
    found.append(table)
    if first.activations:
        found.append(_activations(frames))
    if first.norms:
        columns = [_column(name, [getattr(one, name) for one in frames], log=False) for name in ("means", "deviations")]
        found.append(_table("norms", first.norms, columns))
    return found


def _activations(frames: Sequence[Inside]) -> InsideTable:
    """Shares of dead and saturated units, where any is known, and the spread of every call's values."""
    known = {name: [getattr(one, name) for one in frames] for name in ("dead", "saturated")}
    columns = [
        _column(name, values, log=False, ends=(0.0, 1.0))
        for name, values in known.items()
        if any(np.isfinite(one).any() for one in values)
    ]
    table = _table("activations", frames[0].activations, columns)
    kinds = 2 if _pulled(frames) else 1
    table["histograms"] = list(inside_captions.SPREADS[:kinds])
    limits = [[_plain(kind) for kind in (one.reach, one.steepest)[:kinds]] for one in frames]
    table["blob"], table["limits"] = "spread", limits
    return table


def _table(name: str, names: Sequence[str], columns: list[InsideColumn]) -> InsideTable:
    title, says = inside_captions.TABLES[name]
    none: InsideTable = {
        "title": title, "says": says, "names": list(names), "columns": columns, "histograms": [], "blob": "",
        "limits": [],
    }  # fmt: skip
    return none


def _column(
    name: str, values: Sequence[Array], *, log: bool, mark: float | None = None, ends: tuple[float, float] | None = None
) -> InsideColumn:  # fmt: skip
    """Its scale holds all frames. A logarithmic one has whole powers of ten at its ends."""
    every = np.concatenate([one.ravel() for one in values])
    usable = every[np.isfinite(every) & (every > 0)] if log else every[np.isfinite(every)]
    low, high = (float(usable.min()), float(usable.max())) if len(usable) else (0.1, 1.0)
    if log:
        if mark is not None:
            low, high = min(low, mark), max(high, mark)
        low, high = 10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(high) + 1e-9)
    else:
        low, high = ends or (min(0.0, low), max(high, 1e-9))
    title = inside_captions.COLUMNS[name]
    return {
        "title": title,
        "values": [_plain(one) for one in values],
        "low": low,
        "high": high,
        "log": log,
        "mark": mark,
    }


def with_the_end(curves: Mapping[str, Array], events: Sequence[Event]) -> dict[str, Array]:
    """The same curves with the test at a run's very end, which is no epoch's where it ran out of time."""
    found = dict(curves)
    ended = next((event for event in reversed(events) if isinstance(event, Finished)), None)
    if ended is not None and (not len(found["epoch_step"]) or found["epoch_step"][-1] < ended.step):
        found["epoch_step"] = np.append(found["epoch_step"], ended.step)
        found["test_accuracy"] = np.append(found["test_accuracy"], ended.test_accuracy)
    return found


def _curve(curves: Mapping[str, Array]) -> InsideCurve:
    every = max(1, math.ceil(len(curves["step"]) / CURVE_POINTS))
    return {
        "step": [int(one) for one in curves["step"][::every]],
        "loss": _plain(curves["loss"][::every]),
        "tested": [int(one) for one in curves["epoch_step"]],
        "right": _plain(curves["test_accuracy"]),
    }


def _plain(values: Any) -> Numbers:
    return [four_digits(float(one)) if math.isfinite(one) else None for one in values]
