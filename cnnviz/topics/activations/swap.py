"""A network with another activation function in place of its own: how the layers after it and the answer change.

The shared model is borrowed, never written to: it runs as it is, and at the chosen calls another function answers.
Replacing what a network was trained with is no fair comparison of functions, only of their effect: the weights were
never fitted to the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import torch
from torch import nn

from cnnviz import devices, tracing
from cnnviz.capture import borrowed
from cnnviz.capture.values import array, first_tensor
from cnnviz.topics.activations.proofs import in_torch
from cnnviz.topics.activations.records import Swapped


class SwapError(ValueError):
    """This network cannot be run with another function; the message says why."""


def swap(model: nn.Module, x: torch.Tensor, keys: Collection[str], name: str, *, p: float | None = None) -> Swapped:
    """The network's answer with the function `name` at the activation nodes `keys`.

    x: [1, C, H, W]. Raises SwapError where a key is no node of the network.
    """
    devices.tune_allocator()
    example = next(model.parameters())
    x = x.detach().to(example.device, example.dtype)
    with borrowed(model), torch.no_grad():
        with tracing.watched(model, x) as (original, plain):
            before = {step.node.key: step.output.value for step in plain.steps}
        if missing := sorted(set(keys) - set(before)):
            raise SwapError(f"There is no node {missing[0]!r} in this network: choose one of its activation layers.")
        options = tracing.Options(change=_at(frozenset(keys), in_torch(name, p)))
        with tracing.watched(model, x, options) as (answer, run):
            after = {step.node.key: step.output.value for step in run.steps}
    listed = list(before)
    first = min(listed.index(key) for key in keys)
    pairs = [
        (key, _relative(before[key], after[key]))
        for key in listed[first:]
        if key in after and before[key].is_floating_point() and before[key].dim() > 1
    ]
    return Swapped(
        name, len(set(keys)), array(first_tensor(answer)), array(first_tensor(original)),
        tuple(key for key, _ in pairs),
        torch.tensor([change for _, change in pairs], dtype=torch.float64).numpy(),
    )  # fmt: skip


def _at(keys: frozenset[str], function: Callable[..., Any]) -> tracing.Change:
    """The function in the place of some calls."""
    return lambda key, compute, args: function(args[0]) if key in keys else compute()


def _relative(before: torch.Tensor, after: torch.Tensor) -> float:
    """‖after − before‖ / ‖before‖; 0 where both are 0."""
    one, two = before.float(), after.float()
    size, apart = float(torch.linalg.vector_norm(one)), float(torch.linalg.vector_norm(two - one))
    return apart / size if size else float(apart > 0)
