"""Residual networks: the probe by the definition, how they start, what a projection costs, and their plans."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz import images, models, probes, samples
from cnnviz.models import cifar_resnet
from cnnviz.probes.residual_blocks import residual_to_input
from cnnviz.topics.degradation import captions, residual_plans

SHAPE = (3, 16, 16)
BOTH = {"shortcut": "projection", "identity_start": True}
KINDS: tuple[dict[str, Any], ...] = ({}, {"shortcut": "projection"}, {"identity_start": True}, BOTH)


def lived_in(name: str, **options: Any) -> nn.Module:
    """A network whose scales and running statistics are none of the round numbers that it starts with."""
    model = models.build(name, input_shape=SHAPE, **options)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                assert module.running_mean is not None
                assert module.running_var is not None
                module.running_mean.normal_(0, 0.3, generator=generator)
                module.running_var.uniform_(0.5, 2, generator=generator)
                if module.weight.any():
                    module.weight.uniform_(0.3, 1.5, generator=generator)
                module.bias.normal_(0, 0.2, generator=generator)
    return model


def pictures(count: int = 5) -> torch.Tensor:
    return torch.randn(count, *SHAPE, generator=torch.Generator().manual_seed(1))


def normalised(x: torch.Tensor, state: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    """Batch normalisation by its formula, from the stored statistics."""
    mean, variance, scale, shift = (
        state[f"{name}.{part}"].view(1, -1, 1, 1) for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / torch.sqrt(variance + 1e-5) * scale + shift


def by_definition(model: nn.Module, x: torch.Tensor, *, branches: bool = True) -> tuple[torch.Tensor, dict[str, float]]:
    """Logits, and ‖F(x)‖ / ‖x‖ of each block, from the weights alone in float64."""
    state = {name: value.double() for name, value in model.state_dict().items()}
    x = functional.conv2d(x.double(), state["conv.weight"], padding=1)
    x = normalised(x, state, "norm").clamp_min(0)
    shares: dict[str, float] = {}
    for block in [name.removesuffix(".conv1.weight") for name in state if name.endswith("conv1.weight")]:
        stride = 2 if block in ("stage2.0", "stage3.0") else 1
        y = functional.conv2d(x, state[f"{block}.conv1.weight"], stride=stride, padding=1)
        y = normalised(y, state, f"{block}.norm1").clamp_min(0)
        y = normalised(functional.conv2d(y, state[f"{block}.conv2.weight"], padding=1), state, f"{block}.norm2")
        if f"{block}.shortcut.0.weight" in state:
            x = functional.conv2d(x, state[f"{block}.shortcut.0.weight"], stride=stride)
            x = normalised(x, state, f"{block}.shortcut.1")
        elif stride == 2:
            small = x[:, :, ::2, ::2]
            x = torch.cat([small, torch.zeros_like(small)], dim=1)
        shares[block] = float(np.mean([float(added.norm() / kept.norm()) for added, kept in zip(y, x, strict=True)]))
        x = (x + y if branches else x).clamp_min(0)
    logits = x.mean((2, 3)) @ state["classifier.weight"].T + state["classifier.bias"]
    return logits, shares


# ------------------------------------------------------------------------------------------------ the probe
@pytest.mark.parametrize("options", KINDS, ids=str)
def test_the_probe_by_definition(options: dict[str, Any]) -> None:
    model, x = lived_in("resnet20", **options), pictures()
    logits, shares = by_definition(model, x)
    with torch.no_grad():
        assert torch.allclose(model(x).double(), logits, atol=1e-4)
    found = residual_to_input(model, x)
    assert list(found) == list(shares)
    assert len(found) == 9
    assert list(found.values()) == pytest.approx(list(shares.values()), rel=1e-4)


def test_a_plain_network_has_no_blocks_to_measure() -> None:
    assert residual_to_input(models.build("plain20", input_shape=SHAPE), pictures()) == {}


def test_the_probe_leaves_the_network_as_it_was() -> None:
    """Also in the middle of training: mode, statistics, gradients and hooks."""
    model = lived_in("resnet20").train()
    model(pictures()).sum().backward()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    gradients = [parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None]
    probes.measure(["residual_to_input"], model, pictures())
    assert all(module.training for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    after = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    assert all(torch.equal(one, other) for one, other in zip(gradients, after, strict=True))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


# ------------------------------------------------------------------------------------------------ how they start
@pytest.mark.parametrize("shortcut", residual_plans.SHORTCUTS)
@pytest.mark.parametrize("depth", [20, 56])
def test_an_identity_start_gives_the_shortcuts_answer(depth: int, shortcut: str) -> None:
    """Every branch adds 0, so the network is its first convolution, its shortcuts, the mean and the linear layer."""
    model, x = models.build(f"resnet{depth}", input_shape=SHAPE, shortcut=shortcut, identity_start=True), pictures()
    assert set(residual_to_input(model, x).values()) == {0.0}
    alone, _ = by_definition(model, x, branches=False)
    with torch.no_grad():
        assert torch.allclose(model(x).double(), alone, atol=1e-6)
    usual = models.build(f"resnet{depth}", input_shape=SHAPE, shortcut=shortcut)
    assert min(residual_to_input(usual, x).values()) > 0.01


def test_an_identity_start_changes_only_the_last_scales() -> None:
    usual, identity = (models.build("resnet20", seed=3, identity_start=on).state_dict() for on in (False, True))
    differ = {name for name, value in usual.items() if not torch.equal(value, identity[name])}
    assert differ == {name for name in usual if name.endswith("norm2.weight")}


def test_a_branch_that_started_at_zero_learns() -> None:
    """After one step the scales have left 0, after the next the branch's own convolutions have moved."""
    model = models.build("resnet20", input_shape=SHAPE, identity_start=True).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    first = model.get_parameter("stage1.0.conv1.weight").detach().clone()
    for step in range(2):
        optimizer.zero_grad()
        functional.cross_entropy(model(pictures()), torch.arange(5)).backward()
        optimizer.step()
        moved = not torch.equal(first, model.get_parameter("stage1.0.conv1.weight"))
        assert moved == (step == 1)
    assert model.get_parameter("stage1.0.norm2.weight").any()


