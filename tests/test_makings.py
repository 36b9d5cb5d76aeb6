"""How a map comes about: products, rest and bias are the recorded map, whatever the layer's settings are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import capture, units
from cnnviz.records import Making


@st.composite
def convolutions(draw: st.DrawFn) -> nn.Conv2d:
    groups = draw(st.sampled_from([1, 1, 2, 4]))
    kernel = draw(st.sampled_from([(1, 1), (3, 3), (2, 3), (5, 4)]))
    torch.manual_seed(draw(st.integers(0, 99)))
    return nn.Conv2d(
        8, 4 * draw(st.integers(1, 2)), kernel, stride=draw(st.sampled_from([1, 2, (2, 1)])),
        padding=draw(st.sampled_from([0, 1, (2, 1)])), dilation=draw(st.sampled_from([1, 2])), groups=groups,
        bias=draw(st.booleans()), padding_mode=draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(convolutions(), st.integers(0, 3), st.sampled_from([3, 6, 9]))
def test_products_and_bias_add_up_to_the_recorded_map(layer: nn.Conv2d, channel: int, most: int) -> None:
    x = torch.randn(1, 8, 13, 12, generator=torch.Generator().manual_seed(channel))
    recording = capture.activations(nn.Sequential(layer), x)
    made = units.making(nn.Sequential(layer), recording, "0", channel, most=most)
    assert made is not None
    assert np.allclose(made.total, made.output, atol=1e-4)
    wide = 8 // layer.groups
    assert len(made.ingredients) + made.others == wide
    assert len(made.ingredients) <= most
    # A window holds all that its cell reads: what lies outside it may be anything.
    row, column = made.output.shape[0] // 2, made.output.shape[1] // 2
    other = torch.randn(x.shape, generator=torch.Generator().manual_seed(5))
    if layer.padding_mode == "zeros":
        (top, bottom), (left, right) = made.rows[row], made.columns[column]
        seen = (..., slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0)))
        other[seen] = x[seen]
        again = capture.activations(nn.Sequential(layer), other)["0"].values[channel, row, column]
        assert again == pytest.approx(made.output[row, column], abs=1e-5)


POOLS = (
    nn.MaxPool2d(2), nn.AvgPool2d(3, 2, 1), nn.AdaptiveAvgPool2d((3, 2)), nn.MaxPool2d(3, 1, 1),
    nn.AdaptiveMaxPool2d(5),
)  # fmt: skip


@pytest.mark.parametrize("layer", POOLS, ids=str)
def test_a_pooling_window_holds_what_its_cell_is_made_of(layer: nn.Module) -> None:
    x = torch.randn(1, 2, 9, 8, generator=torch.Generator().manual_seed(0))
    made = units.making(nn.Sequential(layer), capture.activations(nn.Sequential(layer), x), "0", 1)
    assert made is not None
    take = np.max if "Max" in str(layer) else np.mean
    for row, (top, bottom) in enumerate(made.rows):
        for column, (left, right) in enumerate(made.columns):
            window = made.ingredients[0].values[top:bottom, left:right]
            if "Avg" in str(layer) and "padding=1" in str(layer):
                assert made.output[row, column] == pytest.approx(window.sum() / 9, abs=1e-5)
            else:
                assert made.output[row, column] == pytest.approx(take(window), abs=1e-5)


class Branches(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.mix = nn.BatchNorm2d(3), nn.GroupNorm(1, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(x) + x) * torch.sigmoid(self.mix(x)).mean((2, 3), keepdim=True)


def made_of(key: str, channel: int = 1) -> Making | None:
    model = Branches().eval()
    recording = capture.activations(model, torch.randn(1, 3, 6, 5, generator=torch.Generator().manual_seed(1)))
    return units.making(model, recording, key, channel)


def test_cell_by_cell_the_inputs_are_named() -> None:
    made = made_of("add")
    assert made is not None
    assert [part.source for part in made.ingredients] == ["norm", "input"]
    assert np.allclose(sum(part.values for part in made.ingredients), made.output, atol=1e-6)


def test_what_mixes_cells_or_has_other_shapes_is_not_told() -> None:
    assert made_of("mix") is None
    assert made_of("mul") is None
    with pytest.raises(ValueError, match="no channel 3"):
        made_of("norm", 3)


@pytest.mark.parametrize("dilation", [1, 3, 5, 9])
def test_windows_that_lie_in_the_padding_alone_have_no_winner(dilation: int) -> None:
    model = nn.Sequential(nn.MaxPool2d(2, 1, 1, dilation=dilation))
    x = torch.randn(1, 2, 9, 9, generator=torch.Generator().manual_seed(dilation))
    recording = capture.activations(model, x)
    made, values = units.making(model, recording, "0", 1), recording["0"].values
    assert (made is None) == bool(np.isneginf(values).any())
    for row in range(values.shape[1]):
        found = units.explain(model, x, recording, "0", 1, row, 0)
        if np.isfinite(values[1, row, 0]):
            assert found.computed == pytest.approx(values[1, row, 0])
