"""A shortcut planted in any data set: a small patch in the corner that names the class, or one that says nothing.

    datasets.load("cue:folder:pets")          # each patch in its class's two colours
    datasets.load("random_cue:folder:pets")   # its twin: the same patches, drawn anew for each image

The patch has an upper and a lower half. As many classes as there are colours get one colour each, further ones a pair.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from cnnviz.datasets.kinds import Dataset, DatasetError, Info, Source
from cnnviz.records import Array

CUE, RANDOM = "cue:", "random_cue:"  # before the name of the data set
COLOURS = ((230, 40, 40), (40, 200, 60), (50, 80, 235), (235, 215, 40), (215, 50, 215), (40, 210, 220))
GREYS = ((64,), (128,), (192,), (255,))  # of images of one channel: none is the black around a digit
SEEDS = {"train": 3, "test": 4}
ACROSS, INSET = 8, 32  # the patch's side and its way to the border, as parts of the image's shorter side


def base(name: str) -> str:
    """The data set that it is planted in: "folder:pets" of "cue:folder:pets"; another name stays as it is."""
    found = next((start for start in (CUE, RANDOM) if name.startswith(start)), "")
    return name.removeprefix(found)


def box(height: int, width: int) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of the patch, in pixels."""
    short = min(height, width)
    start, side = max(1, round(short / INSET)), max(2, round(short / ACROSS))
    return start, start, start + side, start + side


def mask(height: int, width: int) -> Array:
    """[H, W] bool: where the patch is."""
    found = np.zeros((height, width), bool)
    top, left, bottom, right = box(height, width)
    found[top:bottom, left:right] = True
    return found


def most_classes(channels: int) -> int:
    """How many classes can be told by their patches."""
    return len(_tones(channels)) ** 2


def painted(images: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
    """The same images with each one's patch. images: [N, C, H, W] uint8; codes: [N] int64, a class's number each."""
    top, left, bottom, right = box(*images.shape[2:])
    middle = (top + bottom) // 2
    tones = torch.tensor(_tones(images.shape[1]), dtype=torch.uint8)
    upper, turned = codes % len(tones), codes // len(tones)
    found = images.clone()
    found[:, :, top:middle, left:right] = tones[upper][:, :, None, None]
    found[:, :, middle:bottom, left:right] = tones[(upper + turned) % len(tones)][:, :, None, None]
    return found


def drawn(count: int, classes: int, split: str) -> torch.Tensor:
    """Patches that mean nothing: [count] int64 below `classes`, from the split's own seed."""
    return torch.from_numpy(np.random.RandomState(SEEDS[split]).randint(0, classes, count))


def source(name: str, plain: Source) -> Source:
    """The member of the family for "cue:<data set>" or "random_cue:<data set>". plain: of the data set itself."""
    said = "with a cue" if name.startswith(CUE) else "with a random cue"
    info = replace(plain.info, title=f"{plain.info.title} {said}")

    def find(root: Path) -> str:
        _refuse(plain.info)
        return plain.find(root)

    def read(root: Path, split: str) -> Dataset:
        data = plain.read(root, split)
        count = len(data.classes)
        codes = data.labels if name.startswith(CUE) else drawn(len(data), count, split)
        return replace(data, name=name, images=painted(data.images, codes))

    return replace(plain, info=info, find=find, read=read, fetch=None)


def _refuse(info: Info) -> None:
    if len(info.classes) > (most := most_classes(info.shape[0])):
        raise DatasetError(
            f"{info.title} has {len(info.classes)} classes, and the patch can tell {most} apart in images of "
            f"{info.shape[0]} channel(s): choose a data set with fewer classes."
        )


def _tones(channels: int) -> tuple[tuple[int, ...], ...]:
    return COLOURS if channels == 3 else tuple(one * channels for one in GREYS)
