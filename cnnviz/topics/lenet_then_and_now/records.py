"""LeNet-5 then and now: its stages side by side, what was drawn by hand, and one image under another choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Shape = tuple[int, ...]


@dataclass(frozen=True)
class StagePair:
    """The same step in both networks: its module's name, output shape and number of parameters."""

    then: str
    then_shape: Shape
    then_parameters: int
    now: str
    now_shape: Shape
    now_parameters: int


@dataclass(frozen=True, eq=False)
class Lenets:
    """Both networks. published: the paper's count of trainable parameters.

    connections: [6, 16] bool, which map of S2 (row) each map of C3 (column) reads. glyphs: [10, 12, 7] of −1 and 1,
    what F6's 84 units are compared with.
    """

    stages: tuple[StagePair, ...]
    then_parameters: int
    now_parameters: int
    then_macs: int
    now_macs: int
    published: int
    connections: Array
    glyphs: Array


@dataclass(frozen=True, eq=False)
class FirstMaps:
    """What LeNet-5's first convolution sends on under a choice of activation and pooling, on one image.

    before: [6, 28, 28], the trained first convolution's output; active: the same through the activation; pooled:
    [6, 14, 14]. slope: the activation's mean slope over all cells, so much of a gradient passes.
    """

    activation: str
    pooling: str
    before: Array
    active: Array
    pooled: Array
    slope: float
