"""Gradients of a logit, or of any one cell, by everything before it, from one forward pass and one backward pass."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnnviz import tracing
from cnnviz.capture.values import first_tensor, without_batch
from cnnviz.registry import unknown
from cnnviz.tracing import backward

Cell = tuple[str, tuple[int, ...]]  # a node's key, and a place in its value
Found = dict[str, tuple[torch.Tensor, torch.Tensor | None]]


def differentiated(model: nn.Module, x: torch.Tensor, target: int | Cell, keys: tuple[str, ...] | None) -> Found:
    """key → (value, gradient of logit[target], or of that cell, or None off its path), both with the batch axis.

    Call it with the model borrowed and gradients enabled. Raises KeyError and ValueError as `capture.gradients` does,
    and NoGradients.
    """
    return backward.differentiating(lambda: _one_pass(model, x, target, keys))


def _one_pass(model: nn.Module, x: torch.Tensor, target: int | Cell, keys: tuple[str, ...] | None) -> Found:
    x = x.clone().requires_grad_(x.is_floating_point() or x.is_complex())
    with tracing.watched(model, x, tracing.Options(unviewed=True)) as (output, run):
        every = {step.node.key: step.output for step in run.steps}
        slots = _chosen(every, keys)
        start, weights = _start(first_tensor(output), every, target)
        sources = {key: _source(slot) for key, slot in slots.items()}
        wanted = {key: source for key, source in sources.items() if source is not None}
        if not wanted or start is None:
            found: dict[str, Any] = {}
        else:
            parts = backward.gradients_by(start, tuple(wanted.values()), weights)
            found = dict(zip(wanted, parts, strict=True))
        return {key: (slot.value.detach(), found.get(key)) for key, slot in slots.items()}


def _chosen(slots: dict[str, tracing.Slot], keys: tuple[str, ...] | None) -> dict[str, tracing.Slot]:
    if keys is None:
        return slots
    for key in keys:
        if key not in slots:
            raise KeyError(unknown("layer", key, slots))
    return {key: slots[key] for key in keys}


def _start(output: torch.Tensor, slots: dict[str, tracing.Slot], target: int | Cell) -> tuple[Any, Any]:
    """Where the backward pass begins, and with which weights: None for the one number that a logit is.

    The start is None where nothing leads back from there.
    """
    if isinstance(target, int):
        logit = _logit(output, target)
        return (logit if logit.requires_grad else None), None
    key, place = target
    slot = _chosen(slots, (key,))[key]
    weight = torch.zeros_like(slot.value)
    if weight.is_complex():
        raise ValueError(f"{key} is complex: the gradient of one cell is told of real numbers")
    batched = weight.dim() - without_batch(slot.value).ndim
    inside = weight[(0,) * batched]
    if len(place) != inside.dim() or not all(0 <= at < size for at, size in zip(place, inside.shape, strict=True)):
        raise ValueError(f"{key} has no cell {list(place)}: its shape is {list(inside.shape)}")
    inside[place] = 1
    return _source(slot), weight


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
