"""Taking pixels away in a map's order, and seeing what the network still says: deletion, insertion, ROAD."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnviz import capture, tracing
from cnnviz.topics.attribution import measures, road

STEPS, FEWER = 10, 5  # of a deletion or an insertion curve; of a large image's


def scores(model: nn.Module, x: torch.Tensor, label: int, values: np.ndarray, seed: int) -> dict[str, float]:
    """Deletion and insertion under two fills, and ROAD, for one map [H, W] of one image x [1, C, H, W]."""
    ranked = measures.order(values, seed)
    blurred = functional.avg_pool2d(functional.pad(x, (5,) * 4, mode="replicate"), 11, 1)
    found: dict[str, float] = {}
    both = curves(model, x, label, ranked, (torch.zeros_like(x), blurred))
    for suffix, (away, in_place) in zip(("", "_blur"), both, strict=True):
        found |= {f"deletion{suffix}": measures.area(away), f"insertion{suffix}": measures.area(in_place)}
    strongest, weakest = _road(model, x, label, ranked, seed)
    return found | {"road": (weakest - strongest) / 2}


def curves(
    model: nn.Module, x: torch.Tensor, label: int, ranked: np.ndarray, fills: tuple[torch.Tensor, ...]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each fill, the class's probability as the strongest pixels are filled in, and as they alone are put on it."""
    size = x.shape[-2] * x.shape[-1]
    rank = np.empty(size, int)
    rank[ranked] = np.arange(size)
    cuts = np.linspace(0, size, (FEWER if size >= road.LARGE else STEPS) + 1).round()
    first = torch.from_numpy(rank[None] < cuts[:, None]).view(len(cuts), 1, *x.shape[-2:])
    pairs = [(torch.where(first, fill, x), torch.where(first, x, fill)) for fill in fills]
    found = chances(model, torch.cat([one for pair in pairs for one in pair]), label)
    return [(away, in_place) for away, in_place in found.reshape(len(fills), 2, len(cuts))]


def _road(model: nn.Module, x: torch.Tensor, label: int, ranked: np.ndarray, seed: int) -> tuple[float, float]:
    """The class's mean probability over all shares: the strongest pixels away, the weakest away."""
    batch = road.removals(x[0].double().cpu().numpy(), ranked, seed)
    found = chances(model, torch.from_numpy(batch.reshape(-1, *x.shape[1:])).to(x), label).reshape(2, -1).mean(1)
    return float(found[0]), float(found[1])


def chances(model: nn.Module, batch: torch.Tensor, label: int) -> np.ndarray:
    """The class's probability for each image of a batch [N, C, H, W]: [N]."""
    batch = capture.as_wanted(model, batch)
    with tracing.borrowed(model), tracing.untouched(model), torch.no_grad():
        found: np.ndarray = torch.softmax(model(batch).double(), 1)[:, label].cpu().numpy()
    return found
