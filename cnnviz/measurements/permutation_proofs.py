"""What a permutation of the pixels does to a network, computed twice in float64.

A fully connected first layer reads x by W₁x. Permuted images are Px, and (W₁Pᵀ)(Px) = W₁x because PᵀP = 1: move the
columns of W₁ like the pixels and nothing has changed. A convolution has no such freedom: moved along, its matrix is no
longer one that repeats a small kernel, and the nearest one that does is another network.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn

from cnnviz.records.permutation import NoTrick
from cnnviz.records.proofs import Proof

Array = np.ndarray
TOLERANCE = 1e-12


def moved_columns(network: nn.Module, x: torch.Tensor, order: Array) -> Proof:
    """The same logits from permuted images once the first layer's columns are permuted like the pixels.

    network: FC2Layer, its first layer `hidden1` reads pixels. x: [N, 1, H, W].
    order: new pixel i is old pixel order[i].
    """
    plain = copy.deepcopy(network).double().eval()
    places = torch.as_tensor(np.array(order))
    moved = copy.deepcopy(plain)
    first = moved.get_submodule("hidden1")
    assert isinstance(first, nn.Linear)
    with torch.no_grad():
        first.weight.copy_(first.weight[:, places])
        before, after = plain(x.double()), moved(_permuted(x.double(), places))
    claim = f"the columns of W₁ permuted like the pixels: the logits of {len(x)} permuted images, against before"
    return Proof(claim, float((before - after).abs().max()), TOLERANCE)


def undone(x: torch.Tensor, order: Array, inverse: Array) -> Proof:
    """The inverse brings every pixel back: no difference at all."""
    places, back = torch.as_tensor(np.array(order)), torch.as_tensor(np.array(inverse))
    difference = (_permuted(_permuted(x, places), back).double() - x.double()).abs().max()
    return Proof("permuted and put back by the inverse, against the image", float(difference), 0.0)


def no_trick(network: nn.Module, x: torch.Tensor, order: Array) -> NoTrick:
    """How near a CNN comes when its first convolution is moved along with the pixels as far as a convolution can be.

    The layer is the matrix M [F · positions, H · W]; moved along it is M Pᵀ. Matrices that repeat one kernel at all
    positions are a linear space whose basis (one kernel tap, all positions) is orthogonal, so the nearest of them
    (least squares) has for each tap the mean of the moved matrix over the positions.
    """
    plain = copy.deepcopy(network).double().eval()
    places = torch.as_tensor(np.array(order))
    first = plain.get_submodule("conv1")
    assert isinstance(first, nn.Conv2d)
    nearest, kept = nearest_kernel(first.weight.detach(), places, tuple(x.shape[2:]))
    moved = copy.deepcopy(plain)
    with torch.no_grad():
        moved.get_submodule("conv1").weight.copy_(nearest)  # type: ignore[operator]
        permuted = _permuted(x.double(), places)
        before, untouched, after = plain(x.double()), plain(permuted), moved(permuted)
    return NoTrick(
        kept=kept,
        difference=float((before - after).abs().max()),
        untouched=float((before - untouched).abs().max()),
        agree=float((before.argmax(1) == after.argmax(1)).double().mean()),
        pictures=len(x),
    )


def nearest_kernel(kernel: torch.Tensor, order: torch.Tensor, size: tuple[int, ...]) -> tuple[torch.Tensor, float]:
    """([F, 1, k, k], share kept): the convolution nearest to `kernel` moved along with the pixels of [H, W] images.

    kernel: [F, 1, k, k], stride 1, no padding. share kept: its squared size over that of the moved matrix, in [0, 1].
    """
    taps = _taps(kernel.shape[2:], size)  # [k·k, positions]: the pixel under each tap at each position
    filters, count, positions = kernel.shape[0], *taps.shape
    dense = torch.zeros(filters, positions, size[0] * size[1], dtype=kernel.dtype)
    dense.scatter_(2, taps.T.expand(filters, positions, count), kernel.flatten(1)[:, None].expand(-1, positions, -1))
    moved = dense.index_select(2, order)  # (M Pᵀ)[:, i] = M[:, order[i]]
    under = moved.gather(2, taps.T.expand(filters, positions, count))
    nearest = under.mean(1)
    kept = float(positions * nearest.square().sum() / moved.square().sum())
    return nearest.view_as(kernel), kept


def _taps(kernel: torch.Size, size: tuple[int, ...]) -> torch.Tensor:
    places = torch.arange(size[0] * size[1], dtype=torch.float64).view(1, 1, *size)
    return nn.functional.unfold(places, tuple(kernel))[0].long()


def _permuted(x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    return x.flatten(2)[:, :, order].view_as(x)
