"""The course's eight questions, answered shortly; every number is read from an experiment, a network or a proof.

for answer in course_questions.all():
    print(answer.question, answer.text, answer.numbers)
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from cnnviz import anatomy, checkpoints, experiments, models
from cnnviz.experiments.words import changed
from cnnviz.figures.numbers import number, percent
from cnnviz.measurements import pointwise
from cnnviz.records import Totals
from cnnviz.records.experiments import CellResult
from cnnviz.topics.questions import captions
from cnnviz.topics.questions.records import CourseAnswer, Number

CHOICES = "training_choices"  # a page by its address, as the menu has it
SHORT = ("net", "vgg_cifar")  # shipped networks on CIFAR-10, the smaller first


def all() -> tuple[CourseAnswer, ...]:
    """The eight answers, in the course's order. An experiment that has no result yet leaves a dash for its number."""
    return tuple(make() for make in QUESTIONS)


def shuffle() -> CourseAnswer:
    """Why the images are shuffled."""
    cell = experiments.results("shuffle").__getitem__
    kept = _points(cell("shuffled").mean, cell("fixed order").mean)
    return CourseAnswer(
        captions.SHUFFLE,
        captions.shuffle(kept),
        (
            _accuracy("shuffled anew", cell("shuffled")),
            _accuracy("one order", cell("fixed order"), beside=cell("shuffled")),
            _accuracy("by class", cell("by class"), beside=cell("shuffled")),
        ),
        CHOICES, captions.THREE_ORDERS, (("choices.part", "Order"),),
    )  # fmt: skip


def augmentation() -> CourseAnswer:
    """What augmentation brings."""
    cell = experiments.results("augmentations").__getitem__
    none, both = cell("none"), cell("both")
    return CourseAnswer(
        captions.AUGMENTATION,
        captions.augmentation(_points(_trained(none), _trained(both)), _points(none.mean, both.mean)),
        (
            _accuracy("as they are", none),
            _accuracy("crops and flips", both, beside=none),
        ),
        CHOICES, captions.WITH_AND_WITHOUT, (("choices.part", "Augmentation"),),
    )  # fmt: skip


def epoch_and_batch() -> CourseAnswer:
    """What an epoch and a batch are, and what the batch's size does."""
    found = experiments.results("batch_sizes")
    small, large = found.cells[0], found.cells[-1]
    images = small.cell.config.examples or 0
    return CourseAnswer(
        captions.EPOCH_AND_BATCH,
        captions.epoch_and_batch(
            images, (_steps(small), small.cell.config.batch_size), (_steps(large), large.cell.config.batch_size)
        ),
        (
            _accuracy(f"batches of {small.cell.config.batch_size}", small),
            _accuracy(f"batches of {large.cell.config.batch_size}", large, beside=small),
        ),
        CHOICES, captions.FOUR_BATCH_SIZES, (("choices.part", "Batch size"),),
    )  # fmt: skip


def one_by_one() -> CourseAnswer:
    """What a 1×1 convolution is for."""
    random = np.random.default_rng(0)
    inputs, outputs = 64, 10
    found = pointwise.compare(
        "drawn from a seed",
        random.normal(size=(inputs, 8, 8)),
        random.normal(size=(outputs, inputs)),
        np.zeros(outputs),
    )
    return CourseAnswer(
        captions.ONE_BY_ONE,
        captions.one_by_one(inputs, outputs),
        (Number("largest difference, float64", number(found.difference), f"{inputs} channels to {outputs}, 8 × 8"),),
        "convolution", captions.REAL_CHANNELS, (("convolution.part", "1 × 1 is linear"),),
    )  # fmt: skip


def residuals() -> CourseAnswer:
    """Why residual blocks help."""
    cell = experiments.results("degradation").__getitem__
    plain, residual = cell("plain-56"), cell("ResNet-56")
    return CourseAnswer(
        captions.RESIDUALS,
        captions.residuals(56, _percent(_trained(residual)), _percent(_trained(plain))),
        (
            _accuracy("plain-56", plain),
            _accuracy("ResNet-56", residual, beside=plain),
        ),
        "degradation", captions.GRADIENTS_AND_BLOCKS,
    )  # fmt: skip


