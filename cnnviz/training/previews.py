"""What augmentation makes of a data set's own images: some as they are, and below each what a run would see."""

from __future__ import annotations

import numpy as np
import torch

from cnnviz import datasets
from cnnviz.records import Array
from cnnviz.training.augmentation import Batches, Normalisation

SIDE = 48  # pixels of a tile, about


def augmented(dataset: str, kinds: tuple[str, ...], *, count: int = 6, takes: int = 2, seed: int = 0) -> Array:
    """[(1 + takes)·h, count·w, 3] uint8: the first row as they are, each further row another draw of the same images.

    The draws are those of `Batches`, from a seed. Raises datasets.DatasetError where the images are not here.
    """
    data = datasets.load(dataset, split="train")
    images, labels = data.images[:count], data.labels[:count]
    whole = Normalisation.of((0.0,) * images.shape[1], (1.0 / 255,) * images.shape[1], device=torch.device("cpu"))
    rows = [images.float()]
    for take in range(takes):
        batches = Batches(
            images, labels, batch_size=len(labels), normalise=whole, seed=seed + take, augmentation=kinds, order="fixed"
        )
        rows.append(next(batches.epoch())[0])
    drawn = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)  # [C, rows·h, count·w]
    if drawn.shape[0] == 1:
        drawn = drawn.expand(3, -1, -1)
    times = max(1, round(SIDE / images.shape[2]))
    pixels: Array = drawn[:3].clamp(0, 255).byte().permute(1, 2, 0).numpy()
    return np.ascontiguousarray(pixels.repeat(times, 0).repeat(times, 1))
