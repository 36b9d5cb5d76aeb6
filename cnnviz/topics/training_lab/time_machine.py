"""A run's snapshots, each looked into: what a watched run shows live, at every moment that was kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz import checkpoints, datasets, runs
from cnnviz.records import Array, Finished
from cnnviz.records.inside import Inside
from cnnviz.training import inside
from cnnviz.training.augmentation import Normalisation, as_tested, permuted, subset

FRAMES = 16  # of at most so many snapshots, spread evenly
LOOKED_AT = 128  # images for dead units: the one at hand and test images
SLOPES = 128  # training images for gradients
TESTED = 500  # test images for the confusion matrix


def frames(run_id: str, picture: Array | None) -> tuple[Inside, ...]:
    """A look inside each snapshot and the last weights, in the order of their steps.

    picture: [C, H, W] float32, normalised: whose maps and scores are shown; None: a test image's. Where the data set
    is not on this computer, what needs its images is left out: gradients, dead units, the confusion matrix. Raises
    checkpoints.CheckpointError, datasets.DatasetError, runs.RunError or KeyError where something is not here.
    """
    run = runs.get(run_id)
    found = checkpoints.find(run_id)
    steps: list[int | None] = list(_spread(found.snapshots))
    if found.finished:
        steps.append(None)
    here = datasets.status(run.config.dataset).available
    images = _images(run, picture) if picture is None or here else _alone(run, picture)
    last = _last(run)
    return tuple(
        _frame(checkpoints.load(run_id, step=step), images, last if step is None else step) for step in steps
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Images:
    """shown: the image at hand and test images [1 + N, C, H, W]; labels [N]; slopes, answers: training images."""

    shown: torch.Tensor
    labels: torch.Tensor
    slopes: torch.Tensor
    answers: torch.Tensor


def _frame(model: nn.Module, images: _Images, step: int) -> Inside:
    if not len(images.labels):
        found = inside.of(model, images.shown, step=step, gradients={})
        unknown = np.full(len(found.activations), np.nan, np.float32)
        return dataclasses.replace(found, dead=unknown, saturated=unknown)
    gradients = inside.gradients_of(model, images.slopes, images.answers)
    confusion = _confusion(model, images.shown[1:], images.labels)
    told = images.shown[1:], images.labels
    return inside.of(
        model, images.shown[:LOOKED_AT], step=step, gradients=gradients, told=told, confusion=confusion
    )  # fmt: skip


def _spread(steps: tuple[int, ...]) -> tuple[int, ...]:
    if len(steps) <= FRAMES:
        return steps
    return tuple(steps[round(place)] for place in np.linspace(0, len(steps) - 1, FRAMES))


def _last(run: runs.Run) -> int:
    ended = next((event for event in reversed(run.events()) if isinstance(event, Finished)), None)
    return ended.step if ended is not None else run.status().step


def _images(run: runs.Run, picture: Array | None) -> _Images:
    """As the network sees them: normalised, permuted and moved as the config says."""
    config = run.config
    mean, std = checkpoints.normalisation(config)
    normalise = Normalisation.of(mean, std, device=torch.device("cpu"))
    tested, trained = (datasets.load(config.dataset, split=split) for split in ("test", "train"))
    places = torch.randperm(len(tested.labels), generator=torch.Generator().manual_seed(0))[:TESTED]
    images = normalise(as_tested(tested.images, config)[places])
    first = images[:1] if picture is None else permuted(torch.from_numpy(picture)[None], config, split="test")
    shown, answers = subset(trained.images, trained.labels, count=SLOPES, seed=config.seed)
    slopes = normalise(permuted(shown, config))
    return _Images(torch.cat([first.to(images), images]), tested.labels[places], slopes, answers)


def _alone(run: runs.Run, picture: Array) -> _Images:
    """The image at hand, and nothing of the data set."""
    shown = permuted(torch.from_numpy(picture)[None], run.config, split="test")
    none = torch.zeros(0, dtype=torch.int64)
    return _Images(shown, none, shown[:0], none)


def _confusion(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Array:
    with torch.inference_mode():
        outputs = torch.cat([model(part) for part in images.split(250)])
    count = outputs.shape[1]
    return torch.bincount(labels * count + outputs.argmax(1), minlength=count * count).view(count, count).numpy()
