"""An image out of free numbers in its spectrum, so that it can be changed step by step without becoming noise.

The image is the inverse Fourier transform of free numbers, each frequency scaled by one over itself as in photographs,
its colours mixed as photographs' colours are, through a sigmoid into 0 … 1. Changing pixels instead gives noise.

Source: C. Olah, A. Mordvintsev, L. Schubert: Feature Visualization (2017), https://doi.org/10.23915/distill.00007
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from cnnviz.records import Array, Spec

RATE, FIRST, SECOND = 0.05, 0.9, 0.999  # Adam's
START = 0.01  # standard deviation of the free numbers at the start
MOVED = 1 / 28  # of a side
# A square root of the covariance of ImageNet's colours (github.com/tensorflow/lucid, Apache 2.0), its longest row 1.
_MIX = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
MIX = _MIX / _MIX.norm(dim=0).max()


@dataclass(frozen=True, eq=False)
class AscentFrame:
    """step: of `steps`. picture: [H, W, 3] uint8. value: the channel's mean now. tensor: what the network was given.

    path: the value after every step so far. leaned: [H, W], the size of each pixel's gradient, over all steps.
    """

    step: int
    steps: int
    picture: Array
    value: float
    tensor: torch.Tensor
    path: tuple[float, ...] = ()
    leaned: Array | None = None


def colours(free: torch.Tensor, shape: tuple[int, int, int]) -> torch.Tensor:
    """An image [1, C, H, W] in 0 … 1 out of free numbers [C, H, W // 2 + 1, 2]."""
    channels, rows, columns = shape
    down, across = torch.fft.fftfreq(rows)[:, None], torch.fft.rfftfreq(columns)[None]
    size = (down**2 + across**2).sqrt().clamp_min(1 / max(rows, columns))
    waves = torch.complex(free[..., 0], free[..., 1]) / size
    planes = torch.fft.irfft2(waves, (rows, columns), norm="ortho") / 4
    if channels == 3:
        planes = torch.einsum("ij,jhw->ihw", MIX.to(planes), planes)
    return torch.sigmoid(planes)[None]


def normalised(image: torch.Tensor, spec: Spec) -> torch.Tensor:
    """[1, C, H, W] in 0 … 1 as the network wants it."""
    return (image - torch.tensor(spec.mean).view(-1, 1, 1)) / torch.tensor(spec.std).view(-1, 1, 1)
