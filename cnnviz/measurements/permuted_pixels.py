"""Permuted pixels in the shipped networks: images, first-layer weights, feature maps, and one's own digit."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import nn

from cnnviz import capture, checkpoints, datasets, images
from cnnviz.measurements import permutation_proofs
from cnnviz.operations import permutation
from cnnviz.records import Array, TrainConfig
from cnnviz.records.permutation import Answers, FirstWeights, NoTrick, PermutedPictures, PixelOrder, TwoMaps
from cnnviz.records.proofs import Proof
from cnnviz.training import augmentation

NETWORKS = {"FC2Layer": "fc2layer", "CNN": "cnn"}
SEED = 0  # of the shipped networks' permutation
FOR_DATA = ("mnist", "digits")  # the first that is here
TOGETHER = 200  # test images in the CNN's proof


def dataset() -> str:
    """The data set at hand: MNIST, or scikit-learn's digits, which are always here."""
    return next(name for name in FOR_DATA if datasets.status(name).available)


def order(*, seed: int = SEED, share: float = 1.0, block: int = 1, size: tuple[int, int] = (28, 28)) -> PixelOrder:
    """The permutation that a TrainConfig with these fields names."""
    return permutation.describe(augmentation.pixel_order(seed, *size, share=share, block=block).numpy(), *size)


def ten(*, seed: int = SEED, share: float = 1.0, block: int = 1, fresh: bool = False) -> PermutedPictures:
    """The first test image of each class, permuted as training permutes them, and put back by the inverse."""
    data = datasets.load(dataset(), "test")
    labels = data.labels.numpy()
    chosen = np.array([int(np.flatnonzero(labels == label)[0]) for label in range(len(data.classes))])
    pictures = data.images[torch.from_numpy(chosen)]
    size = (pictures.shape[2], pictures.shape[3])
    config = TrainConfig(
        data.name, "cnn", permutation=seed, permutation_share=share, permutation_block=block, permutation_fresh=fresh
    )
    permuted = augmentation.permuted(pictures, config, split="test")[:, 0].numpy()
    orders = _orders(config, len(chosen), size) if fresh else (order(seed=seed, share=share, block=block, size=size),)
    every = orders if fresh else orders * len(chosen)
    restored = np.stack([permutation.apply(one, by.inverse) for one, by in zip(permuted, every, strict=True)])
    return PermutedPictures(pictures[:, 0].numpy(), permuted, restored, labels[chosen], orders, data.source)


def _orders(config: TrainConfig, count: int, size: tuple[int, int]) -> tuple[PixelOrder, ...]:
    """The orders behind `permutation_fresh`, read off an image whose pixels carry their places."""
    places = torch.arange(size[0] * size[1], dtype=torch.int32).view(1, 1, *size).repeat(count, 1, 1, 1)
    moved = augmentation.permuted(places, config, split="test")
    return tuple(permutation.describe(one.flatten().numpy(), *size) for one in moved)


def run_id(model: str, *, permuted: bool) -> str:
    """The shipped MNIST run of this network. Raises checkpoints.CheckpointError where it is not there."""
    for one in checkpoints.available():
        config = one.config
        if (config.dataset, config.model, config.permutation) == ("mnist", model, SEED if permuted else None):
            return one.run_id
    raise checkpoints.CheckpointError(f"the {model} trained on MNIST is not in checkpoints/; get it back from git")


def first_weights() -> FirstWeights:
    """FC2Layer's W₁ as eight images: of the normal network, of the permuted one, and the latter's un-permuted."""
    plain, permuted = (_first_layer(run_id("fc2layer", permuted=one)) for one in (False, True))
    restored = permutation.apply(permuted, order().inverse)
    alike = tuple(permutation.smoothness(item) for item in (plain, permuted, restored))
    return FirstWeights(plain, permuted, restored, (alike[0], alike[1], alike[2]))


def _first_layer(run: str) -> Array:
    layer = checkpoints.load(run).get_submodule("hidden1")
    assert isinstance(layer, nn.Linear)
    return layer.weight.detach().view(-1, 28, 28).numpy()


# --------------------------------------------------------------------------------------------- proofs
def moved_columns() -> tuple[Proof, Proof]:
    """On the ten images: W₁'s columns permuted like the pixels, and the inverse of the permutation."""
    x, by = _test_pictures(10), order()
    network = checkpoints.load(run_id("fc2layer", permuted=False))
    return permutation_proofs.moved_columns(network, x, by.order), permutation_proofs.undone(x, by.order, by.inverse)


def no_trick() -> NoTrick:
    """The same attempt with the CNN, on 200 test images."""
    network = checkpoints.load(run_id("cnn", permuted=False))
    return permutation_proofs.no_trick(network, _test_pictures(TOGETHER), order().order)


def _test_pictures(count: int) -> torch.Tensor:
    """[N, 1, 28, 28] float32 as the MNIST networks see them."""
    spec = checkpoints.spec(run_id("cnn", permuted=False))
    pictures = datasets.load(dataset(), "test").images[:count].float() / 255
    return (pictures - spec.mean[0]) / spec.std[0]


# --------------------------------------------------------------------------------------------- one image
def feature_maps(picture: Image.Image, *, layer: str = "relu1") -> TwoMaps:
    """A layer's maps of the image in the normal CNN, and of the permuted image in the CNN trained on such ones."""
    plain, permuted = (run_id("cnn", permuted=one) for one in (False, True))
    x = images.to_tensor(picture, checkpoints.spec(plain))
    moved = augmentation.permute_pixels(x, SEED)
    maps = [capture.layer(checkpoints.load(run), given, layer) for run, given in ((plain, x), (permuted, moved))]
    return TwoMaps(layer, maps[0], maps[1], (permutation.smoothness(maps[0]), permutation.smoothness(maps[1])))


def answers(picture: Image.Image) -> Answers:
    """An image made like MNIST's, plain and permuted, through the four shipped networks."""
    spec = checkpoints.spec(run_id("cnn", permuted=False))
    x = images.to_tensor(picture, spec)
    moved = augmentation.permute_pixels(x, SEED)
    rows: list[tuple[str, bool, bool]] = []
    said: list[Array] = []
    for title, model in NETWORKS.items():
        for trained in (False, True):
            network = checkpoints.load(run_id(model, permuted=trained))
            for shown in (False, True):
                logits = capture.logits(network, moved if shown else x).astype(np.float64)
                rows.append((title, trained, shown))
                said.append(np.exp(logits - np.logaddexp.reduce(logits)))
    pictures = [images.to_picture(item, spec)[:, :, 0] for item in (x, moved)]
    return Answers(pictures[0], pictures[1], tuple(rows), np.stack(said), spec.classes)
