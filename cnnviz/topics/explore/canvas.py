"""The whole network on one canvas: which tiles stand in which column, what feeds what, and their quantised pixels.

A column is a recorded node, in the order of the data flow; columns of one block form a group, and a wide gap stands
between groups. A small net (at most 100 maps in all) shows every channel and its edges. A deep one shows, for each
node, the channels with most energy (mean square), and its groups are folded until one opens them.

Two recordings of one structure share the canvas, the columns and their ranges; their difference has its own
(`compared`).

Colours: signed, symmetric about zero. A convolution shares its range with the activation and pooling that follow it,
or, where a normalisation stands between, the normalisation shares it: one sees the ReLU take the negative half away.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cnnviz.figures.channels import as_maps, energy, finite, short, shrink
from cnnviz.figures.packets import digest
from cnnviz.records import Activations, Layer
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.explore import canvas_colours, canvas_scores, compared, connectivity
from cnnviz.topics.explore.canvas_packet import (
    CanvasLayout,
    ColumnNumbers,
    ColumnPacket,
    Edge,
    PicturePlace,
    TilesPlace,
)

Array = np.ndarray

SMALL_NET = 100  # maps in all
ATLAS_BYTES = 1_500_000
MOST_CELLS = 4096  # of one vector
MOST_TILES = 128  # of one node
PICTURE_PIXELS = 96
HIDDEN = ("dropout", "identity")  # in evaluation they pass on what they get
# Nodes that keep the range of what they read: the colours may be compared with the node before.
_SHARING = ("activation", "pooling", "dropout", "identity", "flatten", "reshape", "padding", "upsampling")


@dataclass(frozen=True)
class Sizes:
    """How much is sent: pixels of a tile's longer side, and tiles of a node of a deep net."""

    tile: int = 40
    per_layer: int = 8


@dataclass(frozen=True, eq=False)
class Canvas:
    """What the component takes. atlas: uint8 palette entries, 128 = zero, tile after tile. layout: plain values.

    folded: the same for the columns that stand on the canvas only once their block is opened (layout: "folded" is true,
    and "offset" counts from here): the browser asks for a block's when somebody opens it.
    Of two recordings both hold the same three times: of the first, of the second, of their difference.
    """

    atlas: bytes
    folded: bytes
    layout: CanvasLayout = field(repr=False)

    def size(self) -> int:
        """Bytes, nearly: its pixels, and its layout as text, which is about as long as what it is written from."""
        return len(self.atlas) + len(self.folded) + 2 * len(self.layout_text)

    @functools.cached_property
    def layout_text(self) -> str:
        """The layout as JSON, written once: each click on a tile sends it. Raises ValueError for what is no number."""
        return json.dumps(self.layout, separators=(",", ":"), allow_nan=False)


def network(
    recording: Activations,
    *,
    picture: Array | None = None,
    classes: Sequence[str] = (),
    title: str = "",
    sizes: Sizes = Sizes(),
    reading: OutputReading | None = None,
    second: compared.Second | None = None,
) -> Canvas:
    """A recording as columns of small maps, from the image to the class scores.

    picture: what the network sees, [H, W, 3] uint8; without it the input's own values are shown, scaled to their range.
    classes: names of the outputs. reading: of the output; without it the outputs are logits of classes.
    title: names the canvas for a screen reader. second: what is laid beside it, of the same structure.

    Raises: ValueError for a recording without a single node, and for a second one of another structure.
    """
    if not recording.layers:
        raise ValueError("the recording holds no node at all, so there is nothing to draw")
    if second is not None and (why := compared.mismatch(recording, second.recording)):
        raise ValueError(why)
    shown = [layer for layer in recording if layer.kind not in HIDDEN and layer.values.size]
    maps = sum(len(layer.values) for layer in shown if layer.values.ndim == 3 and layer.kind != "input")
    small = maps <= SMALL_NET
    sizes = sizes if small else _affordable(shown, sizes)
    sources = connectivity.sources(recording, hidden=HIDDEN)
    chosen = _channels(shown, connectivity.aligned(shown, sources), SMALL_NET if small else sizes.per_layer)
    beside = second.recording if second else None
    columns = [_Column(layer, chosen[layer.key], sizes.tile, beside[layer.key] if beside else None) for layer in shown]
    groups = connectivity.groups(shown)
    faces = {group["face"] for group in groups}
    hidden = frozenset() if small else frozenset(layer.key for layer in shown if layer.key not in faces)
    stores = [_Pixels(hidden) for _ in range(3 if second else 1)]
    entries = _entries(columns, sources, stores)
    image = _picture(recording, picture, stores[0].first)
    if second and image:
        _picture(second.recording, second.picture, stores[1].first)
        stores[2].first.append(compared.photo(stores[0].first[-1], stores[1].first[-1]))
    layout: CanvasLayout = {
        "title": title,
        "small": small,
        "perLayer": sizes.per_layer,
        "groups": groups,
        "layers": entries,
        "picture": image,
        "scores": canvas_scores.listed(recording, classes, reading),
        "output": _output(recording, shown),
    }
    if second:
        layout["second"] = compared.words(second, [b"".join(one.first) for one in stores], stores[0].later)
        layout["scores"] = compared.scores(layout["scores"], second.reading)
    atlas = b"".join(block for one in stores for block in one.first)
    folded = b"".join(block for one in stores for block in one.later)
    layout["digest"] = digest(atlas, folded, layout)
    return Canvas(atlas, folded, layout)


