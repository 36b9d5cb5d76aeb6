"""Tensors that a network makes on its way: laid out like another, joined to the image's, put into its own buffers."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import anatomy, capture, units

SHAPE = (3, 8, 8)
X = torch.randn(1, *SHAPE, generator=torch.Generator().manual_seed(5))
Work = Callable[["Net", torch.Tensor], torch.Tensor]


class Net(nn.Module):
    """A convolution, and whatever is done with its map; it owns a matrix, a view of it, and a map of one channel."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.conv, self.work = nn.Conv2d(3, 4, 3, padding=1), work
        self.register_buffer("held", torch.arange(6.0).reshape(2, 3))
        self.register_buffer("row", self.held[0])
        self.register_buffer("map", torch.randn(1, 2, 1, 8, generator=torch.Generator().manual_seed(1)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.work(self, self.conv(x))


LAID_OUT: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "empty_like": torch.empty_like,
    "zeros_like": torch.zeros_like,
    "ones_like": torch.ones_like,
    "randn_like": torch.randn_like,
    "new_empty": lambda y: y.new_empty(y.shape),
    "new_zeros": lambda y: y.new_zeros(y.shape),
}
FILLED: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "out": lambda y, new: torch.add(y, 1, out=new),
    "copied": lambda y, new: new.copy_(y.flip(2)),
    "a part": lambda y, new: (new.zero_(), new.narrow(2, 1, 5).add_(y[:, :, 2:7]), new)[2],
    "scattered": lambda y, new: new.zero_().index_add_(2, torch.arange(8) // 2, y),
}


@pytest.mark.parametrize("how", LAID_OUT)
def test_what_reads_only_a_shape_is_no_row_and_what_fills_it_is_one(how: str) -> None:
    for fill in random.Random(how).sample(sorted(FILLED), 2):
        torch.manual_seed(0)
        net = Net(lambda _, y, fill=fill: FILLED[fill](y, LAID_OUT[how](y))).eval()  # type: ignore[misc]
        first, again = capture.activations(net, X), capture.activations(net, X)
        assert not any(how in key for key in first.keys), fill
        for one, two in zip(first, again, strict=True):
            np.testing.assert_array_equal(one.values, two.values, err_msg=f"{fill}: {one.key}")
        with torch.no_grad():
            np.testing.assert_array_equal(first.logits, net(X)[0].numpy())
        assert first.layers[-1].inputs
        if fill != "out":  # which autograd refuses
            assert set(capture.contributions(net, X, 0)) == set(first.keys)
        assert all(proof.holds for proof in anatomy.prove(net, SHAPE, [(0, 0), (4, 5)])), fill


CHANGED: dict[str, Callable[[Net, torch.Tensor], object]] = {
    "out=": lambda net, y: torch.mul(y, 2, out=net.held),
    "longer": lambda net, y: net.held.resize_(4, 5).fill_(7),
    "shorter": lambda net, y: net.held.resize_(1).zero_(),
    "turned": lambda net, y: net.held.t_().mul_(2),
    "another axis": lambda net, y: net.held.unsqueeze_(0).add_(1),
    "other data": lambda net, y: setattr(net.held, "data", y.flatten()),
    "another type": lambda net, y: setattr(net.held, "data", net.held.data.half()),
    "its view": lambda net, y: net.row.resize_(1).zero_(),
    "no memory": lambda net, y: net.held.resize_(0).untyped_storage().resize_(0),
}


@pytest.mark.parametrize("how", CHANGED)
@pytest.mark.filterwarnings("ignore:An output with one or more elements was resized")
def test_a_buffer_gets_back_its_place_its_shape_and_its_numbers(how: str) -> None:
    net = Net(lambda net, y: (CHANGED[how](net, y), y + 1)[1]).eval()
    before = [_told(tensor) for tensor in net.buffers()]
    wanted = capture.activations(Net(lambda _, y: y + 1).eval(), X).keys
    for _ in range(2):
        assert set(wanted) <= set(capture.activations(net, X).keys)
        assert [_told(tensor) for tensor in net.buffers()] == before
        assert net.row.data_ptr() == net.held.data_ptr()


def _told(tensor: torch.Tensor) -> tuple[object, ...]:
    return id(tensor), tensor.shape, tensor.stride(), tensor.dtype, tensor.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_of_a_join_with_what_the_image_has_no_part_in_is_explained(seed: int) -> None:
    draw = random.Random(seed)
    others: list[Work] = [
        lambda net, y: torch.ones(1, 1, 8, 8), lambda net, y: net.map.expand(1, 2, 8, 8),
        lambda net, y: torch.linspace(-1, 1, 8).expand(1, 1, 8, 8),
    ]  # fmt: skip
    chosen = draw.sample(others, draw.randrange(1, 3))
    place = draw.randrange(len(chosen) + 1)

    def joined(net: Net, y: torch.Tensor) -> torch.Tensor:
        parts = [other(net, y) for other in chosen]
        return torch.cat([*parts[:place], y, *parts[place:]], 1)

    net = Net(joined).eval()
    record = capture.activations(net, X)
    channels = record["cat"].shape[0]
    for channel in range(channels):
        unit = units.explain(net, X, record, "cat", channel, draw.randrange(8), draw.randrange(8))
        assert unit.computed == pytest.approx(unit.recorded, abs=1e-6)
