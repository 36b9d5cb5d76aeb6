"""Which band of an image each channel of a network's input gets: R, G, B, grey, or a constant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from cnnviz.records import Array, Spec

LETTERS = "RGBL01"  # red, green, blue, grey (0.299 R + 0.587 G + 0.114 B), all 0, all 1
NAMES = {"R": "red", "G": "green", "B": "blue", "L": "grey", "0": "0 everywhere", "1": "1 everywhere"}


def usual(channels: int) -> str:
    """What is taken where nobody said it: grey for one, RGB for three, RGB again and again, or RGB and grey.

    >>> [usual(channels) for channels in (1, 2, 3, 4, 6)]
    ['L', 'LL', 'RGB', 'RGBL', 'RGBRGB']
    """
    if channels < 3:
        return "L" * channels
    return "RGB" * (channels // 3) if channels % 3 == 0 else "RGB" + "L" * (channels - 3)


def of(spec: Spec) -> str:
    """A letter for each channel."""
    return spec.bands if len(spec.bands) == spec.input_shape[0] else usual(spec.input_shape[0])


def split(image: Image.Image, letters: str) -> torch.Tensor:
    """An RGB image as [C, H, W] float32 in [0, 1], a channel a letter."""
    colours = np.array(image.convert("RGB"), dtype=np.float32) / 255
    planes = {"R": colours[..., 0], "G": colours[..., 1], "B": colours[..., 2]}
    if "L" in letters:
        planes["L"] = np.array(image.convert("L"), dtype=np.float32) / 255
    planes |= {"0": np.zeros_like(colours[..., 0]), "1": np.ones_like(colours[..., 0])}
    return torch.from_numpy(np.stack([planes[letter] for letter in letters]))


def levels(image: Image.Image, letters: str) -> torch.Tensor:
    """The same in whole levels: [C, H, W] uint8, what `split` gives times 255, without the way through fractions."""
    colours = np.array(image.convert("RGB"))
    planes = {"R": colours[..., 0], "G": colours[..., 1], "B": colours[..., 2]}
    if "L" in letters:
        planes["L"] = np.array(image.convert("L"))
    planes |= {"0": np.zeros_like(colours[..., 0]), "1": np.full_like(colours[..., 0], 255)}
    return torch.from_numpy(np.stack([planes[letter] for letter in letters]))


def as_colours(channels: torch.Tensor, letters: str) -> torch.Tensor:
    """[3, H, W]: red, green and blue out of the channels [C, H, W]; grey where a colour is not among them."""
    return torch.stack([channels[place] for place in places(letters)])


def places(letters: str) -> tuple[int, int, int]:
    """The channels that hold red, green and blue, or what stands for them: grey, or the first."""
    grey = letters.find("L") if "L" in letters else 0
    red, green, blue = (letters.find(letter) if letter in letters else grey for letter in "RGB")
    return red, green, blue


def mean_colour(spec: Spec) -> tuple[int, ...]:
    """The mean as a colour, 0 to 255, of which the network sees 0."""
    return tuple(round(255 * spec.mean[place]) for place in places(of(spec)))


def words(letters: Sequence[str]) -> str:
    """ "red, green, blue"."""
    return ", ".join(NAMES[letter] for letter in letters)


def picture(levels: torch.Tensor, letters: str) -> Array:
    """[H, W, 3] uint8 of uint8 channels [C, H, W]."""
    found: Array = as_colours(levels, letters).permute(1, 2, 0).contiguous().numpy()
    return found
