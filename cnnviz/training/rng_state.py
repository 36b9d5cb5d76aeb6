"""A run's own random state, kept apart from the caller's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import torch


class RngState:
    """Keeps the run's random state (dropout) apart from the caller's, who may draw numbers between two events."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self._cpu = torch.Generator().manual_seed(seed).get_state()
        self._device = device
        self._cuda = torch.Generator(device).manual_seed(seed).get_state() if device.type == "cuda" else None

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """torch's global generators are the run's; on CUDA also: only deterministic convolutions."""
        with torch.random.fork_rng(devices=[] if self._cuda is None else [self._device]):
            torch.set_rng_state(self._cpu)
            if self._cuda is None:
                yield
            else:
                torch.cuda.set_rng_state(self._cuda, self._device)
                with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
                    yield
                self._cuda = torch.cuda.get_rng_state(self._device)
            self._cpu = torch.get_rng_state()

    def state(self) -> dict[str, torch.Tensor]:
        """The generators' states, uint8."""
        return {"cpu": self._cpu} | ({} if self._cuda is None else {"cuda": self._cuda})

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Goes on from such states. Raises KeyError where the run has changed its device."""
        self._cpu = tensors["cpu"]
        if self._cuda is not None:
            self._cuda = tensors["cuda"]