def net_and_lenet() -> CourseAnswer:
    """How `Net` differs from LeNet-5."""
    net, lenet = _totals("net"), _totals("lenet5")
    now, then = (experiments.results("lenet_then_and_now")[name] for name in ("ReLU, max", "tanh, average"))
    return CourseAnswer(
        captions.NET_AND_LENET,
        captions.net_and_lenet(_points(then.mean, now.mean)),
        (
            Number("parameters, Net", f"{net.parameters:,}", captions.beside("LeNet-5", f"{lenet.parameters:,}")),
            Number("multiply-adds, Net", f"{net.macs:,}", captions.beside("LeNet-5", f"{lenet.macs:,}")),
        ),
        "lenet_then_and_now", captions.EACH_PIECE,
    )  # fmt: skip


def shortcuts() -> CourseAnswer:
    """How a shortcut meets a smaller map."""
    cell = experiments.results("shortcuts").__getitem__
    padding, projection = cell("padding"), cell("1×1 convolution")
    shapes = [models.build("resnet20", shortcut=kind) for kind in ("padding", "projection")]
    fewer, more = (sum(item.numel() for item in model.parameters()) for model in shapes)
    return CourseAnswer(
        captions.SHORTCUTS,
        captions.shortcuts(more - fewer, _points(padding.mean, projection.mean)),
        (
            _accuracy("zeros", padding),
            _accuracy("1×1 convolution", projection, beside=padding),
        ),
        "degradation", captions.BOTH_KINDS,
    )  # fmt: skip


def more_accuracy() -> CourseAnswer:
    """What makes a network more accurate."""
    small, large = (_shipped(name) for name in SHORT)
    flipped, plain = (experiments.results("augmentations")[name] for name in ("both", "none"))
    momentum, sgd = (experiments.results("optimizers")[name] for name in ("SGD, momentum 0.9", "SGD"))
    return CourseAnswer(
        captions.MORE_ACCURACY,
        captions.more_accuracy(
            _points(small, large), _points(plain.mean, flipped.mean), _points(sgd.mean, momentum.mean)
        ),
        (
            Number("Net on CIFAR-10", _percent(small)),
            Number("VGG on CIFAR-10", _percent(large), captions.points(_points(small, large))),
        ),
        "training_lab", captions.TRAIN_ONE,
    )  # fmt: skip


QUESTIONS: tuple[Callable[[], CourseAnswer], ...] = (
    shuffle, augmentation, epoch_and_batch, one_by_one, residuals, net_and_lenet, shortcuts, more_accuracy,
)  # fmt: skip


# --------------------------------------------------------------------------------------------- numbers
def _accuracy(label: str, result: CellResult, *, beside: CellResult | None = None) -> Number:
    """Test accuracy, mean over the seeds, with its interval or its distance from another cell's."""
    if beside is not None and result.n and beside.n:
        return Number(label, _percent(result.mean), captions.points(_points(beside.mean, result.mean)))
    interval = "" if math.isnan(result.interval) else f"± {result.interval * 100:.1f}"
    return Number(label, _percent(result.mean), f"{interval} (n = {result.n})".strip())


def _trained(result: CellResult) -> float:
    """The share of right answers in the last tenth of a run's training batches, mean over the seeds."""
    steps, accuracy = result.curve("accuracy")
    if not len(steps):
        return math.nan
    late = steps > 0.9 * steps[-1]
    return float(accuracy[late].mean())


def _steps(result: CellResult) -> int:
    config = result.cell.config
    return math.ceil((config.examples or 0) / config.batch_size)


def _shipped(model: str) -> float:
    """Test accuracy of the shipped run of this network on CIFAR-10; NaN where there is none."""
    found = (
        one.test_accuracy
        for one in checkpoints.available()
        if one.shipped and one.config.model == model and one.config.dataset == "cifar10"
    )
    return next((value for value in found if value is not None), math.nan)


@functools.cache
def _totals(model: str) -> Totals:
    return anatomy.totals(models.build(model), models.spec(model).input_shape)


def _points(before: float, after: float) -> str:
    return "–" if math.isnan(before) or math.isnan(after) else changed(before, after)


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else percent(value)