# --------------------------------------------------------------------------------------------------- what is shown
@dataclass(frozen=True, eq=False)
class _Column:
    """A node, the channels of it that are shown, and their small maps."""

    layer: Layer
    channels: Array
    tile: int
    second: Layer | None = None
    cells: Array = field(init=False)  # [n, h, w] float32
    others: Array | None = field(init=False, default=None)  # the same of the second recording

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", self._small(self.layer))
        if self.second is not None:
            object.__setattr__(self, "others", self._small(self.second))

    def _small(self, layer: Layer) -> Array:
        return finite(shrink(as_maps(layer.values)[self.channels], self.tile))

    @property
    def all_cells(self) -> list[Array]:
        """What shares the colours: the first recording's, and the second's where there is one."""
        return [self.cells] if self.others is None else [self.cells, self.others]

    @property
    def vector(self) -> bool:
        return as_maps(self.layer.values).shape[1:] == (1, 1)


def _affordable(layers: Sequence[Layer], wanted: Sizes) -> Sizes:
    """Fewer and smaller tiles where the whole atlas would be too large (a DenseNet-121 has 431 nodes)."""
    for tile, per_layer in itertools.product((wanted.tile, 32, 28, 20), (wanted.per_layer, 6, 4)):
        sizes = Sizes(min(tile, wanted.tile), min(per_layer, wanted.per_layer))
        if sum(_bytes(layer, sizes) for layer in layers) <= ATLAS_BYTES:
            return sizes
    return sizes


