"""A recording is of the network as it is now, whatever changed since the last; and a pass leaves nothing behind."""

from __future__ import annotations

import copy
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


# ------------------------------------------------------------------------------------------------ what is kept holds
class Tripled(nn.Conv2d):
    """What a module may become between two recordings, or between two of its calls."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) * 3


class Halved(nn.Module):
    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return weight / 2


def tripled(module: Any, args: Any, output: torch.Tensor) -> torch.Tensor:
    return output * 3


MID_PASS: dict[str, Callable[[Any], object]] = {
    "stride": lambda conv: setattr(conv, "stride", (2, 2)),
    "hook": lambda conv: conv.register_forward_hook(tripled),
    "hook before": lambda conv: conv.register_forward_pre_hook(lambda module, args: (args[0] * 3,)),
    "hook that writes over": lambda conv: conv.register_forward_hook(lambda module, args, output: output.mul_(3)),
    "forward": lambda conv: setattr(conv, "forward", lambda x: x * 3),
    "class": lambda conv: setattr(conv, "__class__", Tripled),
    "weight": lambda conv: setattr(conv, "weight", nn.Parameter(torch.ones(3, 3, 1, 1))),
    "no bias": lambda conv: setattr(conv, "bias", None),
    "parametrisation": lambda conv: nn.utils.parametrize.register_parametrization(conv, "weight", Halved()),
    "child": lambda conv: setattr(conv, "child", nn.Identity()),
    "mode": lambda conv: conv.train(),
}


class Changing(nn.Module):
    """One convolution, called, changed and called again within a pass; `change` is None for a pass without."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.change: Callable[[Any], object] | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.conv(x)
        if self.change is not None:
            self.change(self.conv)
        second = self.conv(x)
        return first.mean() + second


@pytest.mark.parametrize("change", MID_PASS)
@pytest.mark.parametrize("recordings_before", [0, 2])
def test_a_module_that_changes_within_a_pass(change: str, recordings_before: int) -> None:
    net = Changing().eval()
    for _ in range(recordings_before):  # so that what is kept of the convolution is there to be wrong
        capture.activations(net, X)
    state = dict(vars(net.conv))
    net.change = MID_PASS[change]
    with torch.no_grad():
        expected = copy.deepcopy(net)(X)[0].numpy()
    if change == "class" or change == "parametrisation":  # what no attribute tells of, nobody can put back
        np.testing.assert_array_equal(capture.activations(net, X).logits, expected)
        return
    for _ in range(2):
        record = capture.activations(net, X)
        np.testing.assert_array_equal(record.logits, expected)
        operation, again = record["conv"].operation, record["conv", 1].operation
        assert ("stride" in again, "stride" in operation) == (change == "stride", False)
        np.testing.assert_array_equal(record["conv"].values, F.conv2d(X, *net.conv.parameters())[0].detach().numpy())
    assert vars(net.conv) == state
    assert not net.conv._forward_hooks
    assert not net.conv._forward_pre_hooks


BETWEEN: dict[str, Callable[[Any], object]] = {
    **{name: change for name, change in MID_PASS.items() if name not in ("weight", "no bias", "mode")},
    "another weight": lambda conv: setattr(conv, "weight", nn.Parameter(conv.weight.detach() * 2)),
    "moved": lambda conv: conv.double().float(),
    "no padding mode": lambda conv: setattr(conv, "padding_mode", "reflect"),
}


@pytest.mark.parametrize("change", BETWEEN)
def test_what_is_kept_of_a_module_ends_with_what_it_was_found_from(change: str) -> None:
    net = nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU(inplace=True)).eval()
    for _ in range(2):
        capture.activations(net, X)
    BETWEEN[change](net[0])
    for _ in range(2):
        with torch.no_grad():
            record, expected = capture.activations(net, X), net(X)[0].numpy()
        np.testing.assert_array_equal(record.logits, expected)
        assert ("stride" in record.layers[1].operation) == (change == "stride")
        assert record.layers[1].values.min() < 0  # before the ReLU that writes over it


def test_hooks_of_all_modules_and_a_class_that_is_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    net = nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU(inplace=True)).eval()
    plain = [capture.activations(net, X) for _ in range(2)][-1].logits
    handle = nn.modules.module.register_module_forward_hook(tripled)
    try:
        np.testing.assert_array_equal(capture.activations(net, X).logits, net(X)[0].detach().numpy())
    finally:
        handle.remove()
    with monkeypatch.context() as patched:
        patched.setattr(nn.ReLU, "forward", lambda module, x: x + 1)
        np.testing.assert_array_equal(capture.activations(net, X).logits, net(X)[0].detach().numpy())
    np.testing.assert_array_equal(capture.activations(net, X).logits, plain)


# ------------------------------------------------------------------------------------------------ in new memory
def returned_twice(net: Any, y: torch.Tensor) -> torch.Tensor:
    return F.dropout(y.contiguous(), training=False).relu_()


def of_the_networks_own(net: Any, y: torch.Tensor) -> torch.Tensor:
    return net.table.contiguous().add_(1).relu_() + y


def seen_by_numpy(net: Any, y: torch.Tensor) -> torch.Tensor:
    shown = y.numpy()
    y.relu_()
    return y + torch.from_numpy(shown.copy())


def stored_in_a_buffer(net: Any, y: torch.Tensor) -> torch.Tensor:
    return net.table.copy_(y[0]).view(4, 36).sum(1, keepdim=True) + y.flatten(2)


def with_the_other_sign(net: Any, y: torch.Tensor) -> torch.Tensor:
    return torch.complex(y, y).conj().imag


@pytest.mark.parametrize(
    "work", [returned_twice, of_the_networks_own, seen_by_numpy, with_the_other_sign, stored_in_a_buffer]
)
def test_values_that_share_memory_stay_what_they_were(work: Callable[[Any, torch.Tensor], torch.Tensor]) -> None:
    torch.manual_seed(0)
    net = Function(work).eval()
    net.register_buffer("table", torch.zeros(4, 6, 6))
    with torch.no_grad():
        conv, expected = net.conv(X)[0].numpy(), copy.deepcopy(net)(X)[0].resolve_neg().numpy()
        record = capture.activations(net, X)
    np.testing.assert_array_equal(record["conv"].values, conv)
    np.testing.assert_array_equal(record.logits, expected)
    if "copy" in record:
        np.testing.assert_array_equal(record["copy"].values, conv)
    assert float(net.table.abs().max()) == 0  # type: ignore[operator, union-attr]
