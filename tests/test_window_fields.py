"""Attention within windows: what is said of a network whose maps are cut up on the way and put together again."""

from __future__ import annotations

import torch
from torch import nn

from cnnviz import anatomy
from cnnviz.measurements import architectures
from cnnviz.records import Spec
from cnnviz.topics.explore import captions


class Windows(nn.Module):
    """Patches of 4 × 4 pixels, of which 4 × 4 look at one another; the mean of all of them is classified."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.fc = nn.Conv2d(3, 6, 4, 4), nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.patches(x).permute(0, 2, 3, 1)
        tokens = y.reshape(1, 4, 4, 4, 4, 6).transpose(2, 3).reshape(16, 16, 6)
        tokens = torch.softmax(tokens @ tokens.transpose(1, 2), -1) @ tokens
        y = y + tokens.reshape(1, 4, 4, 4, 4, 6).transpose(2, 3).reshape(1, 16, 16, 6)
        return self.fc(y.mean((1, 2)))  # type: ignore[no-any-return]


def test_a_cell_sees_its_window_and_only_what_is_whole_to_the_end_is_called_so() -> None:
    rows = {row.name: row for row in anatomy.inspect(Windows().eval(), (3, 64, 64))}
    assert rows["add"].receptive_field.status == "exact"
    assert rows["add"].receptive_field.box(5, 9) == (16, 32, 32, 48)
    assert all(proof.holds for proof in anatomy.prove(Windows().eval(), (3, 64, 64), [(20, 40), (63, 0)]))
    spec = Spec("windows", "Windows", (3, 64, 64), (0.5,) * 3, (0.5,) * 3, ("a", "b", "c"))
    whole = architectures.count(Windows().eval(), spec, (3, 64, 64)).whole_from
    assert whole is not None
    assert whole.name == "mean"
    assert captions.sees(rows["reshape"].receptive_field) == "its cells together see the whole input"
    assert captions.sees(rows["mean"].receptive_field) == "a cell sees the whole input"
