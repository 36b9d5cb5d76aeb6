"""Batch normalisation's running statistics: one number a layer for the means, one for the deviations."""

from __future__ import annotations

import torch
from torch import nn

from cnnviz.probes.entries import PROBES


@PROBES.register("running_means")
def running_means(model: nn.Module, pictures: torch.Tensor) -> dict[str, float]:
    """The root mean square, over a layer's channels, of the running means (0 at the start).

    Ioffe and Szegedy 2015, "Batch Normalization", section 3.1.
    """
    return {name: float(mean.square().mean().sqrt()) for name, mean, _ in _statistics(model)}


@PROBES.register("running_deviations")
def running_deviations(model: nn.Module, pictures: torch.Tensor) -> dict[str, float]:
    """The mean, over a layer's channels, of the running standard deviations (1 at the start)."""
    return {name: float(variance.sqrt().mean()) for name, _, variance in _statistics(model)}


def _statistics(model: nn.Module) -> list[tuple[str, torch.Tensor, torch.Tensor]]:
    return [
        (name, module.running_mean, module.running_var)
        for name, module in model.named_modules()
        if isinstance(module, nn.modules.batchnorm._BatchNorm)
        and module.running_mean is not None
        and module.running_var is not None
    ]
