"""Random weights from the top down: a map that is to explain the network should change when the network is destroyed.

The layers get fresh weights one after another, from the last to the first, and every method explains each of these
networks; how alike its maps are to the first one is said as a rank correlation and as structural similarity. It is one
witness and no judge: noise without any covariance, drawn anew each time, changes most of all and explains nothing.
Source: J. Adebayo et al.: Sanity Checks for Saliency Maps (2018), https://arxiv.org/abs/1810.03292; A. Binder et al.:
Shortcomings of Top-Down Randomization-Based Sanity Checks (2023), https://arxiv.org/abs/2211.12486; structural
similarity: Z. Wang et al. (2004), https://doi.org/10.1109/TIP.2003.819861
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import torch
from scipy import ndimage  # type: ignore[import-untyped]
from torch import nn

from cnnviz import own_dice, tracing
from cnnviz.topics.attribution import measures

MOST = 8  # stages: every one takes everybody's maps anew
WINDOW = 7  # pixels along a side, of structural similarity


def layers(model: nn.Module) -> list[tuple[str, ...]]:
    """Names of the modules with weights to be drawn, the first first: a layer and the norms behind it together."""
    found: list[list[str]] = []
    for name, module in model.named_modules():
        if not hasattr(module, "reset_parameters"):
            continue
        weight = getattr(module, "weight", None)
        if (isinstance(weight, torch.Tensor) and weight.dim() >= 2) or not found:
            found.append([])
        found[-1].append(name)
    return [tuple(one) for one in found]


def stages(model: nn.Module) -> list[tuple[str, ...]]:
    """Names of the modules that get fresh weights together, the last stage first: a layer each, or several layers
    where the network has more than eight."""
    found = layers(model)
    edges = np.linspace(0, len(found), min(MOST, len(found)) + 1).round().astype(int)
    together = [found[start:stop] for start, stop in itertools.pairwise(edges)]
    return [tuple(itertools.chain(*some)) for some in reversed(together)]


def destroyed(model: nn.Module, seed: int) -> Iterator[nn.Module]:
    """The network with its last stage's weights drawn anew, its last two, … all: one copy, which goes on changing."""
    copy = tracing.copied(model, lambda value: value.clone())
    modules = dict(copy.named_modules())
    for number, names in enumerate(stages(model)):
        with own_dice.drawn_from(1000 * seed + number):
            for name in names:
                modules[name].reset_parameters()
        yield copy.eval()


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's, of two maps [H, W]; 1 for equal ones, 0 where one of two different maps is constant."""
    if np.array_equal(one, other):
        return 1.0
    first, second = (ranks - ranks.mean() for ranks in map(measures.ranks, (one, other)))
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / size if size else 0.0


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Structural similarity of two maps [H, W], each divided by its largest size: 1 for equal ones."""
    x, y = (values / (np.abs(values).max() or 1.0) for values in (one, other))
    side = min(WINDOW, *x.shape)
    count = side * side
    mean_x, mean_y = (ndimage.uniform_filter(values, side) for values in (x, y))
    unbiased = count / (count - 1)
    var_x, var_y, both = (
        unbiased * (ndimage.uniform_filter(a * b, side) - c * d)
        for a, b, c, d in ((x, x, mean_x, mean_x), (y, y, mean_y, mean_y), (x, y, mean_x, mean_y))
    )
    low, high = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    found = (2 * mean_x * mean_y + low) * (2 * both + high)
    found = found / ((mean_x**2 + mean_y**2 + low) * (var_x + var_y + high))
    edge = side // 2
    inner = found[edge : found.shape[0] - edge, edge : found.shape[1] - edge]
    return float(inner.mean())