def _bytes(layer: Layer, sizes: Sizes) -> int:
    count, height, width = as_maps(layer.values).shape
    if height * width == 1:
        return min(count, MOST_CELLS)
    factor = -(-max(height, width) // sizes.tile)
    return min(count, sizes.per_layer) * -(-height // factor) * -(-width // factor)


def _channels(layers: Sequence[Layer], aligned: dict[str, str], most: int) -> dict[str, Array]:
    """Which channels each node shows, ascending. Nodes of a block that pass channels on one by one show the same ones:
    those with most energy in the last of them. A vector shows every cell; one of more than 4,096 cells every n-th.
    """
    by_key = {layer.key: layer for layer in layers}
    chosen: dict[str, Array] = {}
    for layer in layers:
        lead = by_key[aligned[layer.key]]
        if lead.key not in chosen:
            chosen[lead.key] = _strongest(lead, MOST_TILES if lead.kind == "input" else most)
        chosen[layer.key] = chosen[lead.key]
    return chosen


def _strongest(layer: Layer, most: int) -> Array:
    maps = as_maps(layer.values)
    count = len(maps)
    if maps.shape[1:] == (1, 1):
        return np.arange(0, count, -(-count // MOST_CELLS))
    if count <= most:
        return np.arange(count)
    return np.sort(np.argpartition(energy(layer.values), count - most)[count - most :])


# ------------------------------------------------------------------------------------------------------- the columns
@dataclass(frozen=True, eq=False)
class _Pixels:
    """Tiles as bytes, those of `folded` columns apart from what is seen at first."""

    folded: frozenset[str]
    first: list[bytes] = field(default_factory=list)
    later: list[bytes] = field(default_factory=list)

    def add(self, key: str, content: bytes) -> TilesPlace:
        """Where it stands now."""
        blocks = self.later if key in self.folded else self.first
        place: TilesPlace = {"offset": sum(map(len, blocks)), "folded": key in self.folded}
        blocks.append(content)
        return place


def _entries(
    columns: Sequence[_Column], sources: Mapping[str, list[Edge]], stores: Sequence[_Pixels]
) -> list[ColumnPacket]:
    """One plain dict a column; its pixels are appended to the stores: of the first, the second, the difference."""
    entries: list[ColumnPacket] = []
    for unit in _units(columns):
        limit, clipped = canvas_colours.limit([cells for column in unit for cells in column.all_cells])
        between = [column.cells - column.others for column in unit if column.others is not None]
        spread = canvas_colours.limit(between)[0] if between else 0.0
        for column in unit:
            key = column.layer.key
            place = stores[0].add(key, _quantised(column, column.cells, limit).tobytes())
            entry = _entry(column, (limit, clipped), place, sources[key])
            entries.append(_beside(entry, column, (limit, spread), stores))
    return entries


def _output(recording: Activations, shown: Sequence[Layer]) -> str:
    """The column that the scores hang on: of the layer that made them, or the nearest one shown on the way to it."""
    keys, layer = {one.key for one in shown}, recording.output
    while layer is not None and layer.key not in keys:
        layer = recording[layer.inputs[0]] if layer.inputs else None
    return shown[-1].key if layer is None else layer.key


def _beside(entry: ColumnPacket, column: _Column, ends: tuple[float, float], stores: Sequence[_Pixels]) -> ColumnPacket:
    """The column with the second recording's, where there is one. ends: of the two's colours, of the difference's."""
    if column.others is None or column.second is None:
        return entry
    stores[1].add(entry["key"], _quantised(column, column.others, ends[0]).tobytes())
    stores[2].add(entry["key"], canvas_colours.signed(column.cells - column.others, ends[1]).tobytes())
    entry["spread"] = _digits(ends[1])
    entry["second"] = _numbers(column.second, column.channels)
    entry["differs"] = _digits(compared.distance(column.layer.values, column.second.values))
    return entry


def _digits(number: float) -> float:
    """Five significant digits, as `short` has them."""
    return float(f"{number:.5g}")


def _units(columns: Sequence[_Column]) -> Iterable[list[_Column]]:
    """Runs of columns that share one range: each begins where the quantity changes."""
    unit: list[_Column] = []
    for column in columns:
        follows = bool(unit) and column.layer.kind in _SHARING and column.layer.group == unit[-1].layer.group
        if unit and not follows:
            yield unit
            unit = []
        unit.append(column)
    yield unit


def _quantised(column: _Column, cells: Array, limit: float) -> Array:
    if column.layer.kind == "input":  # grey levels, from the channel's own lowest to its highest value
        low = min(float(one.min()) for one in column.all_cells)
        high = max(float(one.max()) for one in column.all_cells)
        return np.clip(np.rint((cells - low) * (255.0 / ((high - low) or 1.0))), 0, 255).astype(np.uint8)
    return canvas_colours.signed(cells, limit)


def _entry(column: _Column, range_: tuple[float, float], place: TilesPlace, sources: list[Edge]) -> ColumnPacket:
    """range_: the end of the colours, and the share of the cells beyond it."""
    layer, (limit, clipped) = column.layer, range_
    total = len(as_maps(layer.values))
    return {
        "key": layer.key,
        "name": layer.name,
        "kind": layer.kind,
        "operation": layer.operation,
        "group": layer.group,
        "shape": list(layer.shape),
        "total": total,
        "channels": _plain(column.channels, total),
        "vector": column.vector,
        "height": column.cells.shape[1],
        "width": column.cells.shape[2],
        "limit": _digits(limit),
        "clipped": clipped,
        "sources": sources,
        **_numbers(layer, column.channels),
        **place,
    }


def _numbers(layer: Layer, channels: Array) -> ColumnNumbers:
    """Of the shown channels mean and maximum (of a vector's cells the value alone), and which of them are dead."""
    maps = as_maps(layer.values)
    flat = maps[channels].reshape(len(channels), -1)
    low, high = flat.min(axis=1), flat.max(axis=1)
    dead = (low == high) & (flat.shape[1] > 1) & (layer.kind != "input")
    return {
        "mean": short(flat.mean(axis=1)),
        "maximum": [] if maps.shape[1:] == (1, 1) else short(high),
        "dead": np.flatnonzero(dead).tolist(),
    }


def _plain(channels: Array, total: int) -> list[int] | None:
    """None stands for "all of them, as they come": a thousand indices less to send."""
    return None if len(channels) == total else channels.tolist()


# ------------------------------------------------------------------------------------------------- the image
def _picture(recording: Activations, picture: Array | None, blocks: list[bytes]) -> PicturePlace | None:
    """The image in small, [h, w, 3] bytes after the tiles; made from the input's own values where none is given."""
    if picture is None:
        inputs = [layer.values for layer in recording if layer.kind == "input" and layer.values.ndim == 3]
        if not inputs or inputs[0].shape[0] not in (1, 3):
            return None
        low, high = float(inputs[0].min()), float(inputs[0].max())
        picture = np.moveaxis((inputs[0] - low) * (255.0 / ((high - low) or 1.0)), 0, -1)
    colours = np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture
    small = shrink(np.moveaxis(np.asarray(colours, dtype=np.float32), -1, 0), PICTURE_PIXELS)
    start = sum(map(len, blocks))
    blocks.append(np.ascontiguousarray(np.moveaxis(np.rint(small), 0, -1)).astype(np.uint8).tobytes())
    return {"height": small.shape[1], "width": small.shape[2], "offset": start}
