"""How many images go through a network at a time: as many as memory allows, and one where they would not stay apart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from cnnviz import memory, tracing
from cnnviz.attribution.first_pass import FirstPass
from cnnviz.attribution.twin import Twin
from cnnviz.tracing import apart

_SHARE = 0.25  # of the memory that may still be used
_BYTES = 1_100_000_000  # of the weights and of the values at a time, so that a VGG-16 stays within 2 GB
_MOST = 16  # images at a time: more gain nothing on a processor and cost its caches


class Together(ABC):
    """The part of a request that knows it. _kept, _largest: bytes of all values of one image, and of the largest."""

    model: nn.Module
    x: torch.Tensor
    first: FirstPass | None
    stop: str
    _kept: int
    _largest: int
    _weights: int

    @property
    @abstractmethod
    def twin(self) -> Twin | None:
        """The network made quicker for many plain passes, if there is such a one."""

    @property
    @abstractmethod
    def is_plain(self) -> bool:
        """Whether nothing need be watched to read the target."""

    @property
    @abstractmethod
    def zero(self) -> torch.Tensor:
        """The baseline, [1, C, H, W]."""

    @abstractmethod
    def at_once(self, batch: torch.Tensor, change: tracing.Change | None = None) -> torch.Tensor:
        """The target's value for each image of a batch that goes through the network together: [N], no gradients."""

    @property
    def together(self) -> int:
        """How many images go through the network at a time where all that it makes of them is kept."""
        return self._fitting(self._kept)

    @property
    def together_back(self) -> int:
        """How many do where their gradients are asked for, and nothing is changed on the way.

        In the backward pass the gradients of a layer's input and output come on top of what was kept.
        """
        with tracing.borrowed(self.model), as_before():
            made = self.twin if self.is_plain else None
        return self.together if made is None else self._fitting(made.kept + 3 * self._largest)

    @property
    def together_forwards(self) -> int:
        """How many do where only their values are asked for: what is kept then is a layer's input and output, and what
        its arithmetic needs beside them."""
        return self._fitting(8 * self._largest) if self.is_plain else self.together

    def _fitting(self, size: int) -> int:
        """How many of that many bytes may be kept at a time, by what is allowed and by the memory that is left."""
        if not self.are_apart:
            return 1
        there = memory.now()
        allowed = max(_BYTES - self._weights, _BYTES // 8)
        if there is not None:
            allowed = min(allowed, int(there.allowed * _SHARE))
        return max(1, min(_MOST, allowed // max(1, size)))

    @property
    def are_apart(self) -> bool:
        """Whether an image's value is its own, whatever comes with it: not so by the statistics of a batch."""
        assert self.first is not None
        known = self.first.apart
        if self.stop not in known:
            known[self.stop] = apart.are_apart(lambda batch: (self.at_once(batch),), torch.cat((self.x, self.zero)))
        return known[self.stop]


@contextmanager
def as_before() -> Iterator[None]:
    """Outside of inference mode, with gradients as they were: leaving that mode alone would turn them on."""
    wanted = torch.is_grad_enabled()
    with torch.inference_mode(False), torch.set_grad_enabled(wanted):
        yield
