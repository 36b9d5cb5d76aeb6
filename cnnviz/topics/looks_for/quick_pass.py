"""A layer's values of many images as quickly as the network and the processor allow.

A twin with normalisations merged gives them, where it says the same. Where the processor has more cores than torch uses
threads, several twins go through a batch each at the same time: threads that share one layer wait for each other at
every layer, and threads with a batch each do not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import torch
from torch import nn

from cnnviz import capture, devices, tracing
from cnnviz.attribution import twin
from cnnviz.galleries import Gallery
from cnnviz.records import Row
from cnnviz.tracing.apart import are_apart

PIXELS = 4 * 224 * 224  # of a batch: of 32 images each takes longer than of 4
MANY = 8 * PIXELS  # for which a twin of the network is worth making
AT_ONCE = 4  # batches, at most: what they make on the way is held as often
Values = Callable[[torch.Tensor], torch.Tensor]


def of(model: nn.Module, gallery: Gallery, row: Row) -> tuple[Values, ...]:
    """What gives a layer's values [N, C, cells] of a batch: as many functions as may run at the same time.

    Several of them are to be called with the model borrowed, each in a thread of its own.
    """
    if len(gallery) > 1 and not are_apart(lambda batch: (layer_values(model, batch, row),), gallery.batch(slice(0, 2))):
        return (lambda batch: _one_by_one(model, batch, row),)
    if len(gallery) * np.prod(gallery.spec.input_shape[1:]) >= MANY:
        made = _twins(model, gallery.batch(slice(0, 2)), row)
        if made:
            return made
    return (lambda batch: _laid_out(model, batch, row),)


def at_once(model: nn.Module) -> int:
    """How many batches may go through copies of a network at a time."""
    example = next(model.parameters(), None)
    if example is not None and example.device.type != "cpu":
        return 1
    return max(1, min(AT_ONCE, devices.cores() // torch.get_num_threads()))


def _twins(model: nn.Module, images: torch.Tensor, row: Row) -> tuple[Values, ...]:
    """The same by twins; () where none says the same of these images."""
    images = capture.as_wanted(model, images)
    with tracing.borrowed(model), torch.no_grad():
        with tracing.watched(model, images) as (said, run):
            nodes = {node.key: node for node in tracing.nodes(run)}
        found = twin.of(model, nodes, images, said, kept=row.name) if isinstance(said, torch.Tensor) else None
    if found is None:
        return ()
    path = nodes[row.name].module
    wanted = layer_values(model, images, row)
    ways = (_at_module,) if [node.module for node in nodes.values()].count(path) == 1 else ()
    for way in (*ways, _recorded):
        if _says(way(found, path, row), images, wanted):
            others = (found.again() for _ in range(at_once(model) - 1))
            return tuple(way(one, path, row) for one in (found, *others))
    return ()


def _says(values: Values, images: torch.Tensor, wanted: torch.Tensor) -> bool:
    try:
        return twin.alike(values(images), wanted)
    except (_NotReached, _Together):
        return False


class _NotReached(Exception):
    """A module was not called, or gave no tensor."""


class _Reached(Exception):
    """A module has been called: nothing behind it is wanted."""


def _recorded(found: twin.Twin, path: str, row: Row) -> Values:
    """By a recorded pass, whatever the layer is."""
    return lambda batch: layer_values(found.model, found.laid_out(batch), row)


def _at_module(found: twin.Twin, path: str, row: Row) -> Values:
    """By a plain pass as far as one module: nothing on the way is kept, so that its memory serves again.

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
            with torch.no_grad(), tracing.untouched(found.model), suppress(_Reached):
                found.model(found.laid_out(batch))
        finally:
            handle.remove()
        if not there or not isinstance(there[0], torch.Tensor):
            raise _NotReached
        return _cells(there[0], row, len(batch))

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
    """What a layer makes of each image of a batch: [N, C, cells]. A network that makes one value of them all is given
    one after another.
    """
    with tracing.borrowed(model), torch.no_grad():
        value = tracing.until(model, capture.as_wanted(model, batch), row.name)
        assert value is not None
        try:
            return _cells(value, row, len(batch))
        except _Together:
            if len(batch) == 1:
                raise
    return _one_by_one(model, batch, row)


def _one_by_one(model: nn.Module, batch: torch.Tensor, row: Row) -> torch.Tensor:
    return torch.cat([layer_values(model, one[None], row) for one in batch])


class _Together(Exception):
    """A layer made of several images what is not a value for each."""


def _cells(value: torch.Tensor, row: Row, count: int) -> torch.Tensor:
    """A layer's output of so many images as [N, C, cells]; of complex numbers their absolute values."""
    value = (value.abs() if value.is_complex() else value).detach().float()
    if count == 1 and value.numel() == np.prod(row.output_shape):  # with or without a batch axis
        value = value.reshape(1, *row.output_shape)
    if value.shape[:1] != (count,) or value.dim() != len(row.output_shape) + 1:
        raise _Together
    if not row.is_map:
        return value.reshape(count, -1, 1)
    channel = ({0, 1, 2} - set(row.axes)).pop()
    axes = (0, channel + 1, row.axes[0] + 1, row.axes[1] + 1)
    return value.permute(axes).reshape(count, row.output_shape[channel], -1)
