"""Euclidean norms of each layer's gradients and parameters.

A layer is a module with parameters of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from cnnviz.probes.entries import PROBES


@PROBES.register("gradient_norms")
def gradient_norms(model: nn.Module, pictures: torch.Tensor) -> dict[str, float]:
    """The Euclidean norm of the loss's gradient with respect to each layer's parameters.

    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", figure 7.
    """
    return _norms({name: [item.grad for item in own if item.grad is not None] for name, own in _layers(model)})


@PROBES.register("weight_norms")
def weight_norms(model: nn.Module, pictures: torch.Tensor) -> dict[str, float]:
    """The Euclidean norm of each layer's parameters."""
    return _norms({name: [item.detach() for item in own] for name, own in _layers(model)})


@PROBES.register("gradient_to_weight")
def gradient_to_weight(model: nn.Module, pictures: torch.Tensor) -> dict[str, float]:
    """Gradient norm over weight norm: the relative size of a plain gradient step with learning rate 1."""
    weights = weight_norms(model, pictures)
    gradients = gradient_norms(model, pictures)
    return {name: value / weights[name] if weights[name] else 0.0 for name, value in gradients.items()}


def _layers(model: nn.Module) -> list[tuple[str, list[nn.Parameter]]]:
    """(path, own parameters) of every module that has some, in the order of definition."""
    found = ((name, list(module.parameters(recurse=False))) for name, module in model.named_modules())
    return [(name or "model", own) for name, own in found if own]


def _norms(tensors: Mapping[str, list[torch.Tensor]]) -> dict[str, float]:
    """The norm over each layer's tensors together, all layers in one transfer from the device."""
    kept = {name: own for name, own in tensors.items() if own}
    if not kept:
        return {}
    each = [
        torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(item.float()) for item in own]))
        for own in kept.values()
    ]
    return dict(zip(kept, torch.stack(each).tolist(), strict=True))
