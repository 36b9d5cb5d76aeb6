"""A confusion matrix whose cells can be clicked: which class is taken for which, as counts for the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.training_lab import captions
from cnnviz.topics.training_lab.confusion_figures import table_of

MOST = 20  # classes whose cells are large enough for a finger


class ConfusionHeader(TypedDict):
    """counts: [true class][class that the network says]. words: by their places."""

    classes: list[str]
    counts: list[list[int]]
    words: dict[str, str]


class ConfusionPacket(ConfusionHeader, Sealed):
    """With its digest."""


def packet(counts: Sequence[Sequence[int]] | Array, classes: Sequence[str]) -> ConfusionPacket:
    """counts: [K, K], rows true. Raises ValueError where they are not a confusion matrix of these classes."""
    table = table_of(counts)
    if len(table) != len(classes):
        raise ValueError(f"a confusion matrix of {len(table)} classes with {len(classes)} names; each class needs one")
    header: ConfusionHeader = {
        "classes": list(classes), "counts": table.tolist(), "words": captions.CONFUSION_WORDS,
    }  # fmt: skip
    return {**header, "digest": digest(header)}
