"""What a network changes in itself within a pass, and puts back: every recording of it is right, and the one after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from cnnviz import capture

X = torch.randn(1, 3, 6, 6, generator=torch.Generator().manual_seed(5))
Now = dict[int, Callable[[Any], Callable[[], object]]]
DOES: Now = {}  # what a network does before its call of this number; outside of it, so that no attribute tells


class Net(nn.Module):
    """Chains, plain layers and functions; before each, what `DOES` says, and then what undoes it."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3), nn.ReLU(inplace=True))
        self.second = nn.Sequential(nn.Conv2d(3, 3, 1), nn.SiLU(inplace=True))
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        undo: list[Callable[[], object]] = []
        for at, (step, module) in enumerate(
            [
                (self.first, self.first[0]),
                (self.second, self.second[0]),
                (self.conv, self.conv),
                (self.second, self.first[1]),
            ]
        ):
            if at in DOES:
                undo.append(DOES[at](module))
            x = F.relu(step(x)) + 0.1
            if at % 2:
                while undo:
                    undo.pop()()
        while undo:
            undo.pop()()
        return x.mean((2, 3))


def an_attribute(name: str, value: Any) -> Callable[[Any], Callable[[], object]]:
    def change(module: Any) -> Callable[[], object]:
        before = getattr(module, name)
        setattr(module, name, value)
        return lambda: setattr(module, name, before)

    return change


def a_hook(module: Any) -> Callable[[], object]:
    return module.register_forward_hook(lambda module, args, output: output * 3).remove  # type: ignore[no-any-return]


def a_hook_that_stays(module: Any) -> Callable[[], object]:
    module.register_forward_hook(lambda module, args, output: output * 3)
    return lambda: None


def a_hook_of_all(module: Any) -> Callable[[], object]:
    return torch.nn.modules.module.register_module_forward_hook(  # type: ignore[return-value]
        lambda module, args, output: output * 2 if type(module) is nn.Conv2d else None
    ).remove


def another_weight(module: Any) -> Callable[[], object]:
    before = module.weight
    module.weight = nn.Parameter(before.detach() * 2)
    return lambda: setattr(module, "weight", before)


def a_forward(module: Any) -> Callable[[], object]:
    module.forward = lambda x: x * 5
    return lambda: delattr(module, "forward")


class Loud(nn.Conv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) * 7


def another_class(module: Any) -> Callable[[], object]:
    if type(module) is not nn.Conv2d:
        return lambda: None
    module.__class__ = Loud
    return lambda: None


CHANGES = (
    an_attribute("training", True), an_attribute("bias", None), an_attribute("eps", 3.0), another_weight, a_hook,
    a_hook_that_stays, a_hook_of_all, a_forward, another_class,
)  # fmt: skip


def fresh(does: Now) -> torch.Tensor:
    DOES.clear()
    DOES.update(does)
    with torch.no_grad():
        return Net().eval()(X)[0]  # type: ignore[no-any-return]


@given(st.dictionaries(st.integers(0, 3), st.sampled_from(CHANGES), min_size=1, max_size=2), st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_whatever_changes_within_a_pass_and_comes_back_the_recording_is_right(does: Now, before: int) -> None:
    does = {
        at: change for at, change in does.items()
        if not (change is CHANGES[2] and at < 3)  # only a normalisation has an eps
    }  # fmt: skip
    expected = fresh(does).numpy()
    net = Net().eval()
    DOES.clear()
    for _ in range(before):
        capture.activations(net, X)
    DOES.update(does)
    changes_class = another_class in does.values()  # nobody puts that back
    for _ in range(1 if changes_class else 2):
        np.testing.assert_array_equal(capture.activations(net, X).logits, expected)
    DOES.clear()
    if not changes_class:
        np.testing.assert_array_equal(capture.activations(net, X).logits, fresh({}).numpy())


def test_a_pass_that_fails_leaves_nothing_behind() -> None:
    DOES.clear()
    net = Net().eval()

    def fails(module: Any) -> Callable[[], object]:
        module.stride = (2, 2)
        raise ValueError("mine")

    DOES[2] = fails
    with pytest.raises(ValueError, match="mine"):
        capture.activations(net, X)
    DOES.clear()
    for _ in range(3):
        np.testing.assert_array_equal(capture.activations(net, X).logits, fresh({}).numpy())
