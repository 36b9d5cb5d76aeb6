"""One pass of many images as far as one layer: the highest and lowest cell of every channel, and where it lies."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import nn

from cnnviz import anatomy, capture, galleries, tracing
from cnnviz.begun import Begun
from cnnviz.galleries import Gallery
from cnnviz.records import Activations, Row, Spec
from cnnviz.records.proofs import Proof
from cnnviz.topics.looks_for import quick_pass
from cnnviz.topics.looks_for.quick_pass import PIXELS, layer_values
from cnnviz.topics.looks_for.records import Patch, Responses

Progress = Callable[[float], object]
Ends = tuple[np.ndarray, ...]
Passed = tuple[Ends, np.ndarray]


def of(
    model: nn.Module, gallery: Gallery, layer: str, *, progress: Progress | None = None,
    begun: Begun[Passed] | None = None,
) -> Responses:  # fmt: skip
    """What every channel of a layer says at its highest and at its lowest, in every image of the gallery.

    progress: called with the share that is done; what it raises ends it. begun: where each batch is kept, by its
    number; those that are there already do not go through again. Raises KeyError for an unknown layer.
    """
    begun = Begun() if begun is None else begun
    row = row_of(model, gallery.spec.input_shape, layer)
    ends, totals = zip(*_passed(model, gallery, row, begun, progress), strict=True)
    high, high_at, low, low_at = (np.concatenate(one) for one in zip(*ends, strict=True))
    if not (np.isfinite(high).all() and np.isfinite(low).all()):
        raise galleries.NotFinite(layer)
    mean = np.sum(totals, axis=0) / (len(gallery) * row.cells[0] * row.cells[1])
    return Responses(
        layer, high, high_at, low, low_at, mean, row.cells, row.receptive_field, gallery.spec.input_shape[1:],
        begun.took,
    )  # fmt: skip


def through(begun: Begun[Passed]) -> int:
    """How many images have been through."""
    return sum(len(ends[0]) for ends, _ in begun.parts.values())


def parts(count: int, shape: tuple[int, int, int]) -> list[slice]:
    """Slices of at most so many images that a batch has some 200,000 pixels."""
    size = max(1, min(256, PIXELS // (shape[1] * shape[2])))
    return [slice(start, start + size) for start in range(0, count, size)]


def listed(model: nn.Module, shape: tuple[int, int, int]) -> tuple[Row, ...]:
    """The layers whose units can be asked: maps [C, H, W] (or with the channels last) and vectors, the input aside."""
    return tuple(
        row for row in anatomy.inspect(model, shape) if row.kind != "input" and len(row.output_shape) in (1, 3)
    )


def row_of(model: nn.Module, shape: tuple[int, int, int], layer: str) -> Row:
    """The layer's row of the anatomy. Raises KeyError for a layer that has no units to ask."""
    rows = {row.name: row for row in listed(model, shape)}
    if layer not in rows:
        raise KeyError(f"there is no layer {layer!r} with maps or a vector; there are: {', '.join(rows)}")
    return rows[layer]


def first(rows: tuple[Row, ...], shape: tuple[int, int, int]) -> str:
    """The layer to begin with: the deepest activation whose cells see at most half of the image, else the last one."""
    bends = [row for row in rows if row.kind in ("activation", "addition") and row.is_map]
    fields = {row.name: row.receptive_field for row in bends}
    near = [name for name, field in fields.items() if field.status == "exact" and field.size <= max(shape[1:]) / 2]
    return (near or [row.name for row in bends or rows])[-1]


def scores(rows: tuple[Row, ...], recording: Activations, classes: int) -> str:
    """The layer whose units the classes' scores are: what the network returns, before a softmax; "" without one."""
    layer = recording.output
    while layer is not None and layer.kind == "softmax" and layer.inputs:
        layer = recording[layer.inputs[0]]
    named = {row.name: row for row in rows}
    fits = layer is not None and layer.key in named and int(np.prod(named[layer.key].output_shape)) == classes
    return layer.key if layer is not None and fits else ""


def rectified(rows: tuple[Row, ...], layer: str) -> str:
    """What stands before a layer's activation function, where it is one: a ReLU6 that is full has no slope."""
    row = next(row for row in rows if row.name == layer)
    there = {one.name for one in rows}
    return row.inputs[0] if row.kind == "activation" and len(row.inputs) == 1 and row.inputs[0] in there else layer


def alone(model: nn.Module, gallery: Gallery, found: Responses, channel: int, patch: Patch) -> Proof:
    """Everything outside the patch is put to the images' mean colour: the cell keeps its value, if it sees no more."""
    x = gallery.batch([patch.image])
    covered = torch.zeros_like(x)
    height, width = found.size
    top, left, bottom, right = found.field.clipped(*patch.cell, height, width)
    covered[:, :, top:bottom, left:right] = x[:, :, top:bottom, left:right]
    row = row_of(model, gallery.spec.input_shape, found.layer)
    place = patch.cell[0] * found.cells[1] + patch.cell[1]
    value = float(layer_values(model, covered, row)[0, channel, place])
    claim = f"With everything outside the strongest patch blanked, the cell still says {value:.5g}"
    return Proof(claim, abs(value - patch.value), 1e-4 * max(1.0, float(np.abs(found.high[:, channel]).max())))


def highest(model: nn.Module, x: torch.Tensor, spec: Spec, found: Responses) -> np.ndarray:
    """The highest cell of every channel of the same layer on one image [1, C, H, W]: [channels] float32."""
    best: np.ndarray = (
        layer_values(model, x, row_of(model, spec.input_shape, found.layer))[0].max(-1).values.cpu().numpy()
    )
    return best


def _passed(
    model: nn.Module, gallery: Gallery, row: Row, begun: Begun[Passed], progress: Progress | None
) -> list[Passed]:
    """(what `_ends` says, the channels' sums [C] float64) of each batch."""
    since = time.perf_counter()
    whole = parts(len(gallery), gallery.spec.input_shape)
    left = [number for number in range(len(whole)) if number not in begun]
    ways = quick_pass.of(model, gallery, row) if left else ()

    def one(values: quick_pass.Values, number: int) -> Passed:
        made = values(capture.as_wanted(model, gallery.batch(whole[number])))
        return _ends(made), made.sum((0, 2), dtype=torch.float64).cpu().numpy()

    with ThreadPoolExecutor(max(1, len(ways))) as pool:
        for start in range(0, len(left), max(1, len(ways))):
            some = left[start : start + len(ways)]
            with tracing.borrowed(model):  # its numbers are those of all of them
                found = list(map(one, ways, some) if len(ways) == 1 else pool.map(one, ways, some))
            now = time.perf_counter()
            for number, made in zip(some, found, strict=True):
                begun.keep(number, made, (now - since) / len(some))
            since = now
            if progress is not None:
                progress(min(whole[some[-1]].stop, len(gallery)) / len(gallery))
    return begun.first(len(whole))


def _ends(values: torch.Tensor) -> Ends:
    high, low = values.max(-1), values.min(-1)
    return tuple(
        one.cpu().numpy()
        for one in (high.values, high.indices.int(), low.values, low.indices.int())
    )  # fmt: skip
