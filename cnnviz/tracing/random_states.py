"""The states of every generator that a forward pass may draw from: Python's, NumPy's, torch's, and each device's.

Asked before and after every pass, so it must cost little: in caches that a network has just emptied, to make NumPy's
whole state and compare it takes 0.23 ms, to compare the 2,500 bytes of its Mersenne Twister 0.03.
"""

from __future__ import annotations

import ctypes
import functools
import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.random import mtrand

_BYTES = 625 * 4  # 624 words and the place in them


class RandomStates:
    """What the generators held when it was made; restore() puts back those that were drawn from since."""

    def __init__(self, tensors: Iterable[torch.Tensor]) -> None:
        """tensors: the model's, by whose devices one knows which generators beside the processor's there are."""
        self.torch = torch.get_rng_state()
        self.python = random.getstate()
        self.numpy = _NumpyState()
        self.others = {device: _state_of(device) for device in _elsewhere(tensors)}

    def drew(self) -> bool:
        """Whether numbers have been drawn since, from any of them on the processor."""
        return self._torch_drew() or random.getstate() != self.python or self.numpy.drew()

    def _torch_drew(self) -> bool:
        return not torch.equal(self.torch, torch.get_rng_state())

    def restore(self) -> None:
        """Put back what was drawn from."""
        if self._torch_drew():
            torch.set_rng_state(self.torch)
        if random.getstate() != self.python:
            random.setstate(self.python)
        self.numpy.restore()
        for device, state in self.others.items():
            if state is not None:
                getattr(torch, device.type).set_rng_state(state, device)


class _NumpyState:
    """The state of `np.random`'s common generator, with the normal number that it may hold back for the next call.

    That number is no part of the Mersenne Twister's bytes. Where none is held back the bytes tell of every draw; where
    one is, the next call takes it and leaves the bytes, so the whole states are compared.
    """

    def __init__(self) -> None:
        self._state = _numpys()
        self._bytes = None if self._state.get("has_gauss") else _bytes()

    def drew(self) -> bool:
        if self._bytes is not None:
            return _bytes() != self._bytes
        return not _same(_numpys(), self._state)

    def restore(self) -> None:
        if self.drew():
            np.random.set_state(self._state)


def _numpys() -> Any:
    """The whole state, as a dictionary."""
    return np.random.get_state(legacy=False)


def _bytes() -> bytes | None:
    """The Mersenne Twister's words and its place in them; None where `np.random` has another generator."""
    generator = mtrand.get_bit_generator()
    if type(generator) is not np.random.MT19937 or not _lies_as_expected():
        return None
    return ctypes.string_at(generator.ctypes.state_address, _BYTES)


@functools.cache
def _lies_as_expected() -> bool:
    """Whether a Mersenne Twister's memory holds its words and its place, as its `state` gives them."""
    generator = np.random.MT19937(7)
    generator.random_raw(3)
    state = generator.state["state"]
    expected = np.append(state["key"].astype(np.uint32), np.uint32(state["pos"])).tobytes()
    return ctypes.string_at(generator.ctypes.state_address, _BYTES) == expected


def _same(one: Any, other: Any) -> bool:
    """Whether two states of `np.random` are equal, the number that is held back included."""
    if one["bit_generator"] != other["bit_generator"]:
        return False
    rest = all(one.get(name) == other.get(name) for name in ("has_gauss", "gauss"))
    return rest and _equal(one["state"], other["state"])


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    return bool(np.array_equal(one, other))


def _elsewhere(tensors: Iterable[torch.Tensor]) -> set[torch.device]:
    """The devices beside the processor that the model lies on; where there are none, its tensors are not asked."""
    if not _has_others():
        return set()
    return {value.device for value in tensors} - {torch.device("cpu"), torch.device("meta")}


@functools.cache
def _has_others() -> bool:
    return bool(torch.accelerator.is_available())


def _state_of(device: torch.device) -> torch.Tensor | None:
    family: Any = getattr(torch, device.type, None)
    if not hasattr(family, "get_rng_state"):
        return None
    state: torch.Tensor = family.get_rng_state(device) if device.type == "cuda" else family.get_rng_state()
    return state
