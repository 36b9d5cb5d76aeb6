"""Small, wide maps by one matrix product: the same numbers as torch's convolution, or the plain way."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from cnnviz import models, training
from cnnviz.records import Epoch, Step
from cnnviz.training import optimization, rewriting, unfolded

CPU = torch.device("cpu")
VGG = (3, 32, 32)
SETTINGS = [
    {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation, "bias": bias}
    for kernel, stride, padding, dilation, bias in itertools.product(
        (3, (2, 3)), (1, (2, 1)), (1, (0, 2)), (1, (1, 2)), (True, False)
    )
]


def passes(module: nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    """The map, and the gradients of a weighted sum of it: input's, weight's and bias's."""
    x = x.detach().requires_grad_()
    out = module(x)
    weights = torch.randn(out.shape, generator=torch.Generator().manual_seed(1)).to(out.dtype)
    return [out.detach(), *torch.autograd.grad((out * weights).sum(), [x, *module.parameters()])]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: "-".join(str(value) for value in setting.values()))
def test_map_and_gradients_are_torchs(setting: dict[str, object]) -> None:
    torch.manual_seed(0)
    plain = nn.Conv2d(5, 7, **setting)  # type: ignore[arg-type]
    x = torch.randn(2, 5, 6, 7)
    for one, two in zip(passes(plain, x), passes(unfolded.Unfolded(plain), x), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


def test_in_float64_it_is_exact() -> None:
    torch.manual_seed(0)
    plain, x = nn.Conv2d(5, 7, 3, padding=1).double(), torch.randn(2, 5, 4, 4, dtype=torch.float64)
    for one, two in zip(passes(plain, x), passes(unfolded.Unfolded(plain), x), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-12, atol=1e-12)


def test_in_bfloat16_it_is_as_near_to_float32_as_torchs() -> None:
    torch.manual_seed(0)
    plain, x = nn.Conv2d(64, 64, 3, padding=1), torch.randn(8, 64, 4, 4)
    exact = passes(plain, x)
    with torch.autocast("cpu", torch.bfloat16):
        theirs, ours = passes(plain, x), passes(unfolded.Unfolded(plain), x)
    for true, one, two in zip(exact, theirs, ours, strict=True):
        off, allowed = (float((way.float() - true).square().mean().sqrt()) for way in (two, one))
        assert 0 < off < 1.5 * allowed


def test_where_the_picture_needs_no_gradient_none_is_computed() -> None:
    module = unfolded.Unfolded(nn.Conv2d(2, 3, 3))
    x = torch.randn(1, 2, 5, 5)
    module(x).sum().backward()
    assert x.grad is None
    assert module.weight.grad is not None


def test_it_takes_the_last_two_stages_of_the_cifar_vgg_and_shares_their_weights() -> None:
    model = models.build("vgg_cifar", input_shape=VGG, classes=10).train()
    state = {key: value.clone() for key, value in model.state_dict().items()}
    random = torch.get_rng_state()
    found = unfolded.network(model, VGG)
    assert found is not None
    taken = [name for name, module in found.named_modules() if isinstance(module, unfolded.Unfolded)]
    assert taken == ["features.conv4_1", "features.conv4_2", "features.conv5_1", "features.conv5_2"]
    assert {id(item) for item in found.parameters()} == {id(item) for item in model.parameters()}
    assert not any(isinstance(module, unfolded.Unfolded) for module in model.modules())
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())  # running statistics too
    assert all(item.grad is None for item in model.parameters())
    assert all(module.training for module in model.modules())
    assert torch.equal(torch.get_rng_state(), random)


class Decides(nn.Module):
    """A forward pass that looks at its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x) if x.sum() > 0 else self.conv(-x)


@pytest.mark.parametrize(
    "model",
    [
        nn.Linear(4, 4),
        nn.Conv2d(64, 64, 1),
        nn.Conv2d(64, 32, 3, padding=1),
        nn.Conv2d(64, 64, 3, padding=1, groups=2),
        nn.Conv2d(64, 64, 3, padding=1, padding_mode="reflect"),
        nn.Conv2d(64, 64, 3, padding="same"),
        nn.Conv2d(64, 64, 2, padding=1),  # 5 × 5
        Decides(),
    ],
    ids=["linear", "1×1", "narrow", "groups", "reflect", "same", "large map", "decides"],
)
def test_where_nothing_is_to_be_gained_the_network_stays(model: nn.Module) -> None:
    assert unfolded.network(nn.Sequential(model), (64, 4, 4)) is None


def test_a_way_that_computes_something_else_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1))
    assert unfolded.network(model, (64, 4, 4)) is not None
    folded = unfolded._folded
    deeper = nn.Sequential(*(nn.Conv2d(64, 64, 3, padding=1) for _ in range(2)))
    monkeypatch.setattr(unfolded, "_folded", lambda *given: folded(*given) * 1.01)
    assert unfolded.network(deeper, (64, 4, 4)) is None


def test_only_a_cpu_goes_this_way() -> None:
    model = models.build("vgg_cifar", input_shape=VGG, classes=10).train()
    assert optimization.wide(model, torch.device("meta"), VGG) is model
    assert optimization.wide(model, CPU, VGG) is not model


def test_a_run_says_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    config = training.TrainConfig("shapes", "vgg_cifar", epochs=1, examples=256, options=(("width", 0.25),), lr=0.01)
    short = [event for event in training.train(config, device=CPU) if isinstance(event, Step | Epoch)]
    monkeypatch.setattr(optimization, "wide", lambda model, *given: model)
    plain = [event for event in training.train(config, device=CPU) if isinstance(event, Step | Epoch)]
    assert len(short) == len(plain) == 5
    for one, two in zip(short, plain, strict=True):
        if isinstance(one, Step) and isinstance(two, Step):
            assert one.loss == pytest.approx(two.loss, rel=1e-3)


def test_agreement_is_of_every_gradient_to_its_own_size() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    shape = (1, 1, 4)
    assert rewriting.agree(model, lambda x: model(x), shape)
    assert not rewriting.agree(model, lambda x: model(x * 1.001), shape)
    assert not rewriting.agree(model, lambda x: model(x).detach() + 0 * model(x), shape)
