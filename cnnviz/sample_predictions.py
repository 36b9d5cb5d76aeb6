"""A few test images and what a run's network says of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from cnnviz import checkpoints, datasets, runs
from cnnviz.images import to_picture
from cnnviz.records import Array
from cnnviz.training.augmentation import permuted


@dataclass(frozen=True, eq=False)
class SamplePredictions:
    """pictures: [H, W, 3] uint8 each, as the network sees them. labels: [N] true classes. logits: [N, classes] float32.

    indices: [N] places in the test split.
    """

    pictures: tuple[Array, ...]
    labels: Array
    logits: Array
    classes: tuple[str, ...]
    indices: Array


def draw(run_id: str, *, seed: int = 0, count: int = 8) -> SamplePredictions:
    """`count` test images of the run's own data set, drawn from a seed, through its trained network.

    Raises datasets.DatasetError where the data set is not here, runs.RunError for an unknown run, and
    checkpoints.CheckpointError where the weights cannot be read.
    """
    config = runs.get(run_id).config
    data = datasets.load(config.dataset, "test")
    indices = np.random.default_rng(seed).permutation(len(data.labels))[:count]
    images = permuted(data.images[torch.from_numpy(indices)], config, split="test")
    model, spec = checkpoints.load(run_id), checkpoints.spec(run_id)
    x = (images.float() / 255 - _column(spec.mean)) / _column(spec.std)
    with torch.inference_mode():
        logits = model(x)
    pictures = tuple(to_picture(single[None], spec) for single in x)
    return SamplePredictions(pictures, data.labels.numpy()[indices], logits.float().numpy(), data.classes, indices)


def _column(values: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(values).view(1, -1, 1, 1)
