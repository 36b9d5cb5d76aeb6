"""Values that leave torch and come back, through numpy, lists, another library or nested tensors, keep their rows."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import anatomy, capture

Way = Callable[[torch.Tensor], torch.Tensor]
WAYS: dict[str, Way] = {
    "from_numpy": lambda y: torch.from_numpy(np.maximum(y.numpy(), 0)),
    "tensor": lambda y: torch.tensor(y.detach().cpu().numpy() * 2),
    "as_tensor": lambda y: torch.as_tensor(np.asarray(y) + 1),
    "list": lambda y: torch.tensor(y.tolist()),
    "flipped": lambda y: torch.from_numpy(y.numpy()[..., ::-1].copy()),
    "another library": lambda y: torch.from_dlpack(y.numpy().copy()),
    "nested": lambda y: torch.nested.to_padded_tensor(torch.nested.nested_tensor([y[0], y[0, :, :3]]), 0.0)[:1],
    "ragged": lambda y: torch.nested.as_nested_tensor([y[0], y[0] * 2]).unbind()[1][None],
}


class Drawn(nn.Module):
    """Convolutions with drawn ways out of torch and back between them."""

    def __init__(self, ways: list[str]) -> None:
        super().__init__()
        self.ways = ways
        self.layers = nn.ModuleList([nn.Conv2d(2, 2, 3, padding=1) for _ in range(len(ways) + 1)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.layers[0](x)
        for way, layer in zip(self.ways, self.layers[1:], strict=True):
            x = layer(WAYS[way](x))
        return x.mean((2, 3))


@pytest.mark.parametrize("seed", range(24))
def test_every_layer_behind_is_a_row_that_comes_of_the_input(seed: int) -> None:
    draw = random.Random(seed)
    torch.manual_seed(seed)
    model, x = Drawn(draw.choices(list(WAYS), k=draw.randrange(1, 4))).eval(), torch.randn(1, 2, 6, 6)
    with torch.no_grad():
        wanted = model(x)
    record = capture.activations(model, x)
    assert np.array_equal(record.logits, wanted[0].numpy())
    above = {record.keys[-1]}
    for layer in reversed(record.layers):  # what the output comes of, by the rows' own inputs
        above |= set(layer.inputs) if layer.key in above else set()
    assert {"input", *(f"layers.{index}" for index in range(len(model.layers)))} <= above
    with torch.no_grad():
        spoiled = x.clone()
        spoiled[0, 0, 3, 3] += 1
        changed = capture.activations(model, spoiled)
    assert all((layer.values != changed[layer.key].values).any() for layer in record if layer.name.startswith("layers"))


@pytest.mark.parametrize("way", WAYS)
def test_no_field_behind_is_said_to_be_exact(way: str) -> None:
    """What happens outside no rule knows: the row behind sees anything, and may see all."""
    found = anatomy.fields(Drawn([way]).eval(), (2, 6, 6), run=True)
    assert (found["layers.0"].status, found["layers.1"].status) == ("exact", "unknown")


def test_numbers_of_the_networks_own_are_no_rows() -> None:
    class Own(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * torch.tensor([0.5]) + torch.from_numpy(np.ones(1, np.float32))

    assert [layer.kind for layer in capture.activations(Own(), torch.rand(1, 1, 2, 2))] == [
        "input", "multiplication", "addition",
    ]  # fmt: skip
