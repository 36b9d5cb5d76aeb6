"""Steps whose losses and outputs are still on the device, and their numbers, read back together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch

from cnnviz.records import Step
from cnnviz.training.process_group import ProcessGroup


class PendingStep(NamedTuple):
    """A step whose numbers are still on the device. loss: [], the mean over this process's images; outputs:
    [B, classes]; labels: [B]; size: images of the whole batch; share: of them in this process (a weight: 0 if none)."""

    loss: torch.Tensor
    outputs: torch.Tensor
    labels: torch.Tensor
    size: int
    share: int
    lr: float
    clock: float
    probes: Mapping[str, Any]


def losses_and_accuracies(taken: list[PendingStep], group: ProcessGroup) -> tuple[list[float], list[float]]:
    """Mean loss and share of right answers of each step's whole batch, read back in one transfer."""
    if group.size == 1:
        return torch.stack([one.loss for one in taken]).tolist(), accuracies(taken)
    sums = torch.stack([
        torch.stack([one.loss.double() * one.share, _right(one).double() * (one.share > 0)]) for one in taken
    ])  # fmt: skip
    sizes = torch.tensor([one.size for one in taken], dtype=torch.float64, device=sums.device)
    means = group.summed(sums) / sizes[:, None]
    return means[:, 0].tolist(), means[:, 1].tolist()


def accuracies(taken: list[PendingStep]) -> list[float]:
    """The share of right answers of each step. All batches have one size, except an epoch's last one."""
    same = len(taken) if taken[-1].labels.shape == taken[0].labels.shape else len(taken) - 1
    result: list[float] = []
    for group in filter(None, (taken[:same], taken[same:])):
        outputs, labels = torch.stack([one.outputs for one in group]), torch.stack([one.labels for one in group])
        result += (outputs.argmax(2) == labels).float().mean(1).tolist()
    return result


def _right(step: PendingStep) -> torch.Tensor:
    return (step.outputs.argmax(1) == step.labels).sum()


class Means:
    """Loss and accuracy over the images of an epoch so far: means over its steps, weighted by batch size."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes, self._next = sizes, 0
        self._count = 0
        self._loss = self._right = 0.0

    def add(self, step: Step) -> None:
        """The next step of the epoch."""
        size = self._sizes[self._next]
        self._next += 1
        self._count += size
        self._loss += size * step.loss
        self._right += size * step.accuracy

    @property
    def loss(self) -> float:
        """Mean loss an image, nats; 0 before the first step."""
        return self._loss / max(self._count, 1)

    @property
    def accuracy(self) -> float:
        """Share of right answers, in [0, 1]; 0 before the first step."""
        return self._right / max(self._count, 1)

    def state(self) -> list[float]:
        """What `restore` goes on from."""
        return [self._next, self._count, self._loss, self._right]

    def restore(self, state: Sequence[float]) -> None:
        """Goes on from `state`'s values."""
        self._next, self._count, self._loss, self._right = int(state[0]), int(state[1]), state[2], state[3]
