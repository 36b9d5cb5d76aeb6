"""How far training moved each layer from the weights that the run began with."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from cnnviz import checkpoints, runs
from cnnviz.training import optimization, transfer

MOST = 24  # layers that are drawn, spread evenly, the first and the last among them


@dataclass(frozen=True)
class Moved:
    """layers: by name. change: ‖after − before‖ ÷ ‖before‖ of each; NaN where it began with zeros alone."""

    layers: tuple[str, ...]
    change: tuple[float, ...]


def of(run_id: str) -> Moved:
    """Of a run with weights: each layer's own parameters together, running statistics left out.

    The weights of before are made from the run's config: its seed, or the weights that it started from. Raises
    checkpoints.CheckpointError, configs.ConfigError (the start is gone), KeyError, datasets.DatasetError.
    """
    before = optimization.network(runs.get(run_id).config)
    after = checkpoints.load(run_id)
    names = transfer.layers(after)
    if len(names) > MOST:
        names = tuple(names[round(place * (len(names) - 1) / (MOST - 1))] for place in range(MOST))
    return Moved(names, tuple(_change(before.get_submodule(name), after.get_submodule(name)) for name in names))


def _change(before: torch.nn.Module, after: torch.nn.Module) -> float:
    pairs = list(zip(before.parameters(recurse=False), after.parameters(recurse=False), strict=True))
    with torch.no_grad():
        far = math.sqrt(sum(float((new.double() - old.double()).square().sum()) for old, new in pairs))
        size = math.sqrt(sum(float(old.double().square().sum()) for old, _ in pairs))
    return far / size if size else math.nan
