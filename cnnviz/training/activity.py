"""What a network's activations make of some images: dead and saturated units, their spread, one image's maps.

The calls that really ran are read (`tracing`), so an activation that is a function inside `forward` counts as much as a
module, and a module that is called twice counts twice.

A ReLU is dead (in the sense of Lu et al. 2019, "Dying ReLU and Initialization", https://arxiv.org/abs/1903.06733) where
it gives 0 for every image that was looked at; a tanh or sigmoid is saturated where its slope is below a tenth of its
steepest (Glorot and Bengio 2010).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz import tracing
from cnnviz.records import Array
from cnnviz.records.inside import BINS

SPREAD = 16  # images whose values are counted, at most
TILES = 32  # maps of a layer that are shown, at most
SIDE = 48  # cells of a map, at most: a larger one is averaged down
FLAT = math.sqrt(0.9)  # |tanh|, and |2σ − 1|, where the slope is a tenth of the steepest
RECTIFIERS, SQUASHES = ("relu", "relu6"), ("tanh", "sigmoid")


@dataclass(frozen=True, eq=False)
class WatchedCall:
    """One call of the pass. name: its key; kind: records.KINDS; function: "relu", "tanh", …; value: [N, …]."""

    name: str
    kind: str
    function: str
    value: torch.Tensor


def calls(model: nn.Module, images: torch.Tensor) -> tuple[list[WatchedCall], torch.Tensor]:
    """Activations and convolutions of one pass, in order, and the network's output [N, K]; nothing of it is changed.

    images: [N, C, H, W], normalised, where the model is. The pass is in evaluation mode, without gradients.
    """
    modules = dict(model.named_modules())
    with tracing.borrowed(model), torch.no_grad(), tracing.watched(model, images) as (output, run):
        found = [
            WatchedCall(step.node.key, step.node.kind, _function(step.node, modules), step.output.value)
            for step in run.steps
            if step.node.kind in ("activation", "convolution") and isinstance(step.output, tracing.Slot)
        ]
        return found, output


def dead(call: WatchedCall) -> float:
    """Share of units (channels of maps) of a ReLU that are 0 everywhere on every image; NaN for other calls."""
    if call.function not in RECTIFIERS:
        return math.nan
    value = call.value
    return float((value.flatten(2).amax((0, 2)) if value.ndim > 2 else value.amax(0)).eq(0).float().mean())


def saturated(call: WatchedCall) -> float:
    """Share of values where a tanh or sigmoid is flat; NaN for other calls."""
    if call.function not in SQUASHES:
        return math.nan
    turned = 2 * call.value - 1 if call.function == "sigmoid" else call.value
    return float((turned.abs() > FLAT).float().mean())


def spread(found: Sequence[WatchedCall]) -> tuple[Array, Array]:
    """Counts [A, BINS] of each call's values other than 0, between −limit and limit, and the limits [A].

    Of the first SPREAD images: of all it would take longer than the pass.
    """
    counts, limits = np.zeros((len(found), BINS), np.int32), np.zeros(len(found), np.float32)
    for place, call in enumerate(found):
        part = call.value[:SPREAD]
        counts[place], limits[place] = histogram(part[part != 0])
    return counts, limits


def histogram(values: torch.Tensor) -> tuple[Array, float]:
    """Counts [BINS] of the finite ones between −limit and limit, and the limit: the largest of them; 0 for none."""
    numbers = values.detach().float().cpu().numpy().ravel()
    numbers = numbers[np.isfinite(numbers)]
    limit = float(np.abs(numbers).max(initial=0.0))
    if not limit:
        return np.zeros(BINS, np.int32), 0.0
    return np.histogram(numbers, BINS, (-limit, limit))[0], limit


def map_calls(found: Sequence[WatchedCall]) -> list[WatchedCall]:
    """The first and the last whose value is maps: activations, or convolutions where there are none."""
    maps = [call for call in found if call.value.ndim == 4]
    maps = [call for call in maps if call.kind == "activation"] or maps
    return list({call.name: call for call in (maps[0], maps[-1])}.values()) if maps else []


def map_of(call: WatchedCall, image: int) -> Array:
    """[C, H, W] of one image, at most TILES channels and SIDE cells a side."""
    one = call.value[image : image + 1, :TILES].float()
    if max(one.shape[2:]) > SIDE:
        one = nn.functional.adaptive_avg_pool2d(one, SIDE)
    return np.ascontiguousarray(one[0].cpu().numpy().astype(np.float32))


def _function(node: tracing.Node, modules: dict[str, nn.Module]) -> str:
    """ "relu" for nn.ReLU and for a call of relu or relu_."""
    module = modules.get(node.name) if node.name == node.module else None
    if module is not None:
        kinds = {"relu": nn.ReLU, "relu6": nn.ReLU6, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
        return next((name for name, kind in kinds.items() if isinstance(module, kind)), type(module).__name__.lower())
    return node.operation.split()[0].lower().rstrip("_")
