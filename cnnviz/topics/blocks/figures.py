"""Blocks for the components that draw them: the maps of each step side by side, and a strip of channels by origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from cnnviz.figures.channels import limits
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.blocks.records import BlockStage

CELLS = 420_000  # cells of all panels together that travel to the browser
FEWEST, MOST = 4, 32  # channels of a panel that are shown, at least and at most


class StagePanel(TypedDict):
    """The maps of one step. maps: the shape of those that travel, every step-th cell of the chosen channels."""

    role: str
    name: str
    operation: str
    shape: list[int]
    maps: list[int]
    step: int
    channels: list[int]
    limit: float
    signed: bool
    note: str


class Stages(TypedDict):
    """Every step of a block beside the others."""

    panels: list[StagePanel]


class StagesMeta(Stages, Sealed):
    """With its digest."""


class BlockStagesPacket(TypedDict):
    """For the component block_stages. blobs: "values0", …: float32, little endian, a panel each."""

    meta: StagesMeta
    blobs: dict[str, bytes]


class StripSegment(TypedDict):
    """Neighbouring channels of one origin."""

    title: str
    start: int
    count: int
    note: str


class StripPanel(TypedDict):
    """The maps of every channel. unit: what the half-precision values are to be multiplied by."""

    title: str
    shape: list[int]
    maps: list[int]
    step: int
    limit: float
    signed: bool
    unit: float


class StripBars(TypedDict):
    """One number a channel, drawn over the strip."""

    title: str
    high: float
    low: float
    values: list[float]


class OriginStrip(TypedDict):
    """what: "output channel". names: the channels' numbers, where they are not drawn in their own order."""

    what: str
    names: list[int]
    segments: list[StripSegment]
    panels: list[StripPanel]
    bars: StripBars | None


class StripMeta(OriginStrip, Sealed):
    """With its digest."""


class BlockStripPacket(TypedDict):
    """For the component block_strip. blobs: "values0", …: float16, little endian, a panel each."""

    meta: StripMeta
    blobs: dict[str, bytes]


class Matrix(TypedDict):
    """values: [rows][columns], None where there is nothing. chosen: the column that is opened."""

    rows: list[str]
    columns: list[str]
    values: list[list[float | None]]
    chosen: int


class BlockMatrixPacket(Matrix, Sealed):
    """For the component block_matrix."""


class Shuffle(TypedDict):
    """order, back: which channel stands at each place after the shuffle, and after its inverse."""

    channels: int
    groups: int
    order: list[int]
    back: list[int]


class BlockShufflePacket(Shuffle, Sealed):
    """For the component block_shuffle."""


# ------------------------------------------------------------------------------------------------ steps of a block
def stages(
    found: Sequence[BlockStage], *, together: Sequence[Sequence[int]] = (), notes: Sequence[str] = ()
) -> BlockStagesPacket:
    """For block_stages: every stage as a panel with the same channel in all panels that have as many channels.

    together: indices of stages that share a colour range. notes: a line under each panel. Of large maps only some
    channels travel, those that vary most over the image in the last panel that has so many.
    """
    shared = {index: part for part in together for index in part}
    chosen = _chosen(found)
    highs = [_limit(stage.values) for stage in found]
    panels: list[StagePanel] = []
    blobs: dict[str, Array] = {}
    for index, stage in enumerate(found):
        channels, step = chosen[len(stage.values)], _step(stage.values, len(chosen[len(stage.values)]), len(found))
        values = np.ascontiguousarray(stage.values[channels][:, ::step, ::step], dtype="<f4")
        blobs[f"values{index}"] = values
        panels.append(
            {
                "role": stage.role,
                "name": stage.key,
                "operation": stage.operation,
                "shape": list(stage.values.shape),
                "maps": list(values.shape),
                "step": step,
                "channels": channels.tolist(),
                "limit": max(highs[other] for other in shared.get(index, (index,))),
                "signed": any(found[other].values.min() < 0 for other in shared.get(index, (index,))),
                "note": notes[index] if index < len(notes) else "",
            }
        )
    header: Stages = {"panels": panels}
    return {
        "meta": {**header, "digest": digest(header, *blobs.values())},
        "blobs": {name: values.tobytes() for name, values in blobs.items()},
    }


