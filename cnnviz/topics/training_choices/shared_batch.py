"""One batch shared by several processes: each one's gradient, their average, and the whole batch's.

Every process has the whole network and a share of the batch. With L_r the mean loss over the n_r images of process r,
of R processes and B images, the loss of the whole batch is L = Σ_r n_r/B · L_r, so its gradient is the processes'
average (1/R) Σ_r, where each takes its loss R·n_r/B times: 1 where the shares are equal. That is how training here does
it (`training.process_group`). Batch normalisation breaks it: L_r then hangs on which images stand beside each other.
(Li et al. 2020, "PyTorch Distributed", https://arxiv.org/abs/2006.15704)
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cnnviz import datasets, models
from cnnviz.records.proofs import Proof
from cnnviz.topics.training_choices.records import SharedBatch
from cnnviz.training.augmentation import Normalisation, subset

DATASET, NETWORK, DEPTH = "digits", "deep_cnn", 2
IMAGES = 60  # of the batch: two to six processes get equal shares
LEAST = 2  # images of a process: batch normalisation needs them
STEPS = (1e-2, 1e-3, 1e-4, 1e-5)  # of a finite difference: a kink asks for a small one, rounding for a large one
ROUNDING = 1e-4  # of float32, relative to the largest gradient of a layer
Given = tuple[nn.Module, torch.Tensor, torch.Tensor]  # network, images [B, C, H, W] normalised, labels [B]


def shares(processes: int, *, uneven: bool, images: int = IMAGES) -> tuple[int, ...]:
    """How many images each process gets: as equal as can be, or fewer and fewer; two at the least."""
    if not uneven:
        return tuple(len(part) for part in np.array_split(np.arange(images), processes))
    rest = images - LEAST * processes
    weights = 2.0 ** -np.arange(processes)
    found = LEAST + np.floor(rest * weights / weights.sum()).astype(int)
    found[0] += images - found.sum()
    return tuple(int(one) for one in found)


def given(*, batch_norm: bool, seed: int) -> Given:
    """A small network at its start, in training mode, and a batch of digits."""
    info, data = datasets.info(DATASET), datasets.load(DATASET)
    images, labels = subset(data.images, data.labels, count=IMAGES, seed=seed)
    options = {"depth": DEPTH, "batch_norm": batch_norm}
    model = models.build(NETWORK, seed=seed, input_shape=info.shape, classes=len(info.classes), **options)
    normalise = Normalisation.of(info.mean, info.std, device=torch.device("cpu"))
    return model.train(), normalise(images), labels


def gradients(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, weight: float = 1.0) -> list[torch.Tensor]:
    """Of weight × the mean loss of these images, by each parameter; on a copy, as a process of its own has one."""
    own = copy.deepcopy(model)
    loss = weight * nn.functional.cross_entropy(own(images), labels)
    return list(torch.autograd.grad(loss, list(own.parameters())))


def measured(sizes: Sequence[int], *, batch_norm: bool, seed: int = 0) -> SharedBatch:
    """A batch in shares of these sizes. Raises ValueError where they are not the batch's images."""
    model, images, labels = given(batch_norm=batch_norm, seed=seed)
    if sum(sizes) != len(labels) or min(sizes) < LEAST:
        raise ValueError(f"the shares {list(sizes)} must be {len(labels)} images together, each {LEAST} or more")
    parts = list(zip(images.split(list(sizes)), labels.split(list(sizes)), strict=True))
    each = [gradients(model, *part) for part in parts]
    weighted = [
        gradients(model, *part, weight=len(sizes) * size / len(labels)) for part, size in zip(parts, sizes, strict=True)
    ]
    whole = gradients(model, images, labels)
    averaged, plain = _mean(weighted), _mean(each)
    return SharedBatch(
        sizes=tuple(sizes), batch_norm=batch_norm, parameters=sum(one.numel() for one in whole),
        parts=np.stack([_first(one) for one in each]), averaged=_first(averaged), whole=_first(whole),
        norms=tuple(_norm(one) for one in each), norm=_norm(whole),
        apart=_apart(averaged, whole), plain_apart=_apart(plain, whole), largest=_largest(averaged, whole),
    )  # fmt: skip


def downhill(*, batch_norm: bool, seed: int = 0) -> Proof:
    """(L(w + εg) − L(w − εg)) / 2ε is ‖g‖², for the whole batch's gradient g, in float64."""
    model, images, labels = given(batch_norm=batch_norm, seed=seed)
    model, images = model.double(), images.double()
    gradient = gradients(model, images, labels)
    expected = sum(float(one.square().sum()) for one in gradient)
    found = [_difference(model, images, labels, gradient, step) for step in STEPS]
    claim = f"‖g‖² = {expected:.5g} of the whole batch's gradient g: autograd against a finite difference along g"
    return Proof(claim, min(abs(one - expected) for one in found), 1e-5 * expected)


def equal(found: SharedBatch) -> Proof:
    """The average against the whole batch's gradient, which holds without batch normalisation."""
    claim = (
        f"all {found.parameters:,} gradients: {len(found.sizes)} processes' average against the whole batch's, "
        "relative to the largest of its layer"
    )
    return Proof(claim, found.largest, ROUNDING)


def _difference(
    model: nn.Module, images: torch.Tensor, labels: torch.Tensor, along: list[torch.Tensor], step: float
) -> float:  # fmt: skip
    losses = []
    for sign in (1, -1):
        moved = copy.deepcopy(model)
        with torch.no_grad():
            for parameter, way in zip(moved.parameters(), along, strict=True):
                parameter.add_(way, alpha=sign * step)
            losses.append(float(nn.functional.cross_entropy(moved(images), labels)))
    return (losses[0] - losses[1]) / (2 * step)


def _mean(each: Sequence[list[torch.Tensor]]) -> list[torch.Tensor]:
    """What an all-reduce gives every process: their sum, divided by their number."""
    return [functools.reduce(torch.add, same) / len(each) for same in zip(*each, strict=True)]


def _first(found: list[torch.Tensor]) -> np.ndarray:
    """[16, 3, 3]: of the first layer's kernels, whose input has one channel."""
    return found[0][:, 0].numpy()


def _norm(found: list[torch.Tensor]) -> float:
    return float(torch.stack([one.double().norm() for one in found]).norm())


def _apart(one: list[torch.Tensor], other: list[torch.Tensor]) -> float:
    return _norm([a - b for a, b in zip(one, other, strict=True)]) / _norm(other)


def _largest(one: list[torch.Tensor], other: list[torch.Tensor]) -> float:
    return max(float((a - b).abs().max() / b.abs().max()) for a, b in zip(one, other, strict=True) if b.any())
