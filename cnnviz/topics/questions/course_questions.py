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
from cnnviz.experiments._words import signed
from cnnviz.measurements import pointwise
from cnnviz.records import Totals
from cnnviz.records.experiments import CellResult
from cnnviz.topics.questions.records import Answer, Number

CHOICES = "training_choices"  # a page by its address, as the menu has it
SHORT = ("net", "vgg_cifar")  # shipped networks on CIFAR-10, the smaller first


def all() -> tuple[Answer, ...]:
    """The eight answers, in the course's order. An experiment that has no result yet leaves a dash for its number."""
    return tuple(make() for make in QUESTIONS)


def shuffle() -> Answer:
    cell = experiments.results("shuffle").__getitem__
    kept = cell("fixed order").mean - cell("shuffled").mean
    return Answer(
        "What does shuffling do?",
        "Every step follows the gradient of one batch. Shuffled, a batch is a fair sample and its gradient "
        "points about "
        "where that of all pictures does; sorted by class, each batch pulls towards the class it shows, and what was "
        "learned before is overwritten. One mixed order that is kept for all epochs changes the result by "
        f"{_points(kept)} points.",
        (
            _accuracy("shuffled anew", cell("shuffled")),
            _accuracy("one order", cell("fixed order"), beside=cell("shuffled")),
            _accuracy("by class", cell("by class"), beside=cell("shuffled")),
        ),
        CHOICES, "The race of three orders", (("choices.part", "Order"),),
    )  # fmt: skip


def augmentation() -> Answer:
    cell = experiments.results("augmentations").__getitem__
    none, both = cell("none"), cell("both")
    return Answer(
        "What do RandomCrop and RandomHorizontalFlip do?",
        "Each time a picture comes up, it comes moved by a few pixels, or mirrored: the label stays, the "
        "pixels differ. "
        "The network sees the same picture less often as it was, so that it learns its training pictures "
        "less by heart: "
        f"training accuracy changes by {_points(_trained(both) - _trained(none))} points, test accuracy by "
        f"{_points(both.mean - none.mean)}.",
        (
            _accuracy("as they are", none),
            _accuracy("crops and flips", both, beside=none),
        ),
        CHOICES, "Train and test, with and without", (("choices.part", "Augmentation"),),
    )  # fmt: skip


def epoch_and_batch() -> Answer:
    found = experiments.results("batch_sizes")
    small, large = found.cells[0], found.cells[-1]
    pictures = small.cell.config.examples or 0
    return Answer(
        "What are an epoch and a batch?",
        f"A batch is what one step looks at; an epoch is once through all pictures. {pictures:,} pictures are "
        f"{_steps(small):,} steps of {small.cell.config.batch_size} or {_steps(large):,} of "
        f"{large.cell.config.batch_size}: after the same epoch at the same learning rate the small batches have taken "
        f"{_steps(small) / _steps(large):.0f} times as many steps, each with a noisier gradient.",
        (
            _accuracy(f"batches of {small.cell.config.batch_size}", small),
            _accuracy(f"batches of {large.cell.config.batch_size}", large, beside=small),
        ),
        CHOICES, "Four batch sizes over steps, pictures, seconds", (("choices.part", "Batch size"),),
    )  # fmt: skip


def one_by_one() -> Answer:
    random = np.random.default_rng(0)
    inputs, outputs = 64, 10
    found = pointwise.compare(
        "drawn from a seed",
        random.normal(size=(inputs, 8, 8)),
        random.normal(size=(outputs, inputs)),
        np.zeros(outputs),
    )
    return Answer(
        "Is a 1×1 convolution a fully connected layer?",
        f"Over the channels, at every pixel by itself, yes: the same {outputs} × {inputs} weights in both "
        "give the same "
        "numbers. Over the whole picture, no: no pixel reads its neighbour, and the layer takes a map of any size.",
        (Number("largest difference, float64", f"{found.difference:.1e}", f"{inputs} channels to {outputs}, 8 × 8"),),
        "convolution", "On a real layer's channels", (("convolution.part", "1 × 1 is linear"),),
    )  # fmt: skip


