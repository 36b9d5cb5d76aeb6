"""The tour of two minutes: eight stops on the network at hand, each with what it opens and where it points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnnviz.records import Activations, Layer

OFFER = "Tour, two minutes"


@dataclass(frozen=True)
class TourStop:
    """title, says: on the card. points: the key of what is framed. opens: which layer is opened; unit: a cell of it."""

    title: str
    says: str
    points: str
    opens: Callable[[Activations], Layer | None] | None = None
    unit: bool = False


def first(kind: str, operation: str = "") -> Callable[[Activations], Layer | None]:
    """The first layer of that kind, whose operation begins so; None where there is none."""
    return lambda recording: next((one for one in recording if _is(one, kind, operation)), None)


def last(kind: str) -> Callable[[Activations], Layer | None]:
    """The last layer of that kind; None where there is none."""
    return lambda recording: next((one for one in reversed(list(recording)) if _is(one, kind, "")), None)


def _is(layer: Layer, kind: str, operation: str) -> bool:
    return layer.kind == kind and layer.operation.startswith(operation)


STOPS = (
    TourStop(
        "The image",
        "On the left is what goes in: a grid of numbers. Draw on it: everything to its right changes at once.",
        "explore.sheet",
    ),
    TourStop(
        "A kernel",
        "One cell of the first convolution, opened: the patch it reads, the kernel's weights, and the sum of their "
        "products. The same weights are used at every place.",
        "explore.beside",
        first("convolution"),
        unit=True,
    ),
    TourStop(
        "ReLU",
        "Blue was below zero. ReLU makes all of it 0 and lets the rest through: without such a bend, many layers would "
        "be no more than one.",
        "explore.beside",
        first("activation"),
    ),
    TourStop(
        "Pooling",
        "Each window of cells becomes one: the map is smaller, and a stroke may move a little without changing much.",
        "explore.beside",
        first("pooling"),
    ),
    TourStop(
        "A layer",
        "A deeper layer, all its maps together. Each was made by a kernel of its own, which reads every map before it.",
        "explore.beside",
        last("convolution"),
    ),
    TourStop(
        "A unit",
        "The cell that stands out most, and why it has its value. The box on the image is all that it can see.",
        "explore.beside",
        last("convolution"),
        unit=True,
    ),
    TourStop(
        "Softmax",
        "At the end every class has a score, and softmax turns the scores into probabilities that sum to 1. Open "
        "this to see them all.",
        "explore.answer",
    ),
    TourStop(
        "Train it",
        "These weights were learned from labelled images. Train one of your own here: a small one takes seconds. After "
        "the tour, “Next” at the end of every page leads through the course.",
        "train.line",
    ),
)
