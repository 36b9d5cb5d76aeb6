"""Digits that have moved, through the two shipped networks of equal size: one at every place, ten by an amount."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from cnnviz import anatomy, capture, checkpoints, datasets, images
from cnnviz.measurements.permuted_pixels import dataset, run_id
from cnnviz.records import Array, Spec
from cnnviz.topics.shifted_pictures.records import ShiftedDigits, ShiftGrid
from cnnviz.training import augmentation

NETWORKS = {"FC": "fc2layer", "CNN": "cnn"}  # 6,442 and 6,422 parameters
REACH = 8  # pixels in each direction
AMOUNTS = tuple(range(REACH + 1))


def grid(picture: Image.Image, *, reach: int = REACH) -> ShiftGrid:
    """An image made like MNIST's, moved to every place within reach, through both networks; black moves in."""
    spec = checkpoints.spec(run_id("cnn", permuted=False))
    x = images.to_tensor(picture, spec)
    seen = images.to_picture(x, spec)[:, :, 0]
    said = np.stack([_probabilities(network, everywhere(x, spec, reach=reach)) for network in _networks()])
    side = 2 * reach + 1
    return ShiftGrid(seen, reach, tuple(NETWORKS), said.reshape(len(said), side, side, -1), spec.classes)


def everywhere(x: torch.Tensor, spec: Spec, *, reach: int) -> torch.Tensor:
    """[1, C, H, W] normalised → [(2·reach + 1)², C, H, W]: from up left to down right, row by row."""
    height, width = x.shape[2:]
    ground = torch.tensor([-mean / deviation for mean, deviation in zip(spec.mean, spec.std, strict=True)])
    above = (x - ground.view(1, -1, 1, 1))[0]  # black is 0 here, which is what padding puts in
    windows = functional.pad(above, (reach,) * 4).unfold(1, height, 1).unfold(2, width, 1)
    moved = windows.flip(1, 2).permute(1, 2, 0, 3, 4).flatten(0, 1)  # a window further down shows the digit higher up
    return (moved + ground.view(1, -1, 1, 1)).contiguous()


def ten(amounts: tuple[int, ...] = AMOUNTS) -> ShiftedDigits:
    """The first test image of each class, moved as the experiment moves its test images."""
    data = datasets.load(dataset(), "test")
    labels = data.labels.numpy()
    chosen = [int(np.flatnonzero(labels == label)[0]) for label in range(len(data.classes))]
    pictures = torch.stack([augmentation.moved(data.images[chosen], by) for by in amounts])
    spec = checkpoints.spec(run_id("cnn", permuted=False))
    x = (pictures.flatten(0, 1).float() / 255 - spec.mean[0]) / spec.std[0]
    said = np.stack([_probabilities(network, x) for network in _networks()])
    said = said.reshape(len(said), len(amounts), len(chosen), -1)
    directions = tuple(augmentation.DIRECTIONS[i % len(augmentation.DIRECTIONS)] for i in range(len(chosen)))
    return ShiftedDigits(
        amounts, pictures[:, :, 0].numpy(), labels[chosen], directions, tuple(NETWORKS), said.argmax(-1),
        said.max(-1), spec.classes, data.source,
    )  # fmt: skip


def cells() -> list[tuple[str, int]]:
    """The CNN's maps whose cells lie more than a pixel apart in the image: the layer, and how many pixels."""
    spec = checkpoints.spec(run_id("cnn", permuted=False))
    rows = anatomy.inspect(checkpoints.load(run_id("cnn", permuted=False)), spec.input_shape)
    return [(row.name, row.receptive_field.stride) for row in rows if row.is_map and row.receptive_field.stride > 1]


def parameters() -> dict[str, int]:
    """How many each of the two has."""
    return {title: sum(one.numel() for one in network.parameters())
            for title, network in zip(NETWORKS, _networks(), strict=True)}  # fmt: skip


def _networks() -> list[nn.Module]:
    return [checkpoints.load(run_id(model, permuted=False)) for model in NETWORKS.values()]


def _probabilities(network: nn.Module, x: torch.Tensor) -> Array:
    """[N, classes] float32."""
    with capture.borrowed(network), torch.inference_mode():
        answers: Array = network(x).softmax(1).numpy()
    return answers
