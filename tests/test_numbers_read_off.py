"""A law: what is computed with a number that Python read off the image has no field narrower than the truth."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import anatomy, capture

SHAPE = (3, 10, 10)
Use = Callable[[torch.Tensor, float], torch.Tensor]

READ: dict[str, Callable[[torch.Tensor], float]] = {
    "item": lambda y: y.abs().max().item(),
    "float": lambda y: float(y.std()),
    "int": lambda y: int(y[0, 0].argmax()),
    "numpy": lambda y: y.numpy().max(),
    "a list": lambda y: max(y.flatten().tolist()),
}


def assigned(y: torch.Tensor, k: float) -> torch.Tensor:
    y = y.clone()
    y[:, 0] = k
    return y


USED: dict[str, Use] = {
    "divided": lambda y, k: y / (abs(k) + 1),
    "turned round": lambda y, k: 1 + k - y,
    "alpha": lambda y, k: torch.add(y, y.flip(2), alpha=float(k)),
    "clamp": lambda y, k: y.clamp(max=float(k) / 2),
    "a new tensor": lambda y, k: y * torch.tensor([float(k)]),
    "filled": lambda y, k: y + torch.full_like(y, float(k)),
    "assigned": assigned,
    "moved": lambda y, k: y.roll(int(k * 7) % 5, 2),
    "cut": lambda y, k: y[:, :, int(k * 7) % 4 :][:, :, :6],
    "a kernel": lambda y, k: F.conv2d(y, torch.arange(3.0).mul(float(k)).expand(4, 1, 1, 3), groups=4),
}  # fmt: skip


class Reading(nn.Module):
    """A convolution, a number that is read off its map, and what is computed with it."""

    def __init__(self, read: Callable[[torch.Tensor], float], use: Use) -> None:
        super().__init__()
        self.first, self.read, self.use = nn.Conv2d(3, 4, 3, padding=1), read, use

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(x)
        return F.max_pool2d(self.use(y, self.read(y.detach())), 2)


@pytest.mark.parametrize("use", USED)
def test_a_number_read_off_the_image_makes_no_field_too_narrow(use: str) -> None:
    dice = random.Random(use)
    for read in dice.sample(sorted(READ), 2):
        torch.manual_seed(0)
        model = Reading(READ[read], USED[use]).eval()
        proofs = anatomy.prove(model, SHAPE, [(0, 0), (dice.randrange(10), dice.randrange(10))])
        assert all(proof.holds for proof in proofs), read
        fields = anatomy.fields(model, SHAPE)
        assert fields["first"].status == "exact"
        assert fields["max_pool2d"].status == "unknown"
        assert "numbers off the image" in fields["max_pool2d"].note


@pytest.mark.parametrize("read", sorted(READ.keys() - {"numpy"}))  # which shows memory that may be written to
def test_a_number_that_is_only_looked_at_costs_no_field(read: str) -> None:
    model = Reading(READ[read], lambda y, k: (str(k), F.relu(y) * 0.5)[1]).eval()
    fields = anatomy.fields(model, SHAPE)
    assert [fields[name].status for name in ("first", "relu", "mul", "max_pool2d")] == ["exact"] * 4


@pytest.mark.parametrize("wrap", [nn.DataParallel, lambda net: nn.Sequential(nn.DataParallel(net), nn.Softmax(1))])
def test_a_network_for_several_devices_is_recorded_layer_by_layer(wrap: Callable[[nn.Module], Any]) -> None:
    plain = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(256, 2)).eval()
    x = torch.rand(1, *SHAPE, generator=torch.Generator().manual_seed(1))
    record, alone = capture.activations(wrap(plain).eval(), x), capture.activations(plain, x)
    for layer, wanted in zip(list(record)[: len(alone.keys)], alone, strict=True):
        np.testing.assert_array_equal(layer.values, wanted.values)
    assert [layer.kind for layer in record][:5] == [layer.kind for layer in alone]
