"""What a method says of an image: signed maps, the law that the method obeys, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnviz.records.proofs import Proof

Kind = Literal["class", "difference", "unit"]


@dataclass(frozen=True)
class Target:
    """The number that is explained: a class's score, one score minus another, or a unit of any layer.

    index: of the class, or the unit's channel. other: the class that is taken away. A unit without row and column is
    the mean of its channel. The score is what stands before a last softmax, where the network ends in one.
    """

    index: int
    kind: Kind = "class"
    other: int = 0
    layer: str = ""
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, eq=False)
class Attribution:
    """One method's answer for one image.

    method: its name. map: [H, W] float64, signed, in the image's resolution; above zero speaks for the target.
    native: [h, w] float64, the same before it was enlarged; channels: [C, H, W] where the input's channels have
    numbers of their own. layer: whose cells were weighed, "" for pixels. value: the target's value f(x).
    passes: how many images went through the network, one forwards and backwards counting as two.
    path: (share of the way from the baseline, f there) for the methods that walk one. law: what was checked on this
    very map; None where no law binds the method. note: what has to be known of this run.
    """

    method: str
    map: np.ndarray
    native: np.ndarray
    value: float
    layer: str = ""
    channels: np.ndarray | None = None
    law: Proof | None = None
    passes: int = 0
    seconds: float = 0.0
    path: tuple[tuple[float, float], ...] = ()
    note: str = ""
