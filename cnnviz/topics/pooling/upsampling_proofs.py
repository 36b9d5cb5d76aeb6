"""One door to every way to enlarge, each with its proof by PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnviz.operations import OperationError, pooling
from cnnviz.records.pooling import Enlarged, PoolingSetting, Upsampled
from cnnviz.records.proofs import Proof
from cnnviz.topics.pooling import proofs, upsampling
from cnnviz.topics.pooling.upsampling_methods import tent

Array = np.ndarray


def made(kind: str, x: Array, **options: Any) -> tuple[Upsampled, Proof]:
    """The enlarged map and its proof. options: as that function of operations.upsampling takes them.

    "unpool" first takes the maxima of 2 × 2; "shuffle" makes one channel of four.
    Raises: OperationError where the settings give no result.
    """
    if kind == "nearest":
        found = upsampling.nearest(x, options["scale"])
        return found, proofs.nearest(found, options["scale"])
    if kind == "bilinear":
        found = upsampling.bilinear(x, options["size"], align_corners=options["align_corners"])
        return found, proofs.bilinear(found, align_corners=options["align_corners"])
    if kind == "transposed":
        found = upsampling.transposed(x, **options)
        return found, proofs.transposed(found, **options)
    if kind == "unpool":
        pooled = pooling.pool(x, PoolingSetting("max", (2, 2), (2, 2)))
        found = upsampling.unpool(pooled)
        return found, proofs.unpool(found, pooled)
    if kind == "shuffle":
        found = upsampling.shuffle(x, 2)
        return found, proofs.shuffle(found, 2)
    raise OperationError(f"There is no way to enlarge named {kind!r}: choose one of {', '.join(upsampling.KINDS)}.")


def ways(x: Array, factor: int, found: Sequence[Enlarged]) -> Proof:
    """Every way of operations.upsampling_ways on the same image [C, H, W]."""
    theirs = by_torch(torch.tensor(x)[None], factor)
    apart = max(float(np.abs(theirs[item.way][0].numpy() - item.values).max()) for item in found)
    return Proof(f"all {len(found)} ways, against torch.nn.functional", apart, proofs.TOLERANCE)


def by_torch(x: torch.Tensor, factor: int) -> dict[str, torch.Tensor]:
    """x: [1, C, H, W] made small and large again, by the names of operations.upsampling_ways."""
    small, size, groups = functional.avg_pool2d(x, factor), x.shape[2:], x.shape[1]
    greatest, switches = functional.max_pool2d(x, factor, return_indices=True)
    even = torch.tensor(tent(factor)).expand(groups, 1, -1, -1)
    uneven = torch.full((groups, 1, factor + 1, factor + 1), (factor / (factor + 1)) ** 2, dtype=x.dtype)
    cut = functional.conv_transpose2d(small, uneven, stride=factor, groups=groups)[:, :, : size[0], : size[1]]
    padding = (even.shape[2] - factor) // 2
    return {
        "nearest": functional.interpolate(small, scale_factor=factor, mode="nearest"),
        "bilinear, align_corners=False": functional.interpolate(small, size, mode="bilinear", align_corners=False),
        "bilinear, align_corners=True": functional.interpolate(small, size, mode="bilinear", align_corners=True),
        "transposed, window divides by stride": functional.conv_transpose2d(
            small, even, stride=factor, padding=padding, groups=groups
        ),
        "transposed, window does not": cut,
        "max unpooling": functional.max_unpool2d(greatest, switches, (factor, factor)),
        "pixel shuffle": functional.pixel_shuffle(functional.pixel_unshuffle(x, factor), factor),
    }
