"""Images computed only where a window reaches have the value of the whole images, or are not computed so."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnnviz import attribution
from cnnviz.attribution import occlusion, pieces
from cnnviz.records.attribution import Target

CLASSES = 3
seeds = st.integers(0, 10_000)


class Drawn(nn.Module):
    """First layers of drawn sizes, strides, dilations and padding on one side, a skip; then what sees everything."""

    def __init__(self, dice: torch.Generator) -> None:
        super().__init__()

        def one(*among: int) -> int:
            return among[int(torch.randint(len(among), (1,), generator=dice))]

        size, dilation = one(1, 3, 5), one(1, 2)
        self.pad = nn.ZeroPad2d((0, one(0, 1), 0, one(0, 1)))
        self.one = nn.Conv2d(2, 4, size, stride=one(1, 2), padding=one(0, 1, 2), dilation=dilation)
        self.norm = nn.BatchNorm2d(4)
        self.pool = (nn.MaxPool2d, nn.AvgPool2d)[one(0, 1)](one(2, 3), one(1, 2))
        self.two = nn.Conv2d(4, 4, 3, padding=1)
        self.three = nn.Conv2d(4, 5, one(2, 3), stride=one(1, 2))
        self.bend, self.skips, self.writes = nn.ReLU(inplace=bool(one(0, 1))), one(0, 1), bool(one(0, 1))
        self.head = nn.Linear(5, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(self.bend(self.norm(self.one(self.pad(x)))))
        y = functional.relu(self.two(x), inplace=self.writes)
        x = self.three(y + x if self.skips else y)
        return self.head(x.square().mean((2, 3)))


def drawn(seed: int, side: int) -> tuple[nn.Module, torch.Tensor]:
    torch.manual_seed(seed)
    model = Drawn(torch.Generator().manual_seed(seed)).double().eval()
    nn.init.uniform_(model.norm.running_var, 0.5, 2)  # type: ignore[arg-type]
    nn.init.normal_(model.norm.running_mean)  # type: ignore[arg-type]
    return model, torch.randn(1, 2, side, side + 3, dtype=torch.float64)


def covered(asked: attribution.AttributionRequest, windows: list[occlusion.Window]) -> torch.Tensor:
    images = asked.x.repeat(len(windows), 1, 1, 1)
    for image, (top, bottom, left, right) in zip(images, windows, strict=True):
        image[:, top:bottom, left:right] = asked.zero[0, :, top:bottom, left:right]
    return images


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from((40, 41, 43, 48)), st.integers(4, 7))
def test_every_window_has_the_value_of_the_whole_covered_image(seed: int, side: int, per_side: int) -> None:
    model, x = drawn(seed, side)
    asked = attribution.AttributionRequest(
        model, x, Target(1), baseline=torch.ones_like(x), settings={"per_side": per_side}
    )
    windows, _ = occlusion._windows(asked)
    images = covered(asked, windows)
    with torch.no_grad():
        whole = model(images)[:, 1]
    ways = pieces._ways(asked, windows, 10.0)
    for cut, axes in ways:  # each by itself, not only the first that holds
        found = pieces.Pieces(asked, cut, *axes)
        assert found.holds(range(len(windows))), cut
        assert torch.allclose(found.values(range(len(windows)), images), whole, rtol=1e-9, atol=1e-11), cut
    assert (pieces.of(asked, windows, 10.0) is None) == (not ways)


def test_most_networks_have_a_way_by_pieces() -> None:
    found = 0
    for seed in range(20):
        asked = attribution.AttributionRequest(*drawn(seed, 48), Target(1))
        found += bool(pieces._ways(asked, occlusion._windows(asked)[0], 10.0))
    assert found >= 15


class Odd(nn.Module):
    """First layers that a piece of the image would not tell the truth about."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.one, self.two, self.head = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 4, 3), nn.Linear(4, CLASSES)
        self.where = nn.Parameter(torch.linspace(-1, 1, 48).view(1, 1, 1, 48))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.way == "whole":
            x = x - x.mean((2, 3), keepdim=True)
        made = self.one(x)
        if self.way == "place":
            made = made * self.where[..., : made.shape[-1]]
        if self.way == "size":
            made = made / made.shape[-1]
        if self.way == "turned":
            made = made.flip(-1)
        if self.way == "kept":
            return self.head((self.two(made).relu() + made[:, :, 1:-1, 1:-1]).mean((2, 3)))
        return self.head(self.two(made.relu()).relu().mean((2, 3)))


@pytest.mark.parametrize("way", ["whole", "place", "size", "turned", "kept"])
def test_what_a_piece_would_say_wrongly_is_computed_whole(way: str) -> None:
    torch.manual_seed(0)
    model = Odd(way).double().eval()
    asked = attribution.AttributionRequest(model, torch.randn(1, 2, 48, 48, dtype=torch.float64), Target(1))
    windows, _ = occlusion._windows(asked)
    images = covered(asked, windows)
    found = pieces.of(asked, windows, 10.0)
    with torch.no_grad():
        whole = model(images)[:, 1]
    if found is not None:  # cut before what is odd
        assert torch.allclose(found.values(range(len(windows)), images), whole, rtol=1e-9)
    record = attribution.explain(model, asked.x, "occlusion", Target(1))
    value = float(asked.values(asked.x)[0])
    assert torch.allclose(torch.from_numpy(record.native).flatten(), value - whole, rtol=1e-9, atol=1e-11)
