"""The blocked layout's way forward: the same numbers as the plain one, or no such way."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz import models, training
from cnnviz.records import Epoch, Step
from cnnviz.training import blocked, optimization, simd_kernels

NARROW = {"net": (3, 32, 32), "cnn": (1, 28, 28), "lenet5": (1, 28, 28)}

pytestmark = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")


def gradients(model: nn.Module, way: blocked.Forward, shape: tuple[int, int, int]) -> list[torch.Tensor]:
    x = torch.randn(5, *shape, generator=torch.Generator().manual_seed(1))
    loss = F.cross_entropy(way(x), torch.arange(5))
    return [loss.detach(), *torch.autograd.grad(loss, list(model.parameters()))]


@pytest.mark.parametrize("name", NARROW)
def test_loss_and_gradients_are_the_plain_ways(name: str) -> None:
    model = models.build(name, input_shape=NARROW[name], classes=10).train()
    way = blocked.forward(model, NARROW[name])
    assert way is not None
    for one, two in zip(gradients(model, way, NARROW[name]), gradients(model, model, NARROW[name]), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-7)


def test_it_uses_the_models_own_parameters_and_leaves_them_alone() -> None:
    model = models.build("net", input_shape=(3, 32, 32), classes=10).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    way = blocked.forward(model, (3, 32, 32))
    assert isinstance(way, nn.Module)
    assert {id(item) for item in way.parameters()} == {id(item) for item in model.parameters()}
    assert all(item.grad is None for item in model.parameters())
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_torchs_generator_is_as_it_was() -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Dropout(), nn.Linear(4 * 36, 3)).train()
    drops = Drops().train()
    state = torch.get_rng_state()
    assert blocked.forward(model, (1, 8, 8)) is not None
    assert torch.equal(torch.get_rng_state(), state)
    blocked.forward(drops, (1, 8, 8))
    assert torch.equal(torch.get_rng_state(), state)


class Drops(nn.Module):
    """Dropout as a function, which a trace keeps as it was in training."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.dropout(self.conv(x), training=self.training).flatten(1)


class Decides(nn.Module):
    """A forward pass that looks at its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x) if x.sum() > 0 else self.conv(-x)


@pytest.mark.parametrize(
    "model",
    [
        nn.Sequential(nn.Flatten(), nn.Linear(64, 3)),  # no convolution
        nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3)),  # cut off from the image
        nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect"), nn.ReLU()),
        nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sigmoid(), nn.Conv2d(4, 4, 3)),
        Decides(),
    ],
    ids=["linear", "batch norm", "reflect", "sigmoid between", "decides"],
)
def test_where_the_way_is_not_open_there_is_none(model: nn.Module) -> None:
    assert blocked.forward(model.train(), (1, 8, 8)) is None


def test_a_way_that_computes_something_else_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a build of torch would whose blocked ReLU is wrong."""
    model = models.build("net", input_shape=(3, 32, 32), classes=10).train()
    real = torch.Tensor.to_dense
    monkeypatch.setattr(torch.Tensor, "to_dense", lambda self, *given: real(self, *given) * 1.01)
    assert blocked.forward(model, (3, 32, 32)) is None


def test_wide_networks_and_other_devices_go_the_plain_way() -> None:
    wide = nn.Sequential(nn.Conv2d(64, 64, 3), nn.ReLU()).train()
    assert blocked.forward(wide, (64, 8, 8)) is not None
    assert optimization.narrow(wide, torch.device("cpu"), (64, 8, 8)) is None
    narrow = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU()).train()
    assert optimization.narrow(narrow, torch.device("meta"), (1, 8, 8)) is None


def test_a_run_says_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    config = training.TrainConfig("digits", "lenet5", epochs=1, examples=320, momentum=0.9)
    monkeypatch.setattr(simd_kernels, "forward", lambda *given: None)  # it comes first where it is open
    short = [event for event in training.train(config, device="cpu") if isinstance(event, Step | Epoch)]
    monkeypatch.setattr(optimization, "narrow", lambda *given: None)
    plain = [event for event in training.train(config, device="cpu") if isinstance(event, Step | Epoch)]
    assert len(short) == len(plain) == 6
    for one, two in zip(short, plain, strict=True):
        if isinstance(one, Step) and isinstance(two, Step):
            assert one.loss == pytest.approx(two.loss, rel=1e-4)
        elif isinstance(one, Epoch) and isinstance(two, Epoch):
            assert one.test_accuracy == pytest.approx(two.test_accuracy, abs=0.01)