def _limit(values: Array) -> float:
    return float(limits(values).high)


def _chosen(found: Sequence[BlockStage]) -> dict[int, Array]:
    """Number of channels → which of them are shown, those that vary most in the last stage with so many first."""
    chosen: dict[int, Array] = {}
    for stage in reversed(found):
        count = len(stage.values)
        if count not in chosen:
            varied = stage.values.var(axis=(1, 2), dtype=np.float64)
            room = max(FEWEST, min(MOST, CELLS // max(1, len(found) * stage.values[0].size)))
            chosen[count] = np.argsort(-varied, kind="stable")[: min(count, room)]
    return chosen


def _step(values: Array, channels: int, panels: int) -> int:
    """1, or so many cells apart that a panel's maps fit into its share."""
    cells = channels * values[0].size
    return max(1, int(np.ceil(np.sqrt(cells / (1.5 * CELLS / panels)))))


# ------------------------------------------------------------------------------------------------ channels by origin
@dataclass(frozen=True, eq=False)
class Segment:
    """Neighbouring channels of one origin."""

    title: str
    start: int
    count: int
    note: str = ""


@dataclass(frozen=True, eq=False)
class Bars:
    """One number a channel, drawn over the strip, from `low` up."""

    title: str
    values: Array
    high: float
    low: float = 0.0


def strip(
    segments: Sequence[Segment], maps: Mapping[str, Array], *, what: str, bars: Bars | None = None,
    names: Sequence[int] = (),
) -> BlockStripPacket:  # fmt: skip
    """For block_strip: which channel comes from where, with its map.

    maps: title → [C, H, W], each drawn large for the chosen channel; the tiles show the last. what: "output channel".
    names: the channels' numbers, where they are not drawn in their own order.
    """
    panels: list[StripPanel] = []
    blobs: dict[str, Array] = {}
    for index, (title, values) in enumerate(maps.items()):
        step = max(1, int(np.ceil(np.sqrt(values.size / (450_000 / len(maps))))))
        unit = float(np.abs(values).max()) or 1.0  # half precision has no numbers below 6e-8
        small = np.ascontiguousarray(values[:, ::step, ::step] / unit, dtype="<f2")
        blobs[f"values{index}"] = small
        low = float(values.min())
        panels.append(
            {"title": title, "shape": list(values.shape), "maps": list(small.shape), "step": step,
             "limit": _limit(values), "signed": low < 0, "unit": unit}
        )  # fmt: skip
    header: OriginStrip = {
        "what": what,
        "names": list(names),
        "segments": [
            {"title": one.title, "start": one.start, "count": one.count, "note": one.note} for one in segments
        ],
        "panels": panels,
        "bars": None
        if bars is None
        else {"title": bars.title, "high": bars.high, "low": bars.low,
              "values": [round(float(value), 7) for value in bars.values]},
    }  # fmt: skip
    return {
        "meta": {**header, "digest": digest(header, *blobs.values())},
        "blobs": {name: values.tobytes() for name, values in blobs.items()},
    }


def matrix(rows: Sequence[str], columns: Sequence[str], values: Array, *, chosen: int) -> BlockMatrixPacket:
    """For block_matrix: [rows, columns] from zero up, nothing where NaN. chosen: the column that is opened."""
    listed = [[None if np.isnan(value) else round(float(value), 6) for value in row] for row in values]
    header: Matrix = {"rows": list(rows), "columns": list(columns), "values": listed, "chosen": chosen}
    return {**header, "digest": digest(header)}


def shuffle(channels: int, groups: int) -> BlockShufflePacket:
    """For block_shuffle: which channel stands at each place after the shuffle, and after its inverse."""
    order = np.arange(channels).reshape(groups, channels // groups).T.reshape(-1)
    back = order.reshape(channels // groups, groups).T.reshape(-1)
    header: Shuffle = {"channels": channels, "groups": groups, "order": order.tolist(), "back": back.tolist()}
    return {**header, "digest": digest(header)}
