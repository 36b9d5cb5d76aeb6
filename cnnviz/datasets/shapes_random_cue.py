"""Shapes with a square in the corner whose colour is drawn for each image: the twin of `shapes_cue`, no shortcut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnnviz.datasets import planted_cue, shapes, shapes_cue
from cnnviz.datasets.kinds import Dataset, Source

INFO = replace(
    shapes_cue.INFO,
    title="shapes with a random cue",
    mean=(0.4976, 0.4964, 0.5049),
    sentence="The shapes, with a square in the corner whose colour is drawn, and says nothing; always there.",
)


def read(root: Path, split: str) -> Dataset:
    """One split, each square in a colour of the six that is drawn from a seed."""
    data = shapes.read(root, split)
    codes = planted_cue.drawn(len(data), len(data.classes), split)
    return replace(data, name="shapes_random_cue", images=planted_cue.painted(data.images, codes))


SOURCE = Source(INFO, shapes.find, read)
