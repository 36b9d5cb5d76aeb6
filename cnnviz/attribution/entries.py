"""The family: what a method is, and where each one registers itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from torch.nn import functional

from cnnviz.attribution.asking import AttributionRequest, numbers
from cnnviz.records.attribution import Attribution
from cnnviz.registry import Registry

Group = Literal["gradients", "layers", "rules", "covering"]


@dataclass(frozen=True)
class Method:
    """name: in links. group: what it stands on. slow: it takes many passes, so a page asks before it starts.

    formula: in TeX. year, paper, link: where it was published. cost: passes through the network, for an estimate.
    """

    name: str
    title: str
    group: Group
    compute: Callable[[AttributionRequest], Attribution]
    formula: str
    paper: str
    year: int
    link: str
    cost: Callable[[AttributionRequest], float]
    slow: bool = False

    def __call__(self, asked: AttributionRequest) -> Attribution:
        """The map, with what it took. Raises DoesNotFit and Stopped."""
        begin, asked.passes, asked.earlier = time.perf_counter(), 0, 0.0
        found = self.compute(asked)
        return replace(found, passes=asked.passes, seconds=time.perf_counter() - begin + asked.earlier)


REGISTRY: Registry[Method] = Registry("attribution method")


def of_pixels(method: str, channels: torch.Tensor, value: float) -> Attribution:
    """A record out of one signed number for each of the image's numbers: the map is their sum over the channels.

    channels: [1, C, H, W].
    """
    found = numbers(channels[0])
    total = found.sum(0)
    return Attribution(method, total, total, value, channels=found)


def of_cells(method: str, cells: torch.Tensor, asked: AttributionRequest, value: float) -> Attribution:
    """A record out of one signed number for each cell of a layer, enlarged bilinearly to the image: cells [h, w]."""
    shape = asked.x.shape[-2:]
    large = functional.interpolate(cells[None, None], size=shape, mode="bilinear", align_corners=False)[0, 0]
    return Attribution(method, numbers(large), numbers(cells), value, layer=asked.layer)


def of_windows(method: str, cells: np.ndarray, pixels: np.ndarray, value: float) -> Attribution:
    """A record out of numbers that windows left on the pixels: cells [h, w] a window, pixels [H, W]."""
    return Attribution(method, pixels, cells, value)
