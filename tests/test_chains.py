"""A Sequential whose layers are known runs from one look: drawn changes, within a pass and between, are all seen."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import capture
from cnnviz.tracing import chains, known, versions

X = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(7))
WHERE = ("the chain", "its convolution", "its norm", "its activation")


class Doubled(nn.Sequential):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) * 2


class Backwards(nn.Sequential):
    def __iter__(self) -> Any:
        return iter(list(self._modules.values())[1:])


class Calls(nn.ReLU):
    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return x * 3


def own_statistics(chain: nn.Sequential) -> None:
    chain[1].running_mean = chain[1].running_var = None


ANYWHERE: dict[str, Callable[[nn.Module], object]] = {
    "hook": lambda module: module.register_forward_hook(lambda module, args, output: output * 3),
    "hook that writes over": lambda module: module.register_forward_hook(lambda module, args, output: output.mul_(3)),
    "hook before": lambda module: module.register_forward_pre_hook(lambda module, args: (args[0] * 3,)),
    "written among the hooks": lambda module: module._forward_hooks.update(
        {0: lambda module, args, output: output + 1}
    ),
    "forward": lambda module: setattr(module, "forward", lambda x: x * 5),
    "attribute that nobody reads": lambda module: vars(module).update(label="a"),
}
OF_THE_CHAIN: dict[str, Callable[[Any], object]] = {
    "another activation": lambda chain: setattr(chain, "2", nn.Tanh()),
    "one layer more": lambda chain: chain.append(nn.Sigmoid()),
    "one layer less": lambda chain: chain.__delitem__(2),
    "two change places": lambda chain: chain._modules.update({"1": chain[2], "2": chain[1]}),
    "the same layer twice": lambda chain: chain._modules.update({"1": chain[2]}),
    "stride": lambda chain: setattr(chain[0], "stride", (2, 2)),
    "weight": lambda chain: setattr(chain[0], "weight", nn.Parameter(torch.ones(4, 3, 3, 3))),
    "weight in its place": lambda chain: chain[0].weight.data.mul_(2),
    "statistics": lambda chain: chain[1].running_mean.add_(1),
    "the image's own statistics": own_statistics,
    "not in place": lambda chain: setattr(chain[2], "inplace", False),
    "class": lambda chain: setattr(chain, "__class__", Doubled),
    "class that leaves one out": lambda chain: setattr(chain, "__class__", Backwards),
    "class of a layer that is called otherwise": lambda chain: setattr(chain[2], "__class__", Calls),
    "not a layer": lambda chain: setattr(chain[2], "child", nn.Identity()),
}
BACK = {"class", "class that leaves one out", "class of a layer that is called otherwise"}  # no attribute tells of them


def change(name: str, chain: nn.Sequential, where: str) -> None:
    if name in OF_THE_CHAIN:
        OF_THE_CHAIN[name](chain)
    else:
        ANYWHERE[name](chain if where == WHERE[0] else chain[WHERE.index(where) - 1])


class Net(nn.Module):
    """The chain, called, changed if `changes` says so, and called again; `grads`: with autograd at work."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True))
        self.changes: list[tuple[str, str]] = []
        self.grads = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.set_grad_enabled(self.grads):
            first = self.chain(x).mean((2, 3))
            for name, where in self.changes:
                change(name, self.chain, where)
            return first.sum() + self.chain(x).mean((2, 3))


@pytest.fixture(params=["by numbers of states", "object by object"])
def compared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "object by object":
        monkeypatch.setattr(versions, "of", None)
        monkeypatch.setattr(known, "_version", None)


def drawn(dice: random.Random) -> list[tuple[str, str]]:
    names = [*ANYWHERE, *OF_THE_CHAIN]
    return [(dice.choice(names), dice.choice(WHERE)) for _ in range(dice.randint(1, 2))]


def is_possible(net: Net, changes: list[tuple[str, str]]) -> bool:
    try:
        trial = copy.deepcopy(net)
        for name, where in changes:
            change(name, trial.chain, where)
        trial(X)
    except Exception:
        return False
    return True


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("within", [True, False], ids=["within a pass", "between two"])
def test_drawn_changes_are_seen_and_undone(within: bool) -> None:
    dice = random.Random(13)
    for number in range(40):
        torch.manual_seed(number)
        net = Net().eval()
        net.grads = dice.random() < 0.2
        for _ in range(dice.randint(0, 2)):  # so that a chain is there to be wrong
            capture.activations(net, X)
        changes = drawn(dice)
        if not is_possible(net, changes):
            continue
        if within:
            net.changes = changes
        else:
            for name, where in changes:
                change(name, net.chain, where)
        with torch.no_grad():
            expected = copy.deepcopy(net)(X)[0].numpy()
        for _ in range(1 if within and BACK & {name for name, _ in changes} else 2):
            found = capture.activations(net, X)
            np.testing.assert_array_equal(found.logits, expected, err_msg=str(changes))


def test_a_chain_records_what_stood_before_it_was_written_over() -> None:
    torch.manual_seed(0)
    net = Net().eval()
    first = capture.activations(net, X)
    again = capture.activations(net, X)  # this one ran the chain
    with torch.no_grad():
        conv = net.chain[0](X)
        norm = net.chain[1](conv)
    for record in (first, again):
        np.testing.assert_array_equal(record["chain.0"].values, conv[0].numpy())
        np.testing.assert_array_equal(record["chain.1"].values, norm[0].numpy())
        np.testing.assert_array_equal(record["chain.2"].values, norm[0].relu().numpy())
        np.testing.assert_array_equal(record["chain.0", 1].values, conv[0].numpy())
    assert [layer.inputs for layer in first.layers] == [layer.inputs for layer in again.layers]
    assert first.keys == again.keys


def test_a_sequential_becomes_a_chain_only_where_all_is_plain() -> None:
    def found(net: nn.Sequential) -> bool:
        facts = {id(layer): known.KnownModule(layer, "a") for layer in net}
        with chains.scopes.listening(None):  # type: ignore[arg-type]
            return chains.of_module(net.eval(), facts) is not None

    plain = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(inplace=True)).eval()
    assert found(plain)
    assert not found(nn.Sequential(nn.Conv2d(3, 4, 1), nn.Sequential(nn.ReLU())).eval())
    assert not found(nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(3, 4, 1)).eval())
    assert not found(nn.Sequential(nn.Conv2d(3, 4, 1), nn.Dropout()).eval())
    assert not found(Doubled(nn.Conv2d(3, 4, 1), nn.ReLU()).eval())


def test_the_same_value_of_two_calls_is_kept_for_both() -> None:
    class Passed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.drop = nn.Conv2d(3, 3, 1), nn.Dropout(0.5, inplace=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.drop(self.conv(x))
            y += x
            return y.relu_()

    torch.manual_seed(0)
    net = Passed().eval()
    for _ in range(2):
        record = capture.activations(net, X)
        with torch.no_grad():
            conv = net.conv(X)[0].numpy()
        np.testing.assert_array_equal(record["conv"].values, conv)
        np.testing.assert_array_equal(record["drop"].values, conv)
        np.testing.assert_array_equal(record["add"].values, conv + X[0].numpy())
        np.testing.assert_array_equal(record.logits, np.maximum(conv + X[0].numpy(), 0))
