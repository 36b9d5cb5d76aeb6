"""A compiled module is recorded as it runs without the compiler, soon, and it is said."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import anatomy, capture
from cnnviz.tracing import compiled


def network() -> nn.Sequential:
    torch.manual_seed(0)
    inner = nn.Sequential(nn.Conv2d(2, 2, 3), nn.ReLU(inplace=True))
    return nn.Sequential(nn.Conv2d(1, 2, 3), inner, nn.Flatten(), nn.Linear(32, 3)).eval()


def refuse(*given: object) -> None:
    raise AssertionError("a recording is not to compile anything")


def whole(model: nn.Sequential) -> nn.Module:
    return torch.compile(model, backend=refuse)  # type: ignore[arg-type, return-value]


def in_place(model: nn.Sequential) -> nn.Module:
    model.compile(backend=refuse)
    return model


def a_part(model: nn.Sequential) -> nn.Module:
    model[1] = torch.compile(model[1], backend=refuse)  # type: ignore[arg-type, assignment]
    return model


def a_layer_in_place(model: nn.Sequential) -> nn.Module:
    model[0].compile(backend=refuse)
    return model


@pytest.mark.parametrize("way", [whole, in_place, a_part, a_layer_in_place])
def test_every_layer_of_a_compiled_network_is_recorded_and_nothing_is_compiled(way: object) -> None:
    x = torch.randn(1, 1, 8, 8)
    plain, model = capture.activations(network(), x), way(network())  # type: ignore[operator]
    record = capture.activations(model, x)
    assert [layer.kind for layer in record] == [layer.kind for layer in plain]
    assert all(np.array_equal(one.values, other.values) for one, other in zip(record, plain, strict=True))
    assert "torch.compile" in record.note
    assert not plain.note
    assert [row.name for row in anatomy.inspect(model, (1, 8, 8))] == list(record.keys)
    with pytest.raises(Exception, match="not to compile"):  # torch's own error around the backend's
        model(x)


def test_the_setting_comes_back_when_recordings_end_in_another_order() -> None:
    torch.compile(network(), backend=refuse)  # from here on torch's compiler is there
    first, second = compiled.eagerly(), compiled.eagerly()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    model = whole(network())
    model(torch.zeros(1, 1, 8, 8))
    second.__exit__(None, None, None)
    with pytest.raises(Exception, match="not to compile"):
        model(torch.zeros(1, 1, 8, 8))
