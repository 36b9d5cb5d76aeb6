"""Small kernels stacked: what a stack sees, learns and multiplies, by `anatomy` and by gradients.

Source: Simonyan and Zisserman, Very deep convolutional networks (2014), https://arxiv.org/abs/1409.1556, section 2.3;
asymmetric kernels: Szegedy et al., Rethinking the Inception architecture (2015), https://arxiv.org/abs/1512.00567
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from cnnviz import anatomy
from cnnviz.records.activations import Array
from cnnviz.records.proofs import Proof
from cnnviz.records.sharing import Stacked
from cnnviz.topics.convolution.records import Pair

COMPARED: dict[int, dict[str, tuple[Pair, ...]]] = {
    5: {"one 5 × 5": ((5, 5),), "two 3 × 3": ((3, 3),) * 2, "5 × 1, then 1 × 5": ((5, 1), (1, 5))},
    7: {"one 7 × 7": ((7, 7),), "three 3 × 3": ((3, 3),) * 3, "7 × 1, then 1 × 7": ((7, 1), (1, 7))},
}


def build(kernels: tuple[Pair, ...], channels: int) -> nn.Sequential:
    """Convolutions of `channels` channels that keep the size, with a ReLU between each two."""
    layers: list[nn.Module] = []
    for kernel in kernels:
        around = (kernel[0] // 2, kernel[1] // 2)
        layers += [nn.Conv2d(channels, channels, kernel, padding=around), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def measure(name: str, kernels: tuple[Pair, ...], channels: int, size: int) -> Stacked:
    """Parameters, MACs and field by `anatomy` on [channels, size, size]; the field again by gradients; its paths."""
    stack = build(kernels, channels)
    shape = (channels, size, size)
    totals, field = anatomy.totals(stack, shape), anatomy.inspect(stack, shape)[-1].receptive_field
    computed = field.rows.size, field.columns.size
    return Stacked(name, kernels, totals.parameters, totals.macs, computed, _extent(kernels), _paths(kernels))


def compare(width: int, channels: int, size: int) -> tuple[Stacked, ...]:
    """One kernel of that width against the stacks that see as much. width: 5 or 7."""
    return tuple(measure(name, kernels, channels, size) for name, kernels in COMPARED[width].items())


def fields_agree(stacks: tuple[Stacked, ...]) -> Proof:
    """The computed fields against the pixels that a gradient reaches."""
    pairs = [(item.field, item.measured_field) for item in stacks]
    apart = max(abs(one - other) for computed, measured in pairs for one, other in zip(computed, measured, strict=True))
    return Proof("the field that anatomy computes against the pixels that a gradient reaches", float(apart), 0.0)


def _extent(kernels: tuple[Pair, ...]) -> Pair:
    """Height and width of the pixels whose gradient from the middle output is not 0, on one channel of ones."""
    reached = np.argwhere(_gradient(kernels) > 0)
    high, wide = reached.max(axis=0) - reached.min(axis=0) + 1
    return int(high), int(wide)


def _paths(kernels: tuple[Pair, ...]) -> Array:
    """How many chains of weights lead from each pixel to the middle output: the gradient with all weights 1."""
    gradient = _gradient(kernels)
    reached = np.argwhere(gradient > 0)
    (top, left), (bottom, right) = reached.min(axis=0), reached.max(axis=0) + 1
    return np.asarray(gradient[top:bottom, left:right])


def _gradient(kernels: tuple[Pair, ...]) -> Array:
    """∂ middle output / ∂ input with weights of 1, without activations, [15, 15] float64."""
    layers = [nn.Conv2d(1, 1, k, padding=(k[0] // 2, k[1] // 2), bias=False, dtype=torch.float64) for k in kernels]
    x = torch.ones((1, 1, 15, 15), dtype=torch.float64, requires_grad=True)
    for layer in layers:
        nn.init.ones_(layer.weight)
    output = nn.Sequential(*layers)(x)
    (gradient,) = torch.autograd.grad(output[0, 0, 7, 7], x)
    return np.asarray(gradient[0, 0].numpy())
