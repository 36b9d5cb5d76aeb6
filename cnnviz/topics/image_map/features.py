"""One pass of many images through a whole network: each layer's channels averaged over their cells, and the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnviz import anatomy, capture, galleries, tracing
from cnnviz.begun import Begun
from cnnviz.galleries import Gallery
from cnnviz.outputs import tensors
from cnnviz.records import Row
from cnnviz.topics.image_map.records import ImageFeatures
from cnnviz.tracing.apart import are_apart

MOST = 12  # layers on the slider, the pixels not counted
PIXELS = 2 * 224 * 224  # that go through at a time: every layer of them is held until it is averaged
SMALL = 32  # pixels a side: images are compared pixel by pixel at no more
KINDS = ("activation", "addition", "concatenation", "pooling", "linear", "normalization", "convolution")
PIXEL_LAYER = "pixels"
Progress = Callable[[float], object]


def of(
    model: nn.Module, gallery: Gallery, *, progress: Progress | None = None, begun: Begun[ImageFeatures] | None = None
) -> ImageFeatures:
    """The features of all images of a gallery. progress: called with the share that is done; what it raises ends it.

    begun: where each batch is kept, by its first image; those that are there already do not go through again.
    Raises galleries.NotFinite.
    """
    rows = chosen(anatomy.inspect(model, gallery.spec.input_shape))
    size = max(1, min(256, PIXELS // (gallery.spec.input_shape[1] * gallery.spec.input_shape[2])))
    begun, since = Begun() if begun is None else begun, time.perf_counter()
    if len(gallery) > 1 and not are_apart(lambda batch: _made(model, batch, rows), gallery.batch(slice(0, 2))):
        size = 1
    starts = range(0, len(gallery), size)
    for start in starts:
        if start not in begun:
            part, now = _laid_out(model, gallery.batch(slice(start, start + size)), rows), time.perf_counter()
            begun.keep(start, part, now - since)
            since = now
        if progress is not None:
            progress(min(1.0, (start + size) / len(gallery)))
    parts = [begun.parts[start] for start in starts]
    values = tuple(np.concatenate([part.values[place] for part in parts]) for place in range(len(rows) + 1))
    answers = np.concatenate([part.answers for part in parts])
    for name, found in zip(parts[0].layers, values, strict=True):
        if not np.isfinite(found).all():
            raise galleries.NotFinite(name)
    return ImageFeatures(parts[0].layers, values, answers, begun.took)


def through(model: nn.Module, batch: torch.Tensor, rows: Sequence[Row]) -> ImageFeatures:
    """The features of one batch [N, C, H, W], normalised. Raises ValueError for several images, where the network
    makes one value of them all.
    """
    with tracing.borrowed(model), torch.no_grad():
        x = capture.as_wanted(model, batch)
        with tracing.watched(model, x) as (output, run):
            values = {step.key: step.output.value for step in run.steps}
            found = [_pixels(x)] + [_averaged(values[row.name], row, len(x)) for row in rows]
            answers = _answers(tensors.main(output), len(x))
    layers = (PIXEL_LAYER, *(row.name for row in rows))
    return ImageFeatures(layers, tuple(one.float().cpu().numpy() for one in found), answers)


def _made(model: nn.Module, batch: torch.Tensor, rows: Sequence[Row]) -> tuple[torch.Tensor, ...]:
    """All features of a batch, and its answers."""
    found = through(model, batch, rows)
    return tuple(torch.from_numpy(one) for one in (*found.values, found.answers))


def _laid_out(model: nn.Module, batch: torch.Tensor, rows: Sequence[Row]) -> ImageFeatures:
    """The features of a batch, a pixel's channels side by side in memory where the network takes that: it is quicker.

    One that views its maps as they lie refuses it, and gets them as it wants them.
    """
    try:
        return through(model, batch.contiguous(memory_format=torch.channels_last), rows)
    except RuntimeError:
        return through(model, batch, rows)


def _answers(output: torch.Tensor, count: int) -> np.ndarray:
    """[N]: the largest of each image's outputs, −1 where it has none of several real ones."""
    output = output[None] if count == 1 and output.dim() == 1 else output
    if output.dim() != 2 or len(output) != count or output.shape[1] < 2 or not output.is_floating_point():
        return np.full(count, -1)
    found: np.ndarray = output.float().argmax(1).cpu().numpy()
    return found


def chosen(rows: Sequence[Row]) -> tuple[Row, ...]:
    """At most twelve layers, evenly along the network, the last one among them: what is bent where there is a bend."""
    asked = [row for row in rows if row.kind in KINDS and len(row.output_shape) in (1, 3)]
    bent = [row for row in asked if row.kind in ("activation", "addition", "concatenation", "linear")]
    some = bent if len(bent) > 2 else asked
    if asked and some[-1] is not asked[-1]:
        some = [*some, asked[-1]]
    places = np.unique(np.linspace(0, len(some) - 1, min(MOST, len(some))).round().astype(int))
    return tuple(some[place] for place in places)


def _averaged(value: torch.Tensor, row: Row, count: int) -> torch.Tensor:
    """[N, C]: a map's channels averaged over their cells; a vector as it is. count: N."""
    value = value.to(torch.float32) if not value.is_complex() else value.abs()
    if count == 1 and value.numel() == np.prod(row.output_shape):  # with or without a batch axis
        value = value.reshape(1, *row.output_shape)
    if value.shape[:1] != (count,) or value.dim() != len(row.output_shape) + 1:
        raise ValueError(f"{row.name} made {list(value.shape)} of {count} images: no value for each")
    if not row.is_map:
        return value.reshape(count, -1)
    return value.mean((row.axes[0] + 1, row.axes[1] + 1))


def _pixels(x: torch.Tensor) -> torch.Tensor:
    """[N, C·h·w], at most 32 × 32 pixels."""
    small = x if max(x.shape[-2:]) <= SMALL else functional.adaptive_avg_pool2d(x, SMALL)
    return small.flatten(1)
