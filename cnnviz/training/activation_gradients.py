"""Which way the loss would have the activations' values go: its gradient by each of them.

Of each image's own loss, in evaluation mode, so that no image's gradient hangs on another's. It comes from
`torch.autograd.grad` on the values that a pass really made (`tracing`), so functions, calls in place and modules that
are called twice are there, and no `.grad` is written. Where these spreads shrink from layer to layer towards the input,
the gradient vanishes (Glorot and Bengio 2010, figure 7: https://proceedings.mlr.press/v9/glorot10a.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.autograd.graph import allow_mutation_on_saved_tensors

from cnnviz import tracing
from cnnviz.records import Array
from cnnviz.records.inside import BINS
from cnnviz.training import activity

WRITTEN_OVER = "modified by an inplace operation"


def of(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
    """Call's key → gradient of each image's cross-entropy by that call's value [N, …]; of the model nothing changes.

    images: [N, C, H, W], normalised, where the model is. What no gradient reaches is left out.
    """
    try:
        return _one_pass(model, images, labels)
    except RuntimeError as error:
        if WRITTEN_OVER not in str(error):
            raise
    with allow_mutation_on_saved_tensors():  # the backward pass needs what was written over later
        return _one_pass(model, images, labels)


def _one_pass(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
    x = images.detach().clone().requires_grad_()
    options = tracing.Options(unviewed=True)
    with tracing.borrowed(model), torch.enable_grad(), tracing.watched(model, x, options) as (output, run):
        places = {
            step.node.key: _place(step.output)
            for step in run.steps
            if step.node.kind == "activation" and isinstance(step.output, tracing.Slot)
        }
        wanted = {key: place for key, place in places.items() if place is not None}
        if not wanted:
            return {}
        loss = nn.functional.cross_entropy(output.float(), labels, reduction="sum")
        found = torch.autograd.grad(loss, tuple(wanted.values()), allow_unused=True)
    return {key: one for key, one in zip(wanted, found, strict=True) if one is not None}


def spread(found: dict[str, torch.Tensor], names: Sequence[str]) -> tuple[Array, Array]:
    """Of each named call: counts [A, BINS] of the gradients other than 0, and the limits [A] they lie between, ±."""
    counts, limits = np.zeros((len(names), BINS), np.int32), np.zeros(len(names), np.float32)
    for place, name in enumerate(names):
        if name in found:
            counts[place], limits[place] = activity.histogram(found[name][found[name] != 0])
    return counts, limits


def _place(slot: tracing.Slot) -> Any:
    """The tensor, or where a value that was written over stood in the gradient's graph; None where none leads back."""
    if slot.kept is not None:
        return slot.edge
    return slot.tensor if slot.tensor is not None and slot.tensor.requires_grad else None
