"""How well a network does on images it was not trained on: loss, accuracy, the confusion matrix."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz import checkpoints, datasets, devices
from cnnviz.records import Array, TrainConfig
from cnnviz.training import interruption
from cnnviz.training.augmentation import Normalisation, as_tested
from cnnviz.training.interruption import NEVER, Asked, Interrupted

BATCH = 250  # images at a time: a wide net on a CPU answers a stop request between two batches


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A network against labelled images.

    confusion: [true class, predicted class] int64 counts.
    per_class: [classes] accuracy, NaN where a class has no image.
    predictions: [N] int64 in the data set's order, −1 for an image that was not reached before `until` returned True.
    probabilities: [N] float32, the softmax value of the predicted class. loss: mean cross-entropy, nats.
    """

    loss: float
    accuracy: float
    confusion: Array
    per_class: Array
    predictions: Array
    probabilities: Array
    classes: tuple[str, ...] = ()

    @property
    def examples(self) -> int:
        """Images that were looked at."""
        return int(self.confusion.sum())


def autocast(device: torch.device, precision: str) -> contextlib.AbstractContextManager[Any]:
    """Mixed precision where `precision` is "bfloat16"; nothing at all for "float32"."""
    if precision == "bfloat16":
        return torch.autocast(device.type, torch.bfloat16)
    return contextlib.nullcontext()


class Examination:
    """Test images on the device, for repeated evaluation.

    They are taken in one seeded order, so that the first ones of a folder sorted by class are already a fair sample.
    """

    def __init__(
        self,
        images: torch.Tensor,
        labels: torch.Tensor,
        *,
        normalise: Normalisation,
        classes: tuple[str, ...],
        precision: str = "float32",
        channels_last: bool = False,
    ) -> None:
        self.device = normalise.scale.device
        self.order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
        self.images = images[self.order].to(self.device)
        self.labels = labels[self.order].to(self.device)
        self.normalise, self.classes, self.precision = normalise, classes, precision
        self.layout = torch.channels_last if channels_last else torch.contiguous_format

    def of(self, model: nn.Module, *, until: Asked = NEVER, interrupt: Asked = NEVER, batch: int = BATCH) -> Evaluation:
        """All images, or those reached before `until` or `interrupt` said True. The model's mode comes back as it was.

        batch: images between two questions of `until`; `interrupt` is asked between two operations of the network.
        """
        answers: list[tuple[torch.Tensor, ...]] = []
        with contextlib.suppress(Interrupted), evaluating(model), torch.inference_mode():
            for one in self._answers(model, until, interrupt, batch):
                answers.append(one)
        if not answers:
            answers = [(torch.zeros(0), torch.zeros(0, dtype=torch.int64), torch.zeros(0))]
        losses, predicted, probability = (torch.cat(part).cpu() for part in zip(*answers, strict=True))
        return self._record(losses, predicted, probability)

    def outputs(self, model: nn.Module, count: int) -> torch.Tensor:
        """The network's outputs for the first `count` images: [count, classes] float32."""
        with evaluating(model), torch.inference_mode():
            return self._answer(model, slice(0, count))

    def pictures(self, count: int) -> torch.Tensor:
        """The first `count` images as the network gets them: normalised, [count, C, H, W]."""
        return self.normalise(self.images[:count]).to(memory_format=self.layout)

    def _answer(self, model: nn.Module, which: slice) -> torch.Tensor:
        pictures = self.normalise(self.images[which]).to(memory_format=self.layout)
        with autocast(self.device, self.precision):
            outputs = model(pictures)
        return outputs.float()

    def _answers(
        self, model: nn.Module, until: Asked, interrupt: Asked, batch: int
    ) -> Iterator[tuple[torch.Tensor, ...]]:
        for first in range(0, len(self.labels), batch):
            if until():
                return
            which = slice(first, first + batch)
            with interruption.asking(interrupt):
                outputs = self._answer(model, which)
            losses = F.cross_entropy(outputs, self.labels[which], reduction="none")
            probability, predicted = outputs.softmax(1).max(1)
            yield losses, predicted, probability

    def _record(self, losses: torch.Tensor, predicted: torch.Tensor, probability: torch.Tensor) -> Evaluation:
        seen, count = len(predicted), len(self.classes)
        labels = self.labels[:seen].cpu()
        confusion = torch.bincount(labels * count + predicted, minlength=count * count).view(count, count)
        predictions = torch.full((len(self.labels),), -1, dtype=torch.int64)
        probabilities = torch.zeros(len(self.labels))
        predictions[self.order[:seen]], probabilities[self.order[:seen]] = predicted, probability
        return Evaluation(
            loss=float(losses.double().mean()) if seen else float("nan"),
            accuracy=float((predicted == labels).double().mean()) if seen else float("nan"),
            confusion=_still(confusion.numpy()),
            per_class=_still((confusion.diagonal().double() / confusion.sum(1)).numpy()),
            predictions=_still(predictions.numpy()),
            probabilities=_still(probabilities.numpy()),
            classes=self.classes,
        )


def evaluate(model: nn.Module, dataset: datasets.Dataset, config: TrainConfig | None = None) -> Evaluation:
    """How `model` does on `dataset`: its images normalised, and permuted and moved where `config` says so.

    In float32, on the device where the model is. For a network that ends in log-softmax the loss is right as it is:
    log-softmax of log-probabilities gives them back unchanged.
    """
    parameter = next(model.parameters(), None)
    device = devices.torch_device() if parameter is None else parameter.device
    info = datasets.info(dataset.name)
    mean, std = (info.mean, info.std) if config is None else checkpoints.normalisation(config)
    images = dataset.images if config is None else as_tested(dataset.images, config)
    normalise = Normalisation.of(mean, std, device=device)
    layout = prefers_channels_last(model, device)
    pictures = Examination(images, dataset.labels, normalise=normalise, classes=dataset.classes, channels_last=layout)
    return pictures.of(model)


def prefers_channels_last(model: nn.Module, device: torch.device) -> bool:
    """Whether [N, H, W, C] in memory is faster: convolutions on a CPU or a CUDA GPU."""
    return device.type in ("cpu", "cuda") and any(isinstance(module, nn.Conv2d) for module in model.modules())


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode inside; every module's own mode again afterwards, also after an exception."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _still(values: Array) -> Array:
    values = np.asarray(values)
    values.flags.writeable = False
    return values
