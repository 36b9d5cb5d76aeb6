"""Gradients of a logit by everything that was computed on the way, from one forward pass and one backward pass."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.autograd.graph import allow_mutation_on_saved_tensors

from cnnviz import tracing
from cnnviz.capture.values import first_tensor
from cnnviz.registry import unknown

Found = dict[str, tuple[torch.Tensor, torch.Tensor | None]]
_WRITTEN_OVER = "modified by an inplace operation"


def differentiated(model: nn.Module, x: torch.Tensor, target: int, keys: tuple[str, ...] | None) -> Found:
    """key → (value, gradient of logit[target] or None off its path), both with the batch axis.

    Call it with the model borrowed and gradients enabled. Raises KeyError and ValueError as `capture.gradients` does.
    """
    try:
        return _one_pass(model, x, target, keys)
    except RuntimeError as error:
        if _WRITTEN_OVER not in str(error):
            raise
    with allow_mutation_on_saved_tensors():  # an operation needs, on the backward pass, what was written over later
        return _one_pass(model, x, target, keys)


def _one_pass(model: nn.Module, x: torch.Tensor, target: int, keys: tuple[str, ...] | None) -> Found:
    x = x.clone().requires_grad_(x.is_floating_point() or x.is_complex())
    with tracing.watched(model, x, tracing.Options(unviewed=True)) as (output, run):
        slots = _chosen({step.node.key: step.output for step in run.steps}, keys)
        logit = _logit(first_tensor(output), target)
        sources = {key: _source(slot) for key, slot in slots.items()}
        wanted = {key: source for key, source in sources.items() if source is not None}
        if not wanted or not logit.requires_grad:
            found: dict[str, Any] = {}
        else:
            parts = torch.autograd.grad(logit, tuple(wanted.values()), allow_unused=True)
            found = dict(zip(wanted, parts, strict=True))
        return {key: (slot.value.detach(), found.get(key)) for key, slot in slots.items()}


def _chosen(slots: dict[str, tracing.Slot], keys: tuple[str, ...] | None) -> dict[str, tracing.Slot]:
    if keys is None:
        return slots
    for key in keys:
        if key not in slots:
            raise KeyError(unknown("layer", key, slots))
    return {key: slots[key] for key in keys}


def _logit(output: torch.Tensor, target: int) -> torch.Tensor:
    classes = output.reshape(-1)
    if not 0 <= target < len(classes):
        raise ValueError(f"there is no class {target}: the network has {len(classes)}, 0 to {len(classes) - 1}")
    return classes[target].abs() if classes.is_complex() else classes[target]


def _source(slot: tracing.Slot) -> Any:
    """What autograd can differentiate by: the tensor, or the place where a kept value stood; None off the path."""
    if slot.kept is not None:
        return slot.edge
    return slot.tensor if slot.tensor is not None and slot.tensor.requires_grad else None
