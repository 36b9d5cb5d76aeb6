"""Numbers that a forward pass draws at random, from whichever generator: said, and put back to the last one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import mtrand
from torch import nn

from cnnviz import capture
from cnnviz.tracing import random_states

DRAWS: dict[str, Callable[[], Any]] = {
    "torch": lambda: torch.rand(2),
    "python": random.random,
    "python's normal": lambda: random.gauss(0, 1),  # makes two, and holds one back
    "numpy": lambda: np.random.rand(3),
    "numpy's normal": lambda: np.random.randn(1),  # the same
    "numpy's bytes": lambda: np.random.bytes(700 * 4),  # more than the generator holds at once
}


class Draws(nn.Module):
    """Draws from these generators, and adds one."""

    def __init__(self, draws: list[str]) -> None:
        super().__init__()
        self.draws = draws

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name in self.draws:
            DRAWS[name]()
        return x + 1


def next_numbers() -> list[float]:
    """What each generator gives next, two of each kind; the generators are as they were afterwards."""
    states = torch.get_rng_state(), random.getstate(), np.random.get_state(legacy=False)
    found = [*torch.rand(2).tolist(), random.gauss(0, 1), random.gauss(0, 1), random.random()]
    found += [*np.random.randn(3), np.random.rand()]
    torch.set_rng_state(states[0])
    random.setstate(states[1])
    np.random.set_state(states[2])
    return [float(number) for number in found]


@given(
    before=st.lists(st.sampled_from(sorted(DRAWS)), max_size=4),
    inside=st.lists(st.sampled_from(sorted(DRAWS)), max_size=4),
)
def test_what_is_drawn_inside_is_said_and_undone(before: list[str], inside: list[str]) -> None:
    for name in before:
        DRAWS[name]()
    expected = next_numbers()
    record = capture.activations(Draws(inside), torch.zeros(1, 1, 2, 2))
    assert next_numbers() == expected
    assert ("random numbers" in record.note) == bool(inside)


@given(normals=st.integers(0, 3))
def test_a_normal_number_that_numpy_holds_back_is_not_lost(normals: int) -> None:
    np.random.seed(normals)
    for _ in range(normals):
        np.random.randn()
    expected = next_numbers()
    capture.activations(Draws(["numpy's normal"]), torch.zeros(1, 1, 2, 2))
    assert next_numbers() == expected


def test_another_generator_in_numpys_place() -> None:
    usual = mtrand.get_bit_generator()
    mtrand.set_bit_generator(np.random.PCG64(5))
    try:
        expected = next_numbers()
        record = capture.activations(Draws(["numpy", "numpy's normal"]), torch.zeros(1, 1, 2, 2))
        assert next_numbers() == expected
        assert "random numbers" in record.note
    finally:
        mtrand.set_bit_generator(usual)


def test_without_the_bytes_the_whole_state_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_states, "_lies_as_expected", lambda: False)
    expected = next_numbers()
    capture.activations(Draws(["numpy's normal", "numpy"]), torch.zeros(1, 1, 2, 2))
    assert next_numbers() == expected
