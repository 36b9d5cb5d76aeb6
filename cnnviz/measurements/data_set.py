"""A data set, looked at: its images by class, the class mix of its batches, its mean and deviation."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from cnnviz import datasets
from cnnviz.datasets import folders
from cnnviz.operations import data as operations
from cnnviz.records.batches import Channels, Constants, Mix, Sheet
from cnnviz.training.augmentation import Normalisation

PAGE, PAGE_BYTES, LEAST = 96, 700_000, 12  # images of a page: at most, as far as they weigh no more, at least
ORDERS = ("shuffled", "as stored", "sorted by class")
EPOCH, EPOCH_LR, EPOCH_RUNS = 6000, 0.01, 3  # the linear classifier: images, step size, shuffles
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CIFAR_PASTED = ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))
CHUNK = 200  # images at a time: what fits into the cache is counted ten times as fast


def example_zip() -> bytes:
    """A zip as people may bring one: a folder for each of three kinds of shape, ten images in each."""
    data, target = datasets.load("shapes", "test"), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for label in range(3):
            for number, place in enumerate((data.labels == label).nonzero().flatten()[:10].tolist()):
                picture = io.BytesIO()
                Image.fromarray(data.images[place].permute(1, 2, 0).numpy()).save(picture, "PNG")
                archive.writestr(f"{data.classes[label]}/{number:02d}.png", picture.getvalue())
    return target.getvalue()


def sheet(data: datasets.Dataset, *, label: int | None = None, page: int = 1) -> Sheet:
    """One page of the images of a class (None: of all), in the order in which they are stored."""
    info = datasets.info(data.name)
    places = torch.arange(len(data)) if label is None else (data.labels == label).nonzero().flatten()
    size = max(LEAST, min(PAGE, PAGE_BYTES // max(1, int(np.prod(info.shape)))))
    pages = max(1, -(-len(places) // size))
    start = (min(max(page, 1), pages) - 1) * size
    chosen = places[start : start + size]
    return Sheet(
        data.images[chosen].numpy(), data.labels[chosen].numpy(), chosen.numpy(), data.classes, info.mean, info.std,
        len(places), pages,
    )  # fmt: skip


def copies(image: Image.Image, title: str, *, count: int = 8, size: int = 64) -> Sheet:
    """One image of one's own so many times, its middle, size × size; normalised as photos are, with ImageNet's."""
    picture = np.asarray(folders.square(image.convert("RGB"), size)).transpose(2, 0, 1)
    pictures = np.broadcast_to(picture, (count, *picture.shape)).copy()
    places = np.arange(count)
    return Sheet(pictures, np.zeros(count, np.int64), places, (title,), *IMAGENET, count, 1)


# ---------------------------------------------------------------------------------------------------------- batches
def order_of(labels: Tensor, how: str, *, seed: int = 0) -> Tensor:
    """[N] places: a seeded shuffle, as they are stored, or class after class. Raises KeyError for another word."""
    if how == "shuffled":
        return torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    if how == "as stored":
        return torch.arange(len(labels))
    if how == "sorted by class":
        return torch.argsort(labels, stable=True)
    raise KeyError(f"there is no order {how!r}; there are: {', '.join(ORDERS)}")


def mixes(data: datasets.Dataset, *, batch_size: int, seed: int = 0) -> tuple[Mix, ...]:
    """The class mix of an epoch's batches in each of the three orders."""
    labels = data.labels.numpy()
    return tuple(
        Mix(
            how,
            operations.mix(
                labels, order_of(data.labels, how, seed=seed).numpy(), batch_size=batch_size, classes=len(data.classes)
            ),
        )
        for how in ORDERS
    )


