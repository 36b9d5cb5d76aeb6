"""The five ways to halve a map, by torch.nn.functional."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from cnnviz.records.proofs import Proof
from cnnviz.topics.pooling.halving import WAYS, halve

Array = np.ndarray


def proofs(x: Array | None = None) -> tuple[Proof, ...]:
    """x: [C, H, W] with even sides; numbers drawn from a seed where none are given."""
    maps = np.random.default_rng(0).normal(size=(4, 12, 16)) if x is None else x
    apart = [float(np.abs(by_torch(torch.tensor(maps), way).numpy() - halve(maps, way)).max()) for way in WAYS]
    return (Proof("all five ways, against F.max_pool2d, F.avg_pool2d and F.conv2d", max(apart), 1e-10),)


def by_torch(x: torch.Tensor, way: str) -> torch.Tensor:
    """[C, H/2, W/2] of x [C, H, W]."""
    if way == "max":
        return functional.max_pool2d(x, 2)
    if way == "average":
        return functional.avg_pool2d(x, 2)
    if way == "stride":
        return functional.interpolate(x[None], scale_factor=0.5, mode="nearest")[0]
    if way == "max_blur":
        x = functional.max_pool2d(functional.pad(x[None], (0, 1, 0, 1), mode="replicate")[0], 2, stride=1)
    row = torch.tensor([1.0, 2.0, 1.0], dtype=x.dtype)
    kernel = (row[:, None] * row[None] / 16).expand(len(x), 1, 3, 3)
    wide = functional.pad(x[None], (1, 1, 1, 1), mode="reflect")
    return functional.conv2d(wide, kernel, stride=2, groups=len(x))[0]
