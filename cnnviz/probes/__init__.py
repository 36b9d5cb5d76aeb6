"""What to measure while a network trains: a named family of small functions, called every n-th step and at the end.

    probes.names()                                       # "gradient_norms", "weight_norms", "co_adaptation", …
    probes.measure(["gradient_norms"], model, images)  # {"gradient_norms": {"conv1": 0.21, …}}

A probe reads the model after `backward` and before the optimiser's step, so parameters and gradients belong together.
It returns plain numbers by layer name, in the order of the network. It may run `images`, always the same test
images, through the model, which is then in evaluation mode and comes back as it was. One file is one idea: it
registers its probes with `@PROBES.register("name")`, and `TrainConfig.probes` names those that a run calls.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence

import torch
from torch import nn

from cnnviz.probes.entries import PROBES

for _file in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_file.name}")

__all__ = ["PROBES", "measure", "names"]


def names() -> tuple[str, ...]:
    """Every probe that `TrainConfig.probes` may name."""
    return PROBES.names()


def measure(wanted: Sequence[str], model: nn.Module, pictures: torch.Tensor) -> Mapping[str, dict[str, float]]:
    """Every wanted probe's numbers: {probe: {layer: value}}. images: [N, C, H, W], normalised, where the model is.

    Raises KeyError that lists the probes there are.
    """
    return {name: PROBES[name](model, pictures) for name in wanted}
