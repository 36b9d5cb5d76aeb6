"""What the page on data claims, computed a second way by PyTorch."""

from __future__ import annotations

import numpy as np
import torch

from cnnviz import datasets
from cnnviz.records.batches import Channels, Mix
from cnnviz.records.proofs import Proof
from cnnviz.training.augmentation import Normalisation

CHUNK = 200  # images at a time: they stay in the cache


def mean_and_deviation(data: datasets.Dataset, found: Channels) -> Proof:
    """Σx/N and √(Σx²/N − μ²) from exact whole sums over the pixels, chunk by chunk, against the counted ones."""
    depth = data.images.shape[1]
    sums, squares, count = torch.zeros(depth, dtype=torch.float64), torch.zeros(depth, dtype=torch.float64), 0
    for chunk in data.images.split(CHUNK):
        values = chunk.transpose(0, 1).flatten(1).double()  # whole numbers below 2⁵³: nothing is rounded
        sums, squares, count = sums + values.sum(1), squares + (values**2).sum(1), count + values.shape[1]
    mean = sums / count / 255
    std = (squares / count / 255**2 - mean**2).sqrt()
    apart = max(np.abs(mean.numpy() - found.mean).max(), np.abs(std.numpy() - found.std).max())
    return Proof("mean and deviation: sums over all pixels in torch against the counts", float(apart), 1e-9)


def normalised(data: datasets.Dataset) -> Proof:
    """(x/255 − mean)/std in float64 against the one multiplication and addition that training does, on 256 images."""
    info = datasets.info(data.name)
    images = data.images[:256]
    quick = Normalisation.of(info.mean, info.std, device=torch.device("cpu"))(images).double()
    mean, std = (torch.tensor(values, dtype=torch.float64).view(-1, 1, 1) for values in (info.mean, info.std))
    apart = float((quick - (images.double() / 255 - mean) / std).abs().max())
    return Proof(
        "normalised images: as training makes them (float32) against (x/255 − mean)/std (float64)", apart, 1e-5
    )


def every_picture_once(data: datasets.Dataset, mixes: tuple[Mix, ...]) -> Proof:
    """The class counts of all batches of an epoch add up to those of the data set, in every order."""
    true = torch.bincount(data.labels, minlength=len(data.classes)).numpy()
    apart = max(int(np.abs(mix.counts.sum(axis=0) - true).max()) for mix in mixes)
    return Proof(
        "every image once an epoch: the batches' class counts against torch.bincount of all", float(apart), 0.0
    )
