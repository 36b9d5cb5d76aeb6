"""What "nothing" looks like: images that a map can be measured against, each of which sees something else as absent.

mean: the training images' mean colour, zeros to the network. black, white: the least and the largest a pixel can be.
blur: the image without its details, which keeps its colours. noise: every number
drawn evenly between least and largest.
Source: P. Sturmfels, S. Lundberg, S.-I. Lee: Visualizing the Impact of Feature Attribution Baselines (2020),
https://doi.org/10.23915/distill.00022
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

NAMES = ("mean", "black", "white", "blur", "noise")
SIGMA = 1 / 12  # of the blur, as a share of the image's shorter side


def ends(mean: Sequence[float], std: Sequence[float]) -> tuple[torch.Tensor, torch.Tensor]:
    """(least, largest) of a pixel as a network gets it, [C] each: black and white in its own units."""
    middle, width = torch.tensor(mean), torch.tensor(std)
    return -middle / width, (1 - middle) / width


def of(name: str, x: torch.Tensor, mean: Sequence[float], std: Sequence[float], *, seed: int = 0) -> torch.Tensor:
    """A baseline [1, C, H, W] for an image x of that shape, normalised by mean and std.

    Raises KeyError for a name that is none of `NAMES`.
    """
    if name == "mean":
        return torch.zeros_like(x)
    if name == "blur":
        return blurred(x, SIGMA * min(x.shape[-2:]))
    low, high = (end.to(x).view(1, -1, 1, 1) for end in ends(mean, std))
    if name in ("black", "white"):
        return (low if name == "black" else high).expand_as(x).clone()
    if name == "noise":
        dice = torch.Generator().manual_seed(seed)
        drawn = torch.rand(x.shape, generator=dice, dtype=torch.float64).to(x)
        return low + drawn * (high - low)
    raise KeyError(f"there is no baseline {name!r}; there are {', '.join(NAMES)}")


def blurred(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """x [N, C, H, W] under a Gaussian of that many pixels, cut at three of them; borders repeat their last pixel."""
    reach = max(1, round(3 * sigma))
    away = torch.arange(-reach, reach + 1, dtype=x.dtype, device=x.device)
    weights = torch.exp(-(away**2) / (2 * sigma**2))
    weights = weights / weights.sum()
    channels = x.shape[1]
    for shape, padding in (((1, 1, -1, 1), (0, 0, reach, reach)), ((1, 1, 1, -1), (reach, reach, 0, 0))):
        kernel = weights.view(shape).repeat(channels, 1, 1, 1)
        x = functional.conv2d(functional.pad(x, padding, mode="replicate"), kernel, groups=channels)
    return x
