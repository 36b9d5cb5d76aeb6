"""The layers of LeNet-5's paper, each computed a second way: the partly connected C3, the pooling, the distances."""

from __future__ import annotations

import torch
from torch.nn import functional

from cnnviz import own_dice
from cnnviz.models.lenet_1998 import CONNECTIONS, Distances, PartialConvolution, Subsampling, glyphs
from cnnviz.records.proofs import Proof

TOLERANCE = 1e-10  # float64


def all_of(*, seed: int = 1998) -> tuple[Proof, ...]:
    """C3 is a full convolution with zeros in it; S2 a sum of four, a weight and a bias; the output a distance."""
    chance = torch.Generator("cpu").manual_seed(seed)
    with own_dice.drawn_from(seed), torch.no_grad():
        return _partial(chance), _subsampling(chance), _distances(chance)


def _partial(chance: torch.Generator) -> Proof:
    layer = PartialConvolution().double()
    x = torch.randn(2, 6, 14, 14, generator=chance, dtype=torch.float64)
    weight, bias = full_kernel(layer)
    difference = float((layer(x) - functional.conv2d(x, weight, bias)).abs().max())
    zeros = int((weight == 0).all(dim=(2, 3)).sum())
    return Proof(f"C3 is a full 6 → 16 convolution with {zeros} of its 96 kernels fixed at zero", difference, TOLERANCE)


def full_kernel(layer: PartialConvolution) -> tuple[torch.Tensor, torch.Tensor]:
    """[16, 6, 5, 5] and [16]: C3 as one full convolution, zero where nothing is connected."""
    weight, bias = torch.zeros(16, 6, 5, 5, dtype=torch.float64), torch.zeros(16, dtype=torch.float64)
    place = 0
    for kind, readers in enumerate(CONNECTIONS):
        own = layer.get_parameter(f"convolutions.{kind}.weight"), layer.get_parameter(f"convolutions.{kind}.bias")
        for row, maps in enumerate(readers):
            weight[place, list(maps)] = own[0][row].double()
            bias[place] = own[1][row].double()
            place += 1
    return weight, bias


def _subsampling(chance: torch.Generator) -> Proof:
    layer = Subsampling(6).double()
    x = torch.randn(2, 6, 28, 28, generator=chance, dtype=torch.float64)
    four = x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]
    weight, bias = (layer.get_parameter(f"scale.{name}").view(1, 6, 1, 1) for name in ("weight", "bias"))
    written = four * weight + bias
    return Proof("S2 is the sum of four cells times a weight, plus a bias", float((layer(x) - written).abs().max()),
                 TOLERANCE)  # fmt: skip


def _distances(chance: torch.Generator) -> Proof:
    codes = glyphs().double()
    x = torch.randn(4, 84, generator=chance, dtype=torch.float64)
    written = -(torch.cdist(x, codes) ** 2)
    difference = float((Distances(codes)(x) - written).abs().max())
    return Proof("an output is minus the squared distance to a drawn digit", difference, TOLERANCE)
