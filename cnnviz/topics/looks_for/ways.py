"""Does an image that was made for a unit go the same way through the network as the real images that drive it?

Each layer's channels are averaged over their cells; two images are as alike at a layer as these numbers are in rank
(Spearman). The made image against the unit's real ones is read beside two scales: the real ones among themselves, and
against images that were drawn without looking at the unit.

Source: R. Geirhos et al.: Don't trust your eyes: on the (un)reliability of feature visualizations (2024),
https://arxiv.org/abs/2306.04719. They compare whole layers; here places may differ, so cells are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import torch
from torch import nn

from cnnviz import capture, tracing
from cnnviz.galleries import Gallery
from cnnviz.records import Row
from cnnviz.topics.looks_for.records import Ways

FEWEST = 6  # channels of which a rank correlation says something
KINDS = ("convolution", "normalization", "activation", "addition", "concatenation", "linear")


def of(
    model: nn.Module, gallery: Gallery, rows: Sequence[Row], layer: str, made: torch.Tensor, real: Sequence[int],
    *, others: int = 9, seed: int = 0,
) -> Ways:  # fmt: skip
    """The likeness at every layer up to `layer`. made: [1, C, H, W]; real: the gallery's images that drive the unit."""
    dice = np.random.default_rng(seed)
    rest = [index for index in dice.permutation(len(gallery)).tolist() if index not in set(real)][:others]
    names = [row.name for row in rows[: 1 + [row.name for row in rows].index(layer)] if _counts(row)]
    way = [_way(model, made, rows, names, layer)]
    way += [_way(model, gallery.batch([index]), rows, names, layer) for index in (*real, *rest)]
    first, last = 1 + len(real), 1 + len(real) + len(rest)
    found = []
    for place in range(len(names)):
        alike = correlations(np.stack([one[place] for one in way]))
        among = alike[1:first, 1:first][np.triu_indices(len(real), 1)]
        found.append((alike[0, 1:first], among, alike[1:first, first:last].ravel()))
    made_like, real_like, other_like = (np.array([one[part].mean() for one in found]) for part in range(3))
    wide = np.array([1.96 * one[0].std(ddof=1) / np.sqrt(len(real)) for one in found])
    return Ways(tuple(names), made_like, wide, real_like, other_like, len(real), len(rest))


def correlations(values: np.ndarray) -> np.ndarray:
    """Spearman's of each pair of rows [n, C]: [n, n]; equal numbers share their mean rank. 0 for a constant row."""
    ranks = np.stack([_ranks(row) for row in values])
    ranks -= ranks.mean(1, keepdims=True)
    sizes = np.sqrt((ranks**2).sum(1))
    return ranks @ ranks.T / np.maximum(np.outer(sizes, sizes), 1e-12)


def _ranks(row: np.ndarray) -> np.ndarray:
    _, where, counts = np.unique(row, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: np.ndarray = (last - (counts - 1) / 2)[where]
    return found


def _counts(row: Row) -> bool:
    channels = row.output_shape[({0, 1, 2} - set(row.axes)).pop()] if row.is_map else row.output_shape[0]
    return row.kind in KINDS and channels >= FEWEST


def _way(model: nn.Module, x: torch.Tensor, rows: Sequence[Row], names: Sequence[str], layer: str) -> list[np.ndarray]:
    """Each layer's channels, averaged over cells: [C] each."""
    axes = {row.name: row.axes if row.is_map else None for row in rows}
    with tracing.borrowed(model), torch.no_grad(), tracing.untouched(model) as belongings:
        run = tracing.RecordedRun(model, belongings, tracing.Options(until=layer, unviewed=True))
        with suppress(tracing.Reached):
            run(capture.as_wanted(model, x).clone())
        values = {step.key: step.output.value[0] for step in run.steps}
        means = [values[name] if axes[name] is None else values[name].float().mean(axes[name]) for name in names]
        return [one.detach().double().cpu().numpy().reshape(-1) for one in means]
