"""An image made for a channel: its spectrum is changed step by step so that the channel's mean grows.

The image is the inverse Fourier transform of free numbers, each frequency scaled by one over itself as in photographs,
its colours mixed as photographs' colours are, through a sigmoid into 0 … 1. Changing pixels instead gives noise. At
each step the image is moved by a few pixels, so that no pattern can rely on where a stride falls.

Source: C. Olah, A. Mordvintsev, L. Schubert: Feature Visualization (2017), https://doi.org/10.23915/distill.00007
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from cnnviz.attribution import Asked
from cnnviz.images import to_picture
from cnnviz.records import Array, Spec
from cnnviz.records.attribution import Target

RATE, FIRST, SECOND = 0.05, 0.9, 0.999  # Adam's
START = 0.01  # standard deviation of the free numbers at the start
MOVED = 1 / 28  # of a side
# A square root of the covariance of ImageNet's colours (github.com/tensorflow/lucid, Apache 2.0), its longest row 1.
_MIX = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
MIX = _MIX / _MIX.norm(dim=0).max()


@dataclass(frozen=True, eq=False)
class Frame:
    """step: of `steps`. picture: [H, W, 3] uint8. value: the channel's mean now. tensor: what the network was given.

    path: the value after every step so far.
    """

    step: int
    steps: int
    picture: Array
    value: float
    tensor: torch.Tensor
    path: tuple[float, ...] = ()


def climb(
    model: nn.Module, spec: Spec, layer: str, channel: int, *, steps: int, seed: int = 0, every: int = 4
) -> Iterator[Frame]:
    """Frames on the way up, every so many steps and the last. The same seed gives the same frames.

    layer: before its activation function, which has no slope where it is full. Whoever reads no further has stopped it.
    """
    dice = torch.Generator().manual_seed(seed)
    shape = (1, *spec.input_shape)
    free = START * torch.randn(*_spectrum(spec.input_shape), 2, generator=dice)
    asked = Asked(model, torch.zeros(shape), Target(channel, "unit", layer=layer))
    mean, square = torch.zeros_like(free), torch.zeros_like(free)
    path: list[float] = []
    for step in range(1, steps + 1):
        free.requires_grad_()
        image = normalised(colours(free, spec.input_shape), spec)
        far = [int(torch.randint(-_far(side), _far(side) + 1, (1,), generator=dice)) for side in shape[-2:]]
        moved = torch.roll(image, far, (2, 3))
        values, slope = asked.gradient(moved.detach())
        (up,) = torch.autograd.grad(moved, free, slope.to(moved))
        path.append(float(values[0]))
        with torch.no_grad():
            mean, square = FIRST * mean + (1 - FIRST) * up, SECOND * square + (1 - SECOND) * up * up
            size = (square / (1 - SECOND**step)).sqrt() + 1e-8
            free = free.detach() + RATE * (mean / (1 - FIRST**step)) / size
            if step % every == 0 or step == steps:
                yield _frame(asked, free, spec, Frame(step, steps, np.empty(0), 0.0, image, tuple(path)))


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


def _spectrum(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    return shape[0], shape[1], shape[2] // 2 + 1


def _far(side: int) -> int:
    return max(1, round(MOVED * side))


def _frame(asked: Asked, free: torch.Tensor, spec: Spec, frame: Frame) -> Frame:
    tensor = normalised(colours(free, spec.input_shape), spec)
    return replace(frame, tensor=tensor, picture=to_picture(tensor, spec), value=float(asked.values(tensor)[0]))
