"""Shapes with a square in the corner whose colour is drawn for each image: the twin of `shapes_cue`, no shortcut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from cnnviz.datasets import shapes, shapes_cue
from cnnviz.datasets.kinds import Dataset, Source

SEEDS = {"train": 3, "test": 4}

INFO = replace(
    shapes_cue.INFO,
    title="shapes with a random cue",
    mean=(0.4976, 0.4964, 0.5049),
    sentence="The shapes, with a square in the corner whose colour is drawn, and says nothing; always there.",
)


def read(root: Path, split: str) -> Dataset:
    """One split, each square in a colour of the six that is drawn from a seed."""
    data = shapes.read(root, split)
    codes = np.random.RandomState(SEEDS[split]).randint(0, len(shapes_cue.COLOURS), len(data))
    images = shapes_cue.painted(data.images, torch.from_numpy(codes))
    return replace(data, name="shapes_random_cue", images=images)


SOURCE = Source(INFO, shapes.find, read)