# ------------------------------------------------------------------------------------------------ what they cost
@pytest.mark.parametrize("depth", [20, 56])
def test_a_projection_costs_two_small_convolutions(depth: int) -> None:
    padding, projection = (residual_plans.plan(f"resnet{depth}", shortcut=kind) for kind in ("padding", "projection"))
    weights = 16 * 32 + 32 * 64
    assert padding.shortcut_parameters == 0
    assert projection.shortcut_parameters == weights + 2 * (32 + 64)
    assert projection.parameters - padding.parameters == projection.shortcut_parameters
    assert projection.macs - padding.macs == 16 * 32 * 16 * 16 + 32 * 64 * 8 * 8
    assert "2,752 parameters" in captions.cost(padding, projection)


@pytest.mark.parametrize(("depth", "published"), list(cifar_resnet.PUBLISHED.items()))
def test_plans_are_the_published_ones(depth: int, published: tuple[int, int]) -> None:
    plain, residual = residual_plans.plan(f"plain{depth}"), residual_plans.plan(f"resnet{depth}")
    assert (plain.parameters, plain.macs) == (residual.parameters, residual.macs) == published
    assert (plain.layers, residual.layers) == (depth, depth)
    assert (plain.additions, residual.additions) == (0, (depth - 2) // 2)
    assert [convolutions for _, _, convolutions, _, _ in plain.stages] == [1, *[(depth - 2) // 3] * 3, 0]
    assert sum(parameters for *_, parameters, _ in plain.stages) == published[0]
    assert sum(macs for *_, macs in plain.stages) == published[1]
    assert "no more parameters and no more multiply-adds" in captions.plans(
        plain, residual, (plain.title, residual.title)
    )


# ------------------------------------------------------------------------------------------------ one image
@pytest.mark.parametrize("shortcut", residual_plans.SHORTCUTS)
def test_norms_at_the_start_by_definition(shortcut: str) -> None:
    """Block by block, normalised by the image's own statistics."""
    picture = samples.read(samples.FIRST)
    found = residual_plans.at_start(picture, depth=20, shortcut=shortcut, seed=4)
    state = models.build("resnet20", seed=4, shortcut=shortcut).double().state_dict()
    own = lambda y: (y - y.mean((0, 2, 3), keepdim=True)) / (y.var((0, 2, 3), keepdim=True, correction=0) + 1e-5).sqrt()  # noqa: E731
    x = images.to_tensor(picture, models.spec("resnet20")).double()
    x = own(functional.conv2d(x, state["conv.weight"], padding=1)).clamp_min(0)
    for index, block in enumerate(found.blocks):
        stride = 2 if block in ("stage2.0", "stage3.0") else 1
        y = own(functional.conv2d(x, state[f"{block}.conv1.weight"], stride=stride, padding=1)).clamp_min(0)
        y = own(functional.conv2d(y, state[f"{block}.conv2.weight"], padding=1))
        if stride == 2 and shortcut == "projection":
            x = own(functional.conv2d(x, state[f"{block}.shortcut.0.weight"], stride=2))
        elif stride == 2:
            x = torch.cat([x[:, :, ::2, ::2], torch.zeros_like(x[:, :, ::2, ::2])], dim=1)
        expected = (float(x.norm()), float(y.norm()), float((x + y).norm()))
        assert (found.x[index], found.branch[index], found.total[index]) == pytest.approx(expected, rel=1e-3)
        x = (x + y).clamp_min(0)
    assert index == 8
    assert "first block" in captions.start(found)


def test_an_identity_start_adds_nothing_to_a_picture() -> None:
    found = residual_plans.at_start(samples.read(samples.FIRST), depth=56, identity_start=True)
    assert not found.branch.any()
    assert np.array_equal(found.x, found.total)
    assert "exactly 0" in captions.start(found)
    assert "all 27 blocks" in captions.start(found)
