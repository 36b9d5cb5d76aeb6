"""Outputs that are no scores: decisions are never shown as probabilities, a turned map never as another one."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import torch
from torch import nn

from cnnviz import capture, outputs
from cnnviz.models.entries import classes_named
from cnnviz.outputs import tensors
from cnnviz.records import Spec
from pages.shared import network_picker

X = torch.rand(1, 3, 24, 36, generator=torch.Generator().manual_seed(3))
Head = Callable[[torch.Tensor], object]

DECIDED: dict[str, Head] = {
    "argmax": lambda z: z.argmax(1),
    "the largest": lambda z: z.max(1).indices,
    "the best three": lambda z: z.topk(3).indices,
    "in order": lambda z: z.sort(1, descending=True)[1],
    "above zero": lambda z: z > 0,
    "above zero, as floats": lambda z: (z > 0).float(),
    "as integers": lambda z: (z * 100).to(torch.int32),
    "one of many": lambda z: nn.functional.one_hot(z.argmax(1), 6),
    "drawn": lambda z: torch.multinomial(z.softmax(1), 1),
    "by name": lambda z: {"pred": z.argmax(1)},
}


class Net(nn.Module):
    """A small classifier of six classes, and what is made of its logits."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 6))
        self.head = head

    def forward(self, x: torch.Tensor) -> object:
        return self.head(self.net(x))


@pytest.mark.parametrize("how", DECIDED)
def test_decisions_are_not_read_as_logits(how: str) -> None:
    torch.manual_seed(1)
    model = Net(DECIDED[how]).eval()
    found = outputs.unnamed(capture.activations(model, X))
    assert found.kind == "unread"
    assert "decisions" in found.said
    when_opened = outputs.guessing.guess(
        tensors.arrays(model(X)), tensors.main_key(tensors.parts(model(X))), _spec(6), ended="gt"
    )
    assert when_opened.kind == "unread"


@pytest.mark.parametrize("seed", range(12))
def test_a_map_with_its_channels_last_is_told_and_one_with_them_first_is_read(seed: int) -> None:
    draw = random.Random(seed)
    part = draw.choice((1, 2, 3))
    channels = draw.choice((2, 5, 7, 21))
    values = torch.randn(1, channels, 24 // part, 36 // part, generator=torch.Generator().manual_seed(seed))
    first = outputs.read(tensors.arrays(values), "", _spec(channels))
    last = outputs.read(tensors.arrays(values.permute(0, 2, 3, 1)), "", _spec(channels))
    assert first.kind == "map"
    assert last.kind == "unread"
    assert "channels last" in last.said


@pytest.mark.parametrize("model", [nn.Identity(), Net(lambda z: torch.zeros(1, 4))], ids=["identity", "a constant"])
def test_a_network_that_does_nothing_with_its_image_has_a_first_layer(model: nn.Module) -> None:
    recording = capture.activations(model.eval(), X)
    assert network_picker.first_layer(recording) in recording.keys


def _spec(count: int) -> Spec:
    return Spec("n", "n", (3, 24, 36), (0.5,) * 3, (0.5,) * 3, classes_named(count))
