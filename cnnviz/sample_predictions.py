"""Test images and what a run's network says of each: a few with their images, or as many as a moment allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from cnnviz import checkpoints, datasets, runs
from cnnviz.images import to_picture
from cnnviz.records import Array
from cnnviz.training.augmentation import as_tested, permuted, subset

AT_A_TIME = 250  # images in one batch, so that a wide network's values stay small


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
    return at(run_id, drawn(run_id, seed=seed, count=count))


def drawn(run_id: str, *, seed: int = 0, count: int = 8) -> Array:
    """Places of so many test images, each at most once, drawn from a seed. int64 [count], or of all that there are."""
    data = datasets.load(runs.get(run_id).config.dataset, "test")
    return np.random.default_rng(seed).permutation(len(data.labels))[:count]


def at(run_id: str, indices: Array, *, pictures: bool = True) -> SamplePredictions:
    """The test images at these places [N] through the trained network; raises as `draw`. pictures: theirs as well."""
    config = runs.get(run_id).config
    data = datasets.load(config.dataset, "test")
    model, spec = checkpoints.load(run_id), checkpoints.spec(run_id)
    images = as_tested(data.images, config)  # all, since where an image stands may decide how it is changed
    logits, shown = [], []
    for first in range(0, len(indices), AT_A_TIME):
        part = images[torch.from_numpy(indices[first : first + AT_A_TIME])]
        x = (part.float() / 255 - _column(spec.mean)) / _column(spec.std)
        with torch.inference_mode():
            logits.append(model(x).float().numpy())
        shown += [to_picture(single[None], spec) for single in x] if pictures else []
    outputs = np.concatenate(logits) if logits else np.empty((0, len(data.classes)), np.float32)
    return SamplePredictions(tuple(shown), data.labels.numpy()[indices], outputs, data.classes, indices)


def on_training(run_id: str, *, count: int = 2000) -> tuple[int, int]:
    """How many of so many training images the trained network recognises, and how many these are.

    They are the first of those that the run trained on, as they are: without augmentation, dropout off. What a run says
    of its batches while it trains is with both on, and of weights that still change. Raises as `draw`.
    """
    config = runs.get(run_id).config
    data = datasets.load(config.dataset, "train")
    images, labels = subset(data.images, data.labels, count=config.examples, seed=config.seed)
    images, labels = permuted(images, config)[:count], labels[:count]
    model, spec, right = checkpoints.load(run_id), checkpoints.spec(run_id), 0
    for first in range(0, len(labels), AT_A_TIME):
        x = (images[first : first + AT_A_TIME].float() / 255 - _column(spec.mean)) / _column(spec.std)
        with torch.inference_mode():
            right += int((model(x).argmax(1) == labels[first : first + AT_A_TIME]).sum())
    return right, len(labels)


def _column(values: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(values).view(1, -1, 1, 1)
