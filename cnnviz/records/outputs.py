"""What a network's output is of, how it is read, and what it then says."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array
from cnnviz.records.units import Score

# kind → what a network of that kind gives, as a sentence names it.
OUTPUTS = {
    "classes": "one of several classes: their logits, or the softmax of them",
    "labels": "labels that hold or not, each by itself: their logits, or the sigmoid of each",
    "numbers": "quantities (a regression)",
    "map": "a map over the image (a segmentation): [classes, H, W]",
    "boxes": "boxes on the image (a detection), with their labels and scores",
    "unread": "nothing that these pages read",
}


@dataclass(frozen=True)
class Box:
    """One box of a detection, in pixels of the network's input, half-open. score: in [0, 1], or None."""

    left: float
    top: float
    right: float
    bottom: float
    label: str
    score: float | None


@dataclass(frozen=True, eq=False)
class OutputReading:
    """How one output is read.

    kind: one of OUTPUTS. values: [K], or [K, H, W] of a map, as the network gave them; the whole output where nothing
    reads it. chances: of the same shape, float64 in [0, 1], for classes, labels and maps; None for the others.
    applied: "softmax", "log-softmax" or "sigmoid" where the network ends in one; "" where it gives logits.
    names: of the K outputs. scores: of classes and labels, the likeliest first. boxes: the surest first.
    said: how the output was read where that is not plain, and why nothing reads it. is_guessed: nobody said the kind.
    """

    kind: str
    values: Array
    names: tuple[str, ...] = ()
    chances: Array | None = None
    applied: str = ""
    scores: tuple[Score, ...] = ()
    boxes: tuple[Box, ...] = ()
    said: str = ""
    is_guessed: bool = True

    @property
    def ranks(self) -> bool:
        """Whether there are scores: of classes, or of labels."""
        return bool(self.scores)