def residuals() -> Answer:
    cell = experiments.results("degradation").__getitem__
    plain, residual = cell("plain-56"), cell("ResNet-56")
    return Answer(
        "Why do residual connections help?",
        "A block adds what it computes to its input. To pass its input on, it only has to add nothing, and "
        "the gradient "
        "reaches early layers by the additions, without passing every convolution. Of the last training batches "
        f"fifty-six layers get {_percent(_trained(residual))} right with shortcuts, {_percent(_trained(plain))} "
        "without.",
        (
            _accuracy("plain-56", plain),
            _accuracy("ResNet-56", residual, beside=plain),
        ),
        "degradation", "Gradients and blocks of both, measured",
    )  # fmt: skip


def net_and_lenet() -> Answer:
    net, lenet = _totals("net"), _totals("lenet5")
    now, then = (experiments.results("lenet_then_and_now")[name] for name in ("ReLU, max", "tanh, average"))
    return Answer(
        "How does this net differ from LeNet?",
        "The plan is the same: two 5×5 convolutions, two poolings by 2, three linear layers. Net reads three colours "
        "of 32×32 instead of one of 28×28 that is padded, and it uses ReLU and max pooling where LeNet squashed and "
        f"averaged. In LeNet-5 on MNIST that exchange by itself is {_points(now.mean - then.mean)} points after two "
        "epochs.",
        (
            Number("parameters, Net", f"{net.parameters:,}", f"LeNet-5 {lenet.parameters:,}"),
            Number("multiply-adds, Net", f"{net.macs:,}", f"LeNet-5 {lenet.macs:,}"),
        ),
        "lenet_then_and_now", "LeNet with each piece exchanged",
    )  # fmt: skip


def shortcuts() -> Answer:
    cell = experiments.results("shortcuts").__getitem__
    padding, projection = cell("padding"), cell("1×1 convolution")
    shapes = [models.build("resnet20", shortcut=kind) for kind in ("padding", "projection")]
    fewer, more = (sum(item.numel() for item in model.parameters()) for model in shapes)
    return Answer(
        "How does a shortcut meet a smaller map?",
        "Where a stage halves the map and doubles the channels, the input no longer fits the sum. Either every second "
        "cell is taken and the new channels are zeros, which costs no parameter, or a 1×1 convolution with stride 2 "
        f"makes both fit: in ResNet-20 {more - fewer:,} parameters more, and {_points(projection.mean - padding.mean)} "
        "points in a short training.",
        (
            _accuracy("zeros", padding),
            _accuracy("1×1 convolution", projection, beside=padding),
        ),
        "degradation", "Both kinds, trained",
    )  # fmt: skip


def more_accuracy() -> Answer:
    small, large = (_shipped(name) for name in SHORT)
    flipped, plain = (experiments.results("augmentations")[name] for name in ("both", "none"))
    momentum, sgd = (experiments.results("optimizers")[name] for name in ("SGD, momentum 0.9", "SGD"))
    return Answer(
        "How can the accuracy be raised?",
        "By a network that suits the pictures first: on CIFAR-10 the shipped VGG with BatchNorm gets "
        f"{_points(large - small)} points more than Net. Then by what each choice brings, measured one at a time: "
        f"crops and flips {_points(flipped.mean - plain.mean)} where pictures are few, momentum "
        f"{_points(momentum.mean - sgd.mean)} in one epoch.",
        (
            Number("Net on CIFAR-10", _percent(small)),
            Number("VGG on CIFAR-10", _percent(large), f"{_points(large - small)} points"),
        ),
        "training_lab", "Train one yourself",
    )  # fmt: skip


QUESTIONS: tuple[Callable[[], Answer], ...] = (
    shuffle, augmentation, epoch_and_batch, one_by_one, residuals, net_and_lenet, shortcuts, more_accuracy,
)  # fmt: skip


# --------------------------------------------------------------------------------------------- numbers
def _accuracy(label: str, result: CellResult, *, beside: CellResult | None = None) -> Number:
    """Test accuracy, mean over the seeds, with its interval or its distance from another cell's."""
    if beside is not None and result.n and beside.n:
        return Number(label, _percent(result.mean), f"{_points(result.mean - beside.mean)} points")
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


def _points(difference: float) -> str:
    return "–" if math.isnan(difference) else signed(difference)


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"
