"""What to measure while a network trains: a named family of small functions, called every n-th step.

A probe reads the model after `backward` and before the optimiser's step, so parameters and gradients belong together.
It returns plain numbers by layer name, in the order of the network; a layer is a module with parameters of its own.
Register another with `@PROBES.register("name")`; `TrainConfig.probes` names those that a run calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn

from cnnviz.registry import Registry

Probe = Callable[[nn.Module], dict[str, float]]

PROBES: Registry[Probe] = Registry("probe")


def names() -> tuple[str, ...]:
    return PROBES.names()


def measure(wanted: Sequence[str], model: nn.Module) -> Mapping[str, dict[str, float]]:
    """Every wanted probe's numbers: {probe: {layer: value}}. Raises KeyError that lists the probes there are."""
    return {name: PROBES[name](model) for name in wanted}


@PROBES.register("gradient_norms")
def gradient_norms(model: nn.Module) -> dict[str, float]:
    """How strongly each layer is being pulled: the Euclidean norm of the loss's gradient by its parameters.

    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", figure 7.
    """
    return _norms({name: [item.grad for item in own if item.grad is not None] for name, own in _layers(model)})


@PROBES.register("weight_norms")
def weight_norms(model: nn.Module) -> dict[str, float]:
    """How large each layer's parameters are: their Euclidean norm."""
    return _norms({name: [item.detach() for item in own] for name, own in _layers(model)})


@PROBES.register("gradient_to_weight")
def gradient_to_weight(model: nn.Module) -> dict[str, float]:
    """How large a plain step of size 1 would be, relative to the layer: gradient norm over weight norm."""
    weights = weight_norms(model)
    return {name: value / weights[name] if weights[name] else 0.0 for name, value in gradient_norms(model).items()}


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
