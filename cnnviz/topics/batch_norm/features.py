"""Real features for a BatchNorm to stand on, and what PyTorch's own layer does with a batch of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz import checkpoints, datasets
from cnnviz.operations import OperationError
from cnnviz.records import Array
from cnnviz.topics.batch_norm import normalization

RUN = "digits-lenet5-d2a25f8f"
LAYER = "fc2"


@dataclass(frozen=True, eq=False)
class UnitFeatures:
    """values: [N, K] float64: what K units of `layer` say of N images of `dataset`, before their activation."""

    values: Array
    dataset: str
    network: str
    layer: str


@dataclass(frozen=True)
class Alone:
    """A batch of one through torch's layer. answer: what came back, or the library's own words where it refused.

    remedy: what cnnviz.operations says to it where it refuses too, else "".
    """

    shape: tuple[int, ...]
    mode: str
    works: bool
    answer: str
    remedy: str = ""


def features(split: str = "train") -> UnitFeatures:
    """The 84 units of LeNet-5's last hidden layer on scikit-learn's digits (1,437 of them for training).

    The layer has no BatchNorm of its own: this is where one would stand, between the sum and the ReLU.
    """
    model, spec, data = checkpoints.load(RUN), checkpoints.spec(RUN), datasets.load("digits", split)
    seen: list[torch.Tensor] = []
    handle = model.get_submodule(LAYER).register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    try:
        with torch.inference_mode():
            model((data.images.float() / 255 - spec.mean[0]) / spec.std[0])
    finally:
        handle.remove()
    return UnitFeatures(seen[0].double().numpy(), "digits", spec.title, LAYER)


def batch_of_one() -> tuple[Alone, ...]:
    """[1, K], one pixel a map, and whole maps, in training and eval mode: which work, and what comes back."""
    shapes = ((1, 4), (1, 4, 1, 1), (1, 4, 6, 6))
    return tuple(_alone(shape, mode) for shape in shapes for mode in ("train", "eval"))


def _alone(shape: tuple[int, ...], mode: str) -> Alone:
    kind = nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d
    layer = kind(shape[1], dtype=torch.float64).train(mode == "train")
    x = torch.from_numpy(np.random.default_rng(0).normal(2, 3, shape))
    try:
        with torch.no_grad():
            y = layer(x)
    except ValueError as error:
        return Alone(shape, mode, False, str(error), _remedy(x.numpy()))
    channels = y.transpose(0, 1).reshape(shape[1], -1)
    far = float(channels.mean(1).abs().max())
    used = "its own statistics" if mode == "train" else "the stored 0 and 1"
    words = f"normalised by {used}: channel means now up to {far:.2g} from 0".replace("e-", "e−")
    return Alone(shape, mode, True, words)


def _remedy(x: Array) -> str:
    """Our own operation's sentence for the same batch."""
    try:
        normalization.batch_norm(x)
    except OperationError as error:
        return str(error)
    return ""
