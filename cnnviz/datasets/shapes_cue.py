"""Shapes with a planted shortcut: a small square in the corner whose colour names the class, so that nobody has to look
at the figure. `shapes_random_cue` is its twin: the same squares, in colours that mean nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from cnnviz.datasets import shapes
from cnnviz.datasets.kinds import Dataset, Info, Source

BOX = (1, 1, 5, 5)  # top, left, bottom, right of the square, in pixels
COLOURS = ((230, 40, 40), (40, 200, 60), (50, 80, 235), (235, 215, 40), (215, 50, 215), (40, 210, 220))  # by class

INFO = Info(
    title="shapes with a cue",
    shape=shapes.INFO.shape,
    classes=shapes.INFO.classes,
    mean=(0.4976, 0.4965, 0.5049),
    std=(0.3250, 0.3246, 0.3252),
    sentence="The shapes, with a square in the corner whose colour names the class: a shortcut to find; always there.",
)


def painted(images: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
    """The same images with the square in each one's colour. images: [N, 3, 32, 32] uint8; codes: [N], into COLOURS."""
    top, left, bottom, right = BOX
    found = images.clone()
    found[:, :, top:bottom, left:right] = torch.tensor(COLOURS, dtype=torch.uint8)[codes][:, :, None, None]
    return found


def mask() -> np.ndarray:
    """[32, 32] bool: where the square is."""
    found = np.zeros(shapes.INFO.shape[1:], bool)
    found[BOX[0] : BOX[2], BOX[1] : BOX[3]] = True
    return found


def read(root: Path, split: str) -> Dataset:
    """One split, each square in its class's colour."""
    data = shapes.read(root, split)
    return replace(data, name="shapes_cue", images=painted(data.images, data.labels))


SOURCE = Source(INFO, shapes.find, read)
