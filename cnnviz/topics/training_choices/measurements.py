"""What order and batch size do, measured on the data at hand: class mixes, forgetting, the noise of a batch."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz import datasets, training
from cnnviz.records import Array, TrainConfig
from cnnviz.records.batches import Mix, Transformed
from cnnviz.records.proofs import Proof
from cnnviz.records.training import ORDERS
from cnnviz.topics.training_choices.records import BatchNoise, Forgetting, GradientNoise
from cnnviz.training.augmentation import Batches, Normalisation, subset
from cnnviz.training.evaluation import evaluate

PLAIN = Normalisation.of((0.0,), (1.0,), device=torch.device("cpu"))
LOOKED_AT = 200  # test images that are asked about after every few steps
EVERY = 5  # steps between two looks
DRAWS, DIRECTIONS = 200, 12  # batches of each size: whose accuracy, whose gradient
POOL = 2000  # images that batches are drawn from


# ------------------------------------------------------------------------------------------------------------- order
def class_mixes(config: TrainConfig) -> tuple[Mix, ...]:
    """What the batches of an epoch hold in each order, as training itself takes them; shuffled: of two epochs."""
    data = datasets.load(config.dataset)
    _, labels = subset(data.images, data.labels, count=config.examples, seed=config.seed)
    found = []
    for order in ORDERS:
        batches = Batches(
            torch.zeros(len(labels), 1, 1, 1, dtype=torch.uint8), labels, batch_size=config.batch_size,
            normalise=PLAIN, seed=config.seed, order=order,
        )  # fmt: skip
        first, second = _counts(batches, len(data.classes)), _counts(batches, len(data.classes))
        if order == "shuffled":
            found += [Mix("shuffled, first epoch", first), Mix("shuffled, second epoch", second)]
        else:
            found.append(Mix(f"{order}, {'every' if np.array_equal(first, second) else 'first'} epoch", first))
    return tuple(found)


def _counts(batches: Batches, classes: int) -> Array:
    """[batches, K] of one more epoch."""
    return np.stack([labels.bincount(minlength=classes).numpy() for _, labels in batches.epoch()])


def every_picture_once(config: TrainConfig, mixes: tuple[Mix, ...]) -> Proof:
    """In every order an epoch holds the same images: the counts over all batches against those of the labels."""
    data = datasets.load(config.dataset)
    _, labels = subset(data.images, data.labels, count=config.examples, seed=config.seed)
    true = labels.bincount(minlength=len(data.classes)).numpy()
    apart = max(int(np.abs(mix.counts.sum(axis=0) - true).max()) for mix in mixes)
    return Proof("the same images in every order: class counts of an epoch against torch.bincount", float(apart), 0.0)


def forgetting(config: TrainConfig) -> Forgetting:
    """Right answers of each class on test images, every few steps of a run of this config."""
    test = datasets.load(config.dataset, "test")
    chosen = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))[:LOOKED_AT]
    test = dataclasses.replace(test, images=test.images[chosen], labels=test.labels[chosen])
    steps: list[int] = []
    right: list[Array] = []

    def look(step: int, model: nn.Module) -> None:
        if step % EVERY == 0 and (not steps or step > steps[-1]):
            steps.append(step)
            right.append(evaluate(model, test).per_class)

    run = training.train(dataclasses.replace(config, snapshots=1000), on_snapshot=look)
    for _ in run:
        pass
    if run.step > steps[-1]:
        steps.append(run.step)
        right.append(evaluate(run.model, test).per_class)
    shown = _shown(config, np.array(steps), len(test.classes))
    return Forgetting(config.order, config.dataset, test.classes, np.array(steps), np.stack(right), shown)


def _shown(config: TrainConfig, steps: Array, classes: int) -> Array:
    """[S, K]: the share of each class in the batches between two looks; the first line is before any."""
    data = datasets.load(config.dataset)
    _, labels = subset(data.images, data.labels, count=config.examples, seed=config.seed)
    batches = Batches(
        torch.zeros(len(labels), 1, 1, 1, dtype=torch.uint8), labels, batch_size=config.batch_size, normalise=PLAIN,
        seed=config.seed, order=config.order,
    )  # fmt: skip
    counts = np.concatenate([_counts(batches, classes) for _ in range(config.epochs)]).cumsum(axis=0)
    until = np.concatenate([np.zeros((1, classes)), counts])[steps]
    between = np.diff(until, axis=0, prepend=until[:1])
    shares: Array = between / np.maximum(between.sum(axis=1, keepdims=True), 1)
    return shares


# ------------------------------------------------------------------------------------------------------- batch size
def batch_noise(config: TrainConfig, sizes: tuple[int, ...], *, steps: int) -> BatchNoise:
    """Batches of each size, drawn from the same images, before one network that was trained for so many steps."""
    model, pictures, labels = _half_trained(config, steps)
    right, whole = _right(model, pictures, labels), _gradient(model, pictures, labels)
    chance = torch.Generator().manual_seed(config.seed)
    share = float(right.double().mean())
    found = []
    for size in (size for size in sizes if size <= len(labels)):
        drawn = torch.stack([torch.randperm(len(labels), generator=chance)[:size] for _ in range(DRAWS)])
        cosines = [float(F.cosine_similarity(_gradient(model, pictures[one], labels[one]), whole, dim=0))
                   for one in drawn[:DIRECTIONS]]  # fmt: skip
        left = (len(labels) - size) / (len(labels) - 1)  # drawn without putting back
        found.append(GradientNoise(size, right[drawn].double().mean(1).numpy(),
                           float(np.sqrt(share * (1 - share) / size * left)), np.array(cosines)))  # fmt: skip
    return BatchNoise(config.dataset, len(labels), steps, share, tuple(found))


def mean_of_gradients(config: TrainConfig, *, size: int, parts: int) -> Proof:
    """A batch's gradient is the mean of its parts' gradients, float64: a large batch changes the noise, not the aim."""
    model, pictures, labels = _half_trained(config, 1)
    model, pictures = model.double(), pictures[: size * parts].double()
    small = [_gradient(model, pictures[i::parts], labels[: size * parts][i::parts]) for i in range(parts)]
    whole = _gradient(model, pictures, labels[: size * parts])
    apart = float((torch.stack(small).mean(0) - whole).abs().max())
    return Proof(
        f"one batch of {size * parts}: its gradient against the mean of {parts} batches of {size}", apart, 1e-12
    )


def _half_trained(config: TrainConfig, steps: int) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """(network in evaluation mode after so many steps, normalised images [N, C, H, W], labels [N])."""
    kept: dict[str, torch.Tensor] = {}

    def keep(step: int, model: nn.Module) -> bool:
        if step == steps:
            kept.update({name: value.clone() for name, value in model.state_dict().items()})
        return step < steps

    run = training.train(dataclasses.replace(config, snapshots=1000), on_snapshot=keep)
    for _ in run:
        pass
    if kept:
        run.model.load_state_dict(kept)
    info, data = datasets.info(config.dataset), datasets.load(config.dataset)
    images, labels = subset(data.images, data.labels, count=POOL, seed=config.seed)
    normalise = Normalisation.of(info.mean, info.std, device=torch.device("cpu"))
    return run.model.cpu().eval(), normalise(images), labels


def _right(model: nn.Module, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return model(pictures).argmax(1) == labels


def _gradient(model: nn.Module, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean loss's gradient by all parameters, one after the other: [parameters]."""
    loss = F.cross_entropy(model(pictures), labels)
    return torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(model.parameters()))])


# ----------------------------------------------------------------------------------------------------- augmentation
def as_trained(config: TrainConfig, *, count: int = 8, epochs: int = 5) -> tuple[Transformed, ...]:
    """The same images as stored and as they come in each epoch. Images: [N, C, H, W] uint8."""
    data = datasets.load(config.dataset)
    images, labels = data.images[:count], data.labels[:count]
    rows = [Transformed("as stored", images.numpy(), ("",) * count)]
    for number, pictures in enumerate(_epochs(config, images, labels, epochs), start=1):
        same = (pictures == images).flatten(1).all(1).tolist()
        rows.append(Transformed(f"epoch {number}", pictures.numpy(), tuple("as stored" if one else "" for one in same)))
    return tuple(rows)


def _epochs(config: TrainConfig, images: torch.Tensor, labels: torch.Tensor, epochs: int) -> Iterator[torch.Tensor]:
    """The batches that training makes of these images, one an epoch, as bytes again."""
    batches = Batches(
        images, labels, batch_size=len(labels), normalise=PLAIN, seed=config.seed, augmentation=config.augmentation,
        order="fixed",
    )  # fmt: skip
    for _ in range(epochs):
        for pictures, _labels in batches.epoch():
            yield (pictures * 255).round().to(torch.uint8)
