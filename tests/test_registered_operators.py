"""Operators that somebody registered with `torch.library`: their schema says what they write over, and all is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import anatomy, capture, models, networks
from cnnviz.measurements import architectures
from cnnviz.tracing.writes import may_write, written
from tests.support.own_network import forgotten, stranger


@torch.library.custom_op("cnnviz_tests::increase", mutates_args=("x",))
def increase(x: torch.Tensor, by: float) -> None:
    x.add_(by)


@torch.library.custom_op("cnnviz_tests::swap_signs", mutates_args=("second", "first"))
def swap_signs(first: torch.Tensor, scale: float, second: torch.Tensor) -> torch.Tensor:
    first.neg_()
    second.mul_(-scale)
    return first * second


@torch.library.custom_op("cnnviz_tests::clear_all", mutates_args=("parts",))
def clear_all(parts: Sequence[torch.Tensor]) -> None:
    for part in parts:
        part.zero_()


@torch.library.custom_op("cnnviz_tests::third", mutates_args=())
def third(x: torch.Tensor) -> torch.Tensor:
    return x / 3


def one(y: torch.Tensor) -> torch.Tensor:
    torch.ops.cnnviz_tests.increase(y, 2.0)
    return y


def one_overload(y: torch.Tensor) -> torch.Tensor:
    torch.ops.cnnviz_tests.increase.default(y, by=1.5)
    return y


def two(y: torch.Tensor) -> torch.Tensor:
    z = y.relu()
    made: torch.Tensor = swap_signs(second=z, first=y, scale=0.5)
    return made + y + z


def a_list(y: torch.Tensor) -> torch.Tensor:
    z = y * 2
    clear_all([y, z])
    return y + z + 1


def a_view(y: torch.Tensor) -> torch.Tensor:
    increase(y[:, :1], 3.0)
    return y


def none(y: torch.Tensor) -> torch.Tensor:
    made: torch.Tensor = third(y)
    return made


WORK = (one, one_overload, two, a_list, a_view, none)
Work = Callable[[torch.Tensor], torch.Tensor]


@pytest.fixture(autouse=True, scope="module")
def _nothing_of_ones_own() -> Iterator[None]:
    yield from forgotten()


class Net(nn.Module):
    def __init__(self, works: Sequence[Work] = (none,)) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.ModuleList(nn.Conv2d(3 if not at else 4, 4, 3, padding=1) for at in range(len(works)))
        self.works = works

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer, work in zip(self.layers, self.works, strict=True):
            x = work(layer(x))
        return x.mean((2, 3))


@given(st.lists(st.sampled_from(WORK), min_size=1, max_size=4))
@settings(deadline=None, max_examples=40)
def test_every_value_is_as_it_was_when_it_was_made(works: list[Work]) -> None:
    net, x = Net(works).eval(), torch.randn(1, 3, 6, 6)
    made: list[Any] = []
    for layer in net.layers:
        layer.register_forward_hook(lambda module, args, output: made.append(output.detach().clone()))
    with torch.no_grad():
        expected = net(x)[0].numpy()
    for layer in net.layers:
        layer._forward_hooks.clear()
    record = capture.activations(net, x)
    np.testing.assert_array_equal(record.logits, expected)
    for at, value in enumerate(made):
        np.testing.assert_array_equal(record[f"layers.{at}"].values, value[0].numpy())


@pytest.mark.parametrize(("work", "name"), [(one, "increase"), (two, "swap_signs"), (a_list, "clear_all")])
def test_what_writes_is_a_row_and_what_comes_after_reads_it(work: Work, name: str) -> None:
    record = capture.activations(Net((work,)).eval(), torch.randn(1, 3, 6, 6))
    assert "layers.0" in record[name].inputs
    later = record.layers[record.keys.index(name) + 1 :]
    assert any(name in layer.inputs for layer in later)


def test_torchs_own_operators_are_known_by_their_names() -> None:
    x = torch.zeros(2)
    operators = torch.ops.aten
    assert written(operators.add_, (x, 1), {}) == [x]
    assert not written(operators.add.Tensor, (x, 1), {})
    assert not may_write(operators.add)
    assert may_write(torch.ops.cnnviz_tests.increase)
    assert not may_write(torch.ops.cnnviz_tests.third)


def test_a_network_whose_operator_has_no_rule_for_shapes_is_counted_on_numbers() -> None:
    choice = networks.own(stranger(Net))
    found = architectures.survey(choice, models.spec(choice).input_shape)
    assert [row.name for row in found.rows] == ["input", "layers.0", "third", "mean"]
    assert found.parameters == sum(value.numel() for value in Net().parameters())
    assert anatomy.fields(Net().eval(), (3, 8, 8))["third"].status == "unknown"
