"""Rotation and colour jitter as batched tensor code: one angle and one factor for each image of a batch.

Images are [B, C, H, W] floats in [0, 1], drawn numbers are [B]. The definitions are torchvision's, one by one:
https://docs.pytorch.org/vision/stable/transforms.html; tests hold both beside each other.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

GREY = (0.2989, 0.587, 0.114)  # ITU-R BT.601, as torchvision's rgb_to_grayscale rounds it


def rotate(images: torch.Tensor, degrees: torch.Tensor) -> torch.Tensor:
    """Each image turned around its middle, counter-clockwise, bilinear; what comes in from outside is 0."""
    count, _, height, width = images.shape
    angles = degrees.to(images) * (math.pi / 180)
    cos, sin = angles.cos(), angles.sin()
    zero = torch.zeros_like(cos)
    rows = [torch.stack([cos, -sin * height / width, zero], 1), torch.stack([sin * width / height, cos, zero], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), [count, 1, height, width], align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def brightness(images: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
    """0: black. 1: as it is."""
    return (images * _column(factors, images)).clamp(0, 1)


def contrast(images: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
    """0: the image's mean grey everywhere. 1: as it is."""
    return _blend(images, grey(images).mean((1, 2, 3), keepdim=True), factors)


def saturation(images: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
    """0: grey. 1: as it is. An image of one channel has none to lose."""
    return images if images.shape[1] == 1 else _blend(images, grey(images), factors)


def hue(images: torch.Tensor, shifts: torch.Tensor) -> torch.Tensor:
    """Every colour moved along the wheel by so many turns, −0.5 to 0.5. An image of one channel has none."""
    if images.shape[1] == 1:
        return images
    value, _ = images.max(1)
    chroma = value - images.amin(1)
    turned = (_hue(images, value, chroma) + shifts.to(images).view(-1, 1, 1)) % 1
    channels = []
    for offset in (5, 3, 1):  # value minus what the channel lacks: a trapezium over the wheel of six sectors
        place = (offset + 6 * turned) % 6
        channels.append(value - chroma * torch.minimum(place, 4 - place).clamp(0, 1))
    return torch.stack(channels, 1)


def grey(images: torch.Tensor) -> torch.Tensor:
    """[B, 1, H, W]: how bright each pixel looks."""
    if images.shape[1] == 1:
        return images
    weights = torch.tensor(GREY, dtype=images.dtype, device=images.device).view(1, 3, 1, 1)
    return (images * weights).sum(1, keepdim=True)


def _hue(images: torch.Tensor, value: torch.Tensor, chroma: torch.Tensor) -> torch.Tensor:
    """[B, H, W] in turns, 0 being red; grey pixels count as red."""
    red, green, blue = images.unbind(1)
    safe = torch.where(chroma > 0, chroma, torch.ones_like(chroma))
    sector = torch.where(
        value == red,
        (green - blue) / safe,
        torch.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    return torch.where(chroma > 0, sector / 6, torch.zeros_like(sector)) % 1


def _blend(images: torch.Tensor, other: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
    share = _column(factors, images)
    return (share * images + (1 - share) * other).clamp(0, 1)


def _column(values: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    return values.to(images).view(-1, 1, 1, 1)
