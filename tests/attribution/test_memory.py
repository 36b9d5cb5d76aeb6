"""What a pass kept is given back at once: a network's values are too large to wait for the garbage collector."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz import attribution, capture, tracing
from cnnviz.records.attribution import Target

SEEN: list[weakref.ref[torch.Tensor]] = []


class Watching(nn.Module):
    """Passes its input on; what it made is remembered, and not kept."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made = functional.avg_pool2d(x, 1)
        SEEN.append(weakref.ref(made))
        return made


@pytest.fixture
def network() -> Iterator[nn.Module]:
    torch.manual_seed(0)
    parts = (nn.Conv2d(2, 4, 3), Watching(), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Conv2d(4, 3, 3))
    gc.collect()
    gc.disable()
    SEEN.clear()
    yield nn.Sequential(*parts, nn.AvgPool2d(4), nn.Flatten()).eval()
    gc.enable()


def left() -> int:
    assert SEEN
    return sum(one() is not None for one in SEEN)


@pytest.mark.parametrize("method", attribution.names())
def test_no_method_leaves_a_value_for_the_collector(method: str, network: nn.Module) -> None:
    few = {"masks": 6, "samples": 4, "steps": 4, "per_side": 2}
    found = attribution.explain(network, torch.randn(1, 2, 8, 8), method, Target(1), layer="2", **few)
    assert found.map.shape == (8, 8)
    assert left() == 0


def test_no_pass_leaves_a_value_for_the_collector(network: nn.Module) -> None:
    x = torch.randn(1, 2, 8, 8)
    with tracing.borrowed(network), torch.no_grad():
        with tracing.watched(network, x) as (answer, run):
            assert left() == 1
        del answer, run
        assert left() == 0
        tracing.until(network, x, "3")
    capture.activations(network, x)
    assert left() == 0
