"""One pass of many images as far as one layer: the highest and lowest cell of every channel, and where it lies."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import torch
from torch import nn

from cnnviz import anatomy, capture, galleries, tracing
from cnnviz.attribution import twin
from cnnviz.galleries import Gallery
from cnnviz.records import Activations, Row, Spec
from cnnviz.records.proofs import Proof
from cnnviz.topics.looks_for.records import Patch, Responses

PIXELS = 8 * 224 * 224  # that go through a network at a time: of 32 images each takes longer than of 8
MANY = 4 * PIXELS  # for which a twin of the network is worth making
Progress = Callable[[float], object]


def of(model: nn.Module, gallery: Gallery, layer: str, *, progress: Progress | None = None) -> Responses:
    """What every channel of a layer says at its highest and at its lowest, in every image of the gallery.

    progress: called with the share that is done; what it raises ends it. Raises KeyError for an unknown layer.
    """
    since = time.perf_counter()
    row = row_of(model, gallery.spec.input_shape, layer)
    quickly = _quick(model, gallery, row)
    found: list[tuple[np.ndarray, ...]] = []
    totals: list[np.ndarray] = []
    for part in parts(len(gallery), gallery.spec.input_shape):
        values = quickly(gallery.batch(part))
        found.append(_ends(values))
        totals.append(values.sum((0, 2), dtype=torch.float64).cpu().numpy())
        if progress is not None:
            progress(min(part.stop, len(gallery)) / len(gallery))
    high, high_at, low, low_at = (np.concatenate(one) for one in zip(*found, strict=True))
    if not (np.isfinite(high).all() and np.isfinite(low).all()):
        raise galleries.NotFinite(layer)
    mean = np.sum(totals, axis=0) / (len(gallery) * row.cells[0] * row.cells[1])
    return Responses(
        layer, high, high_at, low, low_at, mean, row.cells, row.receptive_field, gallery.spec.input_shape[1:],
        time.perf_counter() - since,
    )  # fmt: skip


def parts(count: int, shape: tuple[int, int, int]) -> list[slice]:
    """Slices of at most so many images that a batch has some 400,000 pixels."""
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


def _quick(model: nn.Module, gallery: Gallery, row: Row) -> Callable[[torch.Tensor], torch.Tensor]:
    """What gives a layer's values of a batch, as quickly as the network allows."""
    made = None
    if len(gallery) * np.prod(gallery.spec.input_shape[1:]) >= MANY:
        made = _twin(model, gallery.batch(slice(0, 2)), row)
    return (lambda batch: _laid_out(model, batch, row)) if made is None else made


def _twin(model: nn.Module, images: torch.Tensor, row: Row) -> Callable[[torch.Tensor], torch.Tensor] | None:
    """The same by a twin with normalisations merged; None where it does not say the same of these images."""
    images = capture.as_wanted(model, images)
    with tracing.borrowed(model), torch.no_grad():
        with tracing.watched(model, images) as (said, run):
            nodes = {node.key: node for node in tracing.nodes(run)}
        found = twin.of(model, nodes, images, said, kept=row.name) if isinstance(said, torch.Tensor) else None
    if found is None:
        return None

    module = nodes[row.name].module
    tried = (
        [_at_module(model, found, module, row)] if [node.module for node in nodes.values()].count(module) == 1 else []
    )

    def recorded(batch: torch.Tensor) -> torch.Tensor:
        with tracing.borrowed(model):
            return layer_values(found.model, found.laid_out(batch), row)

    wanted = layer_values(model, images, row)
    return next((values for values in (*tried, recorded) if _says(values, images, wanted)), None)


def _says(values: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor, wanted: torch.Tensor) -> bool:
    try:
        return twin.alike(values(images), wanted)
    except _NotReached:
        return False


class _NotReached(Exception):
    """A module was not called, or gave no tensor."""


class _Reached(Exception):
    """A module has been called: nothing behind it is wanted."""


def _at_module(model: nn.Module, found: twin.Twin, path: str, row: Row) -> Callable[[torch.Tensor], torch.Tensor]:
    """The same by a plain pass as far as one module: nothing on the way is kept, so that its memory serves again.

    On EfficientNet-Lite0 a pass takes two thirds of a recorded one's time then. The twin is nobody else's, so that a
    hook in it disturbs nobody.
    """
    module = found.model.get_submodule(path)

    def values(batch: torch.Tensor) -> torch.Tensor:
        there: list[object] = []

        def stop(_module: nn.Module, _given: object, made: object) -> None:
            there.append(made)
            raise _Reached

        handle = module.register_forward_hook(stop)
        try:
            with tracing.borrowed(model), torch.no_grad(), tracing.untouched(found.model), suppress(_Reached):
                found.model(found.laid_out(batch))
        finally:
            handle.remove()
        if not there or not isinstance(there[0], torch.Tensor):
            raise _NotReached
        return _cells(there[0], row)

    return values


def _laid_out(model: nn.Module, batch: torch.Tensor, row: Row) -> torch.Tensor:
    """What a layer makes of a batch, a pixel's channels side by side in memory where the network takes that.

    A pass through EfficientNet-Lite0 takes half as long then (2 cores, no GPU), and the numbers differ in the last
    digit at most. A network that views its maps as they lie refuses it, and gets them as it wants them.
    """
    try:
        return layer_values(model, batch.contiguous(memory_format=torch.channels_last), row)
    except RuntimeError:
        return layer_values(model, batch, row)


def layer_values(model: nn.Module, batch: torch.Tensor, row: Row) -> torch.Tensor:
    """What a layer makes of a batch: [N, C, cells]."""
    with tracing.borrowed(model), torch.no_grad():
        value = tracing.until(model, capture.as_wanted(model, batch), row.name)
        assert value is not None
        return _cells(value, row)


def _cells(value: torch.Tensor, row: Row) -> torch.Tensor:
    """A layer's output as [N, C, cells]."""
    value = value.detach().float()
    if not row.is_map:
        return value.reshape(len(value), -1, 1)
    channel = ({0, 1, 2} - set(row.axes)).pop()
    axes = (0, channel + 1, row.axes[0] + 1, row.axes[1] + 1)
    return value.permute(axes).reshape(len(value), row.output_shape[channel], -1)


def _ends(values: torch.Tensor) -> tuple[np.ndarray, ...]:
    high, low = values.max(-1), values.min(-1)
    return tuple(
        one.cpu().numpy()
        for one in (high.values, high.indices.int(), low.values, low.indices.int())
    )  # fmt: skip
