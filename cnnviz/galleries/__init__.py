"""Many images as one network sees them: crops of the photographs at several scales, or a data set's test images.

    gallery = galleries.of("photographs", spec, 300)
    gallery.batch(slice(0, 16))                     # [16, C, H, W] float32, normalised as the network wants it

Two pages are about what a layer makes of all of them: which of them drive a unit, and how they lie to each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image

from cnnviz import datasets, samples
from cnnviz.images import bands
from cnnviz.records import Array, Spec

PHOTOGRAPHS = "photographs"
SCALES = (1.0, 0.6, 0.36, 0.2)  # of a photograph's shorter side
SEED = 16
Region = tuple[int, float, float, float, float]  # source, left, top, right, bottom


class NotFinite(ValueError):
    """A layer gives values that are no finite numbers, which can be neither ordered nor laid beside each other."""

    def __init__(self, layer: str) -> None:
        super().__init__(
            f"The layer {layer} of this network gives values that are no finite numbers for some of these images, so "
            "they cannot be compared. An earlier layer, or another network, works."
        )


@dataclass(frozen=True, eq=False)
class Gallery:
    """levels: [N, C, H, W] uint8, what the network sees before it is normalised. labels: [N] int64, into classes.

    regions: which part of which source each image is, in the source's pixels; images of a data set are their own.
    titles: of each image, where they have names of their own.
    """

    name: str
    levels: torch.Tensor
    labels: Array
    classes: tuple[str, ...]
    spec: Spec = field(repr=False)
    regions: tuple[Region, ...] = ()
    titles: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, part: slice | list[int]) -> torch.Tensor:
        """These images as the network wants them: [n, C, H, W] float32."""
        return ((self.levels[part].float() / 255) - _column(self.spec.mean)) / _column(self.spec.std)

    def picture(self, index: int) -> Array:
        """One image as people see it: [H, W, 3] uint8."""
        return bands.picture(self.levels[index], bands.of(self.spec))

    def title(self, index: int) -> str:
        """What it is called: its own name, or its class and which of them."""
        if self.titles:
            return self.titles[index]
        return f"{self.classes[int(self.labels[index])]}, image {index}"


def names() -> tuple[str, ...]:
    """The photographs, then every data set that is here now."""
    return (PHOTOGRAPHS, *(name for name in datasets.names() if datasets.status(name).available))


def title(name: str) -> str:
    """What a picker calls it. Raises KeyError or datasets.DatasetError for what is not there."""
    return "photographs, at several scales" if name == PHOTOGRAPHS else datasets.info(name).title


def usual(spec: Spec) -> str:
    """What a network was made for, where that is here: its own data set, else the photographs."""
    alike = [name for name in names()[1:] if _fits(datasets.info(name), spec)]
    same = [name for name in alike if np.allclose(datasets.info(name).mean, spec.mean, atol=1e-6)]
    return (*same, *alike, PHOTOGRAPHS)[0]


def of(name: str, spec: Spec, count: int, *, seed: int = SEED) -> Gallery:
    """`count` images of that name, or all where there are fewer: the same ones whenever it is asked.

    Raises KeyError for an unknown name, datasets.DatasetError for one that cannot be read.
    """
    if name == PHOTOGRAPHS:
        return _photographs(spec, count, seed)
    data = datasets.load(name, "test")
    chosen = torch.from_numpy(np.random.default_rng(seed).permutation(len(data))[:count])
    kept = data.images[chosen]
    if tuple(kept.shape[1:]) != spec.input_shape:
        kept = torch.stack([fitted(one, spec) for one in kept])
    titles = tuple(data.names[place] for place in chosen.tolist()) if data.names else ()
    return Gallery(name, kept.contiguous(), data.labels[chosen].numpy(), data.classes, spec, titles=titles)


def fitted(levels: torch.Tensor, spec: Spec) -> torch.Tensor:
    """An image of a data set [C, H, W] uint8 as large as the network wants it, and with as many channels."""
    return levels if tuple(levels.shape) == spec.input_shape else _levels(_image(levels), spec)


def _photographs(spec: Spec, count: int, seed: int) -> Gallery:
    """Crops of the network's own proportions, from the whole photograph to a fifth of it, at places that are drawn."""
    members = [one for one in samples.names() if one.group == "photo"]
    dice = np.random.default_rng(seed)
    levels, labels, regions = [], [], []
    for index in range(count):
        label, turn = index % len(members), index // len(members)
        image = samples.read(members[label].name)
        region = _region(image.size, SCALES[turn % len(SCALES)], spec, dice)
        levels.append(_levels(image, spec, region))
        labels.append(label)
        regions.append((label, *region))
    titles = tuple(one.title for one in members)
    return Gallery(PHOTOGRAPHS, torch.stack(levels), np.array(labels, np.int64), titles, spec, tuple(regions))


def _region(
    size: tuple[int, int], scale: float, spec: Spec, dice: np.random.Generator
) -> tuple[float, float, float, float]:
    rows, columns = spec.input_shape[1:]
    whole = min(size[0] / columns, size[1] / rows)
    wide, high = scale * whole * columns, scale * whole * rows
    left, top = dice.uniform(0, size[0] - wide + 1e-9), dice.uniform(0, size[1] - high + 1e-9)
    return left, top, min(left + wide, size[0]), min(top + high, size[1])


def _levels(image: Image.Image, spec: Spec, region: tuple[float, float, float, float] | None = None) -> torch.Tensor:
    rows, columns = spec.input_shape[1:]
    found = image.convert("RGB").resize((columns, rows), Image.Resampling[spec.interpolation.upper()], box=region)
    return bands.levels(found, bands.of(spec))


def _image(levels: torch.Tensor) -> Image.Image:
    array = levels.permute(1, 2, 0).numpy()
    return Image.fromarray(array if array.shape[2] == 3 else array[..., 0]).convert("RGB")


def _fits(info: datasets.Info, spec: Spec) -> bool:
    return info.shape == spec.input_shape and info.classes == spec.classes


def _column(values: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1)
