"""Steps whose losses and outputs are still on the device, and their numbers, read back together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch

from cnnviz.records import Step


class PendingStep(NamedTuple):
    """A step whose numbers are still on the device. loss: []; outputs: [B, classes]; labels: [B]."""

    loss: torch.Tensor
    outputs: torch.Tensor
    labels: torch.Tensor
    size: int
    lr: float
    clock: float
    probes: Mapping[str, Any]


def accuracies(taken: list[PendingStep]) -> list[float]:
    """The share of right answers of each step. All batches have one size, except an epoch's last one."""
    same = len(taken) if taken[-1].labels.shape == taken[0].labels.shape else len(taken) - 1
    result: list[float] = []
    for group in filter(None, (taken[:same], taken[same:])):
        outputs, labels = torch.stack([one.outputs for one in group]), torch.stack([one.labels for one in group])
        result += (outputs.argmax(2) == labels).float().mean(1).tolist()
    return result


class Means:
    """Loss and accuracy over the images of an epoch so far: means over its steps, weighted by batch size."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self._sizes = iter(sizes)
        self._count = 0
        self._loss = self._right = 0.0

    def add(self, step: Step) -> None:
        """The next step of the epoch."""
        size = next(self._sizes)
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
