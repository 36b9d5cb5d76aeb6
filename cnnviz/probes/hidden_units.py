"""Correlation between hidden units, which dropout is meant to reduce."""

from __future__ import annotations

import math

import torch
from torch import nn

from cnnviz.probes.entries import PROBES, seen


@PROBES.register("co_adaptation")
def co_adaptation(model: nn.Module, pictures: torch.Tensor) -> dict[str, float]:
    """The mean absolute correlation between two hidden units, by linear layer, before the activation; in [0, 1].

    The last linear layer is left out: its units are the classes. A unit that gives all images one number has no
    correlation and is left out; fewer than two units left: NaN. float64.
    Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", section 7.1, argue
    that dropout breaks co-adaptation; this is one way to put a number to it.
    """
    layers = [(name, module) for name, module in model.named_modules() if isinstance(module, nn.Linear)][:-1]
    outputs = seen(model, [module for _, module in layers], pictures)
    return {name: mean_correlation(output) for (name, _), (_, output) in zip(layers, outputs, strict=True)}


def mean_correlation(values: torch.Tensor) -> float:
    """The mean of |r| over all pairs of columns of [images, units]; columns that never change are left out."""
    centred = values.double() - values.double().mean(0)
    norms = centred.norm(dim=0)
    kept = centred[:, norms > 1e-12] / norms[norms > 1e-12]
    units = kept.shape[1]
    if units < 2:
        return math.nan
    together = (kept.T @ kept).abs()
    return float((together.sum() - together.diagonal().sum()) / (units * (units - 1)))
