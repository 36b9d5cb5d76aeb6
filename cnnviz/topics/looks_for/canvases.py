"""What is free in an image that is made: its whole spectrum, or its phases alone; and a spectrum out of an image.

`Fourier`: free numbers in the frequencies, as in `ascent`. `Phases` (MACO): every frequency keeps the strength that it
has in photographs on average, and only where its waves lie is free; so the image cannot become noise that no
photograph has.

Source: T. Fel et al.: Unlocking Feature Visualization for Deeper Networks with MAgnitude Constrained Optimization
(2023), https://arxiv.org/abs/2306.06805. Their spectrum is ImageNet's; here it is that of the images at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch

from cnnviz.galleries import Gallery
from cnnviz.records import Spec
from cnnviz.topics.looks_for.ascent import MIX, START, colours

IMAGES = 100  # whose spectrum is averaged
EDGE = 0.02  # levels are kept so far from 0 and 1, where the sigmoid has no inverse
DREAMT = 0.02  # Adam's rate on an image that is there already
SMALLEST = 0.4  # of a side, that a step looks at


class AscentCanvas(Protocol):
    """rate: how far Adam goes in a step. zooms: a step may look at a part of the image, enlarged."""

    @property
    def rate(self) -> float:
        """How far a step goes."""

    @property
    def zooms(self) -> bool:
        """Whether it looks at parts."""

    def start(self, dice: torch.Generator, count: int) -> torch.Tensor:
        """The free numbers of `count` images at the start."""

    def image(self, free: torch.Tensor) -> torch.Tensor:
        """[n, C, H, W] in 0 … 1 out of the free numbers."""


@dataclass(frozen=True, eq=False)
class Fourier:
    """Every frequency is free. begun: [1, C, H, W] in 0 … 1 to start from, instead of noise.

    zooms: parts looked at cost a third of a class's score here and give it no better shape, so the whole is looked at.
    """

    spec: Spec
    begun: torch.Tensor | None = None
    rate: float = 0.05
    zooms: bool = False

    def start(self, dice: torch.Generator, count: int) -> torch.Tensor:
        """[count, C, H, W // 2 + 1, 2]."""
        channels, rows, columns = self.spec.input_shape
        if self.begun is not None:
            waves = torch.fft.rfft2(planes(self.begun) * 4, norm="ortho") * sizes(rows, columns)
            return torch.view_as_real(waves).contiguous().expand(count, -1, -1, -1, -1).clone()
        shape = (count, channels, rows, columns // 2 + 1, 2)
        return START * torch.randn(*(shape if count > 1 else shape[1:]), generator=dice).reshape(shape)

    def image(self, free: torch.Tensor) -> torch.Tensor:
        """The inverse transform of the free numbers, coloured, in 0 … 1."""
        return torch.cat([colours(one, self.spec.input_shape) for one in free])


@dataclass(frozen=True, eq=False)
class Phases:
    """strengths: [C, H, W // 2 + 1], of each frequency; its phase is free.

    rate: in EfficientNet-Lite0 a cat, a daisy and a texture stand out after 64 steps of 0.3; with 1.0 the phases jump
    about, and the scores end at two thirds or less.
    """

    spec: Spec
    strengths: torch.Tensor
    rate: float = 0.3
    zooms: bool = True

    def start(self, dice: torch.Generator, count: int) -> torch.Tensor:
        """[count, C, H, W // 2 + 1], drawn evenly over a turn."""
        return (torch.rand(count, *self.strengths.shape, generator=dice) * 2 - 1) * torch.pi

    def waves(self, free: torch.Tensor) -> torch.Tensor:
        """The complex spectrum [n, C, H, W // 2 + 1] before colours are mixed."""
        return torch.polar(self.strengths.expand_as(free), free)

    def image(self, free: torch.Tensor) -> torch.Tensor:
        """The inverse transform of these strengths and phases, coloured, in 0 … 1."""
        flat = torch.fft.irfft2(self.waves(free), self.spec.input_shape[1:], norm="ortho")
        return torch.sigmoid(torch.einsum("ij,njhw->nihw", MIX, flat) if flat.shape[1] == 3 else flat)


def planes(image: torch.Tensor) -> torch.Tensor:
    """[n, C, H, W]: what comes before colours are mixed and the sigmoid, for images in 0 … 1."""
    flat = torch.logit(image.clamp(EDGE, 1 - EDGE))
    return torch.einsum("ij,njhw->nihw", torch.linalg.inv(MIX), flat) if flat.shape[1] == 3 else flat


def sizes(rows: int, columns: int) -> torch.Tensor:
    """[H, W // 2 + 1]: each frequency's length, the lowest kept from zero, by which `ascent.colours` divides."""
    down, across = torch.fft.fftfreq(rows)[:, None], torch.fft.rfftfreq(columns)[None]
    return (down**2 + across**2).sqrt().clamp_min(1 / max(rows, columns))


def strengths(gallery: Gallery) -> torch.Tensor:
    """[C, H, W // 2 + 1]: how strong each frequency is in these images, averaged over at most a hundred of them."""
    found = [
        torch.fft.rfft2(planes(gallery.levels[index : index + 1].float() / 255), norm="ortho").abs()[0]
        for index in range(min(IMAGES, len(gallery)))
    ]
    return torch.stack(found).mean(0)


def zoomed(image: torch.Tensor, dice: torch.Generator) -> torch.Tensor:
    """A square part at a drawn place, as large as drawn, enlarged to the image's own size."""
    rows, columns = image.shape[-2:]
    share, down, across = (float(one) for one in torch.rand(3, generator=dice))
    scale = SMALLEST + (1 - SMALLEST) * share
    high, wide = max(1, round(scale * rows)), max(1, round(scale * columns))
    top, left = round(down * (rows - high)), round(across * (columns - wide))
    part = image[..., top : top + high, left : left + wide]
    return torch.nn.functional.interpolate(part, (rows, columns), mode="bilinear", align_corners=False)
