"""Transforms of a batch, one at a time and together, drawn from a seed; crop and flip are those of training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.records.activations import Array
from cnnviz.records.batches import Transformed
from cnnviz.training import distortions
from cnnviz.training.augmentation import crop, flip

TRANSFORMS = ("random crop", "flip", "rotation", "colour jitter", "normalise")
Drawn = tuple[Callable[[Tensor], Tensor], tuple[str, ...]]  # floats [N, C, H, W] in [0, 1] → the same; words


@dataclass(frozen=True)
class Jitter:
    """How far chance may go. padding: pixels; degrees: to either side; others: factors 1 ± so much, hue in turns."""

    padding: int = 4
    degrees: float = 15.0
    brightness: float = 0.4
    contrast: float = 0.4
    saturation: float = 0.4
    hue: float = 0.1


def transformed(
    images: Array, wanted: tuple[str, ...], *, seed: int, jitter: Jitter | None = None
) -> tuple[Transformed, ...]:
    """The images as stored, after each wanted transform alone, and after all of them. images: [N, C, H, W] uint8."""
    limits, start = jitter or Jitter(), torch.from_numpy(images).float() / 255
    rows = [Transformed("as stored", images, ("",) * len(images))]
    together = start
    said: list[list[str]] = [[] for _ in images]
    for name in (name for name in TRANSFORMS if name in wanted):
        chance = torch.Generator().manual_seed(seed * len(TRANSFORMS) + TRANSFORMS.index(name))
        apply, words = _drawn(name, images.shape, chance, limits)
        rows.append(Transformed(name, _bytes(apply(start)), words, name == "normalise"))
        together = apply(together)
        said = [[*before, word] for before, word in zip(said, words, strict=True)]
    if len(rows) > 2:
        order = tuple(", ".join(word for word in one if word) for one in said)
        title = "together, one after the other from the top"
        rows.append(Transformed(title, _bytes(together), order, "normalise" in wanted))
    return tuple(rows)


def _drawn(name: str, shape: tuple[int, ...], chance: torch.Generator, limits: Jitter) -> Drawn:
    """What to do, and what chance decided for each image: one draw, for alone and for together."""
    count = shape[0]
    if name == "random crop":
        return _crop(shape, chance, limits.padding)
    if name == "flip":
        chosen = torch.rand(count, generator=chance) < 0.5
        return (lambda images: flip(images, chosen)), tuple("mirrored" if one else "not mirrored" for one in chosen)
    if name == "rotation":
        angles = _around(count, limits.degrees, chance)
        return (lambda images: distortions.rotate(images, angles)), tuple(f"turned {a:+.1f}°" for a in angles.tolist())
    if name == "colour jitter":
        return _colours(shape, chance, limits)
    return (lambda images: images), ("",) * count  # normalising changes the numbers, not the image that is kept


def _crop(shape: tuple[int, ...], chance: torch.Generator, padding: int) -> Drawn:
    """As in training: zeros around, then a window of the old size anywhere."""
    top, left = torch.randint(0, 2 * padding + 1, (2, shape[0]), generator=chance).unbind()
    every, size = torch.arange(shape[0]), (shape[2], shape[3])

    def cut(images: Tensor) -> Tensor:
        return crop(F.pad(images, (padding,) * 4), every, top, left, size=size)

    moved = zip((padding - left).tolist(), (padding - top).tolist(), strict=True)
    return cut, tuple(f"moved {right:+d} px right, {down:+d} px down" for right, down in moved)


def _colours(shape: tuple[int, ...], chance: torch.Generator, limits: Jitter) -> Drawn:
    """Brightness, contrast, saturation, hue, in this order."""
    count = shape[0]
    light, edge, colour = (
        1 + _around(count, s, chance) for s in (limits.brightness, limits.contrast, limits.saturation)
    )
    turns = _around(count, limits.hue, chance)

    def work(images: Tensor) -> Tensor:
        images = distortions.contrast(distortions.brightness(images, light), edge)
        return distortions.hue(distortions.saturation(images, colour), turns)

    words = [f"brightness × {a:.2f}, contrast × {b:.2f}" for a, b in zip(light.tolist(), edge.tolist(), strict=True)]
    if shape[1] == 3:
        both = zip(words, colour.tolist(), turns.tolist(), strict=True)
        words = [f"{word}, saturation × {a:.2f}, hue {b:+.2f} turns" for word, a, b in both]
    return work, tuple(words)


def _around(count: int, limit: float, chance: torch.Generator) -> Tensor:
    """[count] even numbers from −limit to limit."""
    return (2 * torch.rand(count, generator=chance) - 1) * limit


def _bytes(images: Tensor) -> Array:
    return np.asarray((images.clamp(0, 1) * 255).round().to(torch.uint8).numpy())
