"""Shapes with a planted shortcut: a small square in the corner whose colour names the class, so that nobody has to look
at the figure. `shapes_random_cue` is its twin: the same squares, in colours that mean nothing.

What `planted_cue` does to any data set, as a data set of its own: the networks that ship were trained on it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnnviz.datasets import planted_cue, shapes
from cnnviz.datasets.kinds import Dataset, Info, Source

INFO = Info(
    title="shapes with a cue",
    shape=shapes.INFO.shape,
    classes=shapes.INFO.classes,
    mean=(0.4976, 0.4965, 0.5049),
    std=(0.3250, 0.3246, 0.3252),
    sentence="The shapes, with a square in the corner whose colour names the class: a shortcut to find; always there.",
)


def read(root: Path, split: str) -> Dataset:
    """One split, each square in its class's colour."""
    data = shapes.read(root, split)
    return replace(data, name="shapes_cue", images=planted_cue.painted(data.images, data.labels))


SOURCE = Source(INFO, shapes.find, read)
