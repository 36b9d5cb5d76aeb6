"""The last weights whose loss was finite, kept for a run that diverges."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

EVERY = 1.0  # seconds between two copies, at least
SHARE = 50  # and as many times as long as a copy takes


class FiniteWeights:
    """Copies of a network's parameters and buffers. A copy counts once the next loss, computed with it, was finite."""

    def __init__(self, model: nn.Module, step: int = 0) -> None:
        self._model = model
        self._confirmed = self._newest = (step, self._copy())
        self._next = 0.0

    def passed(self, step: int) -> None:
        """All losses up to this step were finite; the network has the weights after it."""
        self._confirmed = self._newest
        now = time.perf_counter()
        if now >= self._next:
            self._newest = (step, self._copy())
            took = time.perf_counter() - now
            self._next = now + max(EVERY, SHARE * took)

    def restore(self) -> int:
        """Puts the last confirmed copy back; returns after how many steps these weights were reached."""
        step, tensors = self._confirmed
        with torch.no_grad():
            for own, kept in zip(self._model.state_dict().values(), tensors, strict=True):
                own.copy_(kept)
        return step

    def _copy(self) -> list[Tensor]:
        return [one.detach().clone() for one in self._model.state_dict().values()]
