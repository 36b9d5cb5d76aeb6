"""A recording is of the network as it is now, whatever changed since the last; and a pass leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import capture, units

X = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(7))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.block = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True))
        self.last = nn.Conv2d(4, 4, 3)
        self.register_buffer("shift", torch.zeros(4, 1, 1))
        self.alpha, self.skip = 1.0, True

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.block(x) * self.alpha + self.shift
        return y if self.skip and y.mean() > 1e6 else self.last(y)


CHANGES: dict[str, Callable[[Any], object]] = {
    "attribute": lambda net: setattr(net, "alpha", 0.5),
    "stride": lambda net: setattr(net.last, "stride", (2, 2)),
    "buffer": lambda net: net.shift.fill_(3),
    "another buffer": lambda net: setattr(net, "shift", torch.full((4, 1, 1), -2.0)),
    "weight": lambda net: net.last.weight.data.mul_(3),
    "hook": lambda net: net.last.register_forward_hook(lambda module, args, output: output * 2),
    "hook on a block": lambda net: net.block.register_forward_hook(lambda module, args, output: output * 2),
    "hook on the network": lambda net: net.register_forward_pre_hook(lambda module, args: (args[0] * 2,)),
    "forward": lambda net: setattr(net.last, "forward", lambda x: x * 5),
    "mode": lambda net: net.train(),
    "branch": lambda net: net.shift.fill_(1e9),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_second_recording_is_as_right_as_the_first(change: str) -> None:
    torch.manual_seed(0)
    net = Net().eval()
    capture.activations(net, X)
    with torch.no_grad():
        CHANGES[change](net)
        record = capture.activations(net, X)
        expected = net(X)[0].numpy()
    np.testing.assert_array_equal(record.logits, expected)
    np.testing.assert_array_equal(capture.logits(net, X), expected)
    assert set(capture.contributions(net, X, 0)) == set(record.keys)


class Function(nn.Module):
    def __init__(self, work: Callable[[Any, torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.conv, self.work = nn.Conv2d(3, 4, 3), work

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.work(self, self.conv(x))


def halves(net: Any, y: torch.Tensor) -> torch.Tensor:
    first, second = y.chunk(2, 1)
    first.relu_()
    return torch.cat([first, second, y], 1)


def saved_and_written_over(net: Any, y: torch.Tensor) -> torch.Tensor:
    y = y.sigmoid()
    z = y * 2
    y.mul_(3)
    return z + y


@pytest.mark.parametrize("work", [halves, saved_and_written_over], ids=["a part of several", "what autograd saved"])
def test_gradients_where_autograd_alone_refuses(work: Callable[[Any, torch.Tensor], torch.Tensor]) -> None:
    torch.manual_seed(0)
    net = Function(work).double().eval()
    x, step = X.double(), 1e-6
    found = capture.gradients(net, x, 9, ["input"])["input"]
    for place in [(0, 1, 2), (2, 2, 5), (1, 7, 7)]:
        values = []
        for sign in (1, -1):
            moved = x.clone()
            moved[(0, *place)] += sign * step
            values.append(float(capture.logits(net, moved).reshape(-1)[9]))
        assert found[place] == pytest.approx((values[0] - values[1]) / (2 * step), abs=1e-6)


def test_a_squeezed_batch_axis_costs_no_number() -> None:
    net = Function(lambda net, y: y.mean((2, 3)).squeeze()).eval()
    assert capture.activations(net, X).logits.shape == capture.logits(net, X).shape == (4,)


def test_chance_is_named_and_the_dice_lie_as_they_lay() -> None:
    net = Function(lambda net, y: F.dropout(y)).eval()
    before = torch.get_rng_state()
    record = capture.activations(net, X)
    assert "random" in record.note
    assert torch.equal(torch.get_rng_state(), before)
    assert units.explain(net, X, record, "dropout", 0, 1, 1, fields={}).computed is None
    assert capture.activations(Function(lambda net, y: y).eval(), X).note == ""


def test_a_compiled_program_is_a_row() -> None:
    inner = torch.jit.trace(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval(), X)
    record = capture.activations(nn.Sequential(inner, nn.Flatten()).eval(), X)
    assert record.keys == ("input", "0", "1")
    assert record["1"].inputs == ("0",)
    np.testing.assert_array_equal(record["0"].values, inner(X)[0].detach().numpy())