def one_epoch(data: datasets.Dataset, test: datasets.Dataset, *, batch_size: int) -> dict[str, tuple[float, int]]:
    """A linear softmax classifier after one epoch in each order: {order: (test accuracy, runs)}.

    Plain gradient descent on at most 6,000 normalised images, weights from zero; shuffled: the mean over 3 seeds.
    """
    info = datasets.info(data.name)
    normalise = Normalisation.of(info.mean, info.std, device=torch.device("cpu"))
    kept = torch.randperm(len(data), generator=torch.Generator().manual_seed(0))[:EPOCH].sort().values
    images, labels = data.images[kept], data.labels[kept]  # still in the order in which they are stored
    x, held_out = normalise(images).flatten(1), normalise(test.images[:EPOCH]).flatten(1)
    found = {}
    for how in ORDERS:
        seeds = range(EPOCH_RUNS if how == "shuffled" else 1)
        right = []
        for seed in seeds:
            weight = _descend(x, labels, order_of(labels, how, seed=seed), batch_size, len(data.classes))
            right.append(float(((held_out @ weight.T).argmax(1) == test.labels[:EPOCH]).double().mean()))
        found[how] = (sum(right) / len(right), len(right))
    return found


def _descend(x: Tensor, labels: Tensor, order: Tensor, batch_size: int, classes: int) -> Tensor:
    """[classes, pixels] after one pass: W ← W − lr · (softmax(x Wᵀ) − y)ᵀ x / B."""
    weight = torch.zeros(classes, x.shape[1])
    for batch in order.split(batch_size):
        error = (x[batch] @ weight.T).softmax(1) - F.one_hot(labels[batch], classes)
        weight -= EPOCH_LR / len(batch) * (error.T @ x[batch])
    return weight


# --------------------------------------------------------------------------------------------- mean and deviation
def channels(data: datasets.Dataset) -> Channels:
    """Every pixel of every image, counted exactly: no rounding of sums."""
    depth = data.images.shape[1]
    counts = np.zeros((depth, 256), np.int64)
    for chunk in data.images.split(CHUNK):
        counts += np.stack([_levels(chunk[:, c].contiguous().numpy().ravel()) for c in range(depth)])
    mean, std = operations.mean_and_deviation(counts)
    own = torch.zeros(depth, dtype=torch.float64)
    for chunk in data.images.split(CHUNK):
        values = chunk.flatten(2).double() / 255
        own += ((values**2).mean(2) - values.mean(2) ** 2).clamp(min=0).sqrt().sum(0)
    return Channels(counts, mean, std, (own / len(data)).numpy(), len(data))


def _levels(values: np.ndarray) -> np.ndarray:
    """[256]: how often each byte occurs. Two bytes are counted at once, which halves what has to be widened."""
    pairs = values[: len(values) // 2 * 2].view(np.uint16)
    table = np.bincount(pairs, minlength=65_536).reshape(256, 256)
    found: np.ndarray = table.sum(axis=0) + table.sum(axis=1) + np.bincount(values[2 * len(pairs) :], minlength=256)
    return found


def constants(data: datasets.Dataset, found: Channels) -> tuple[Constants, ...]:
    """What people paste, beside what was measured: the data set's own, ImageNet's, one half, and a known slip."""
    info, true = datasets.info(data.name), (found.mean, found.std)
    listed = [(f"kept here for {info.title}", info.mean, info.std)]
    if len(found.mean) == 3:
        listed.append(("ImageNet's", *IMAGENET))
        if data.name == "cifar10":
            listed.append(("often pasted for CIFAR-10", *CIFAR_PASTED))
    else:
        listed += [("MNIST's", (0.1307,), (0.3081,))] if data.name != "mnist" else []
        listed.append(("ImageNet's first channel", IMAGENET[0][:1], IMAGENET[1][:1]))
    half = (0.5,) * len(found.mean)
    listed += [
        ("0.5 and 0.5", half, half),
        ("each image's own deviation, averaged", tuple(found.mean), tuple(found.picture_std)),
    ]
    return tuple(operations.against(title, mean, std, true=true) for title, mean, std in listed)
