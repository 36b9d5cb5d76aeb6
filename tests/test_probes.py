"""Probes against their definition: norms taken element by element, in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from cnnviz import models, probes


def slow_norm(tensors: list[torch.Tensor]) -> float:
    return math.sqrt(sum(float(value) ** 2 for tensor in tensors for value in tensor.double().flatten()))


@pytest.fixture
def trained_once() -> nn.Module:
    """A network with gradients of one batch."""
    model = models.build("cnn", seed=3, input_shape=(1, 28, 28), classes=10).train()
    pictures = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    nn.functional.nll_loss(model(pictures), torch.tensor([1, 2, 3, 4])).backward()
    return model


def layers_of(model: nn.Module) -> dict[str, nn.Module]:
    return {name: one for name, one in model.named_modules() if list(one.parameters(recurse=False))}


def test_gradient_norms_by_definition(trained_once: nn.Module) -> None:
    found = probes.gradient_norms(trained_once)
    layers = layers_of(trained_once)
    assert list(found) == list(layers)
    for name, layer in layers.items():
        own = [item.grad for item in layer.parameters(recurse=False) if item.grad is not None]
        assert found[name] == pytest.approx(slow_norm(own), rel=1e-5)
        assert found[name] > 0


def test_weight_norms_by_definition(trained_once: nn.Module) -> None:
    found = probes.weight_norms(trained_once)
    for name, layer in layers_of(trained_once).items():
        assert found[name] == pytest.approx(
            slow_norm([item.data for item in layer.parameters(recurse=False)]), rel=1e-5
        )


def test_ratio_is_the_quotient(trained_once: nn.Module) -> None:
    gradients, weights = probes.gradient_norms(trained_once), probes.weight_norms(trained_once)
    for name, value in probes.gradient_to_weight(trained_once).items():
        assert value == pytest.approx(gradients[name] / weights[name])


def test_a_layer_of_zeros_has_ratio_zero() -> None:
    layer = nn.Linear(2, 2)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    layer(torch.ones(1, 2)).sum().backward()
    assert probes.gradient_to_weight(layer) == {"model": 0.0}


def test_without_gradients_there_are_none() -> None:
    model = models.build("fc2layer")
    assert probes.gradient_norms(model) == {}
    assert set(probes.weight_norms(model)) == {"hidden1", "hidden2", "output"}


def test_a_law_gradients_scale_with_the_loss(trained_once: nn.Module) -> None:
    before = probes.gradient_norms(trained_once)
    for parameter in trained_once.parameters():
        assert parameter.grad is not None
        parameter.grad.mul_(3)
    for name, value in probes.gradient_norms(trained_once).items():
        assert value == pytest.approx(3 * before[name], rel=1e-5)


@pytest.mark.parametrize("name", probes.names())
def test_every_probe_gives_plain_numbers_and_leaves_the_model_alone(name: str, trained_once: nn.Module) -> None:
    before = {key: value.clone() for key, value in trained_once.state_dict().items()}
    gradients = [item.grad.clone() for item in trained_once.parameters() if item.grad is not None]
    found = probes.measure([name], trained_once)[name]
    assert found
    assert all(type(value) is float and math.isfinite(value) for value in found.values())
    assert all(torch.equal(value, before[key]) for key, value in trained_once.state_dict().items())
    kept = [item.grad for item in trained_once.parameters() if item.grad is not None]
    assert all(torch.equal(one, other) for one, other in zip(gradients, kept, strict=True))


def test_an_unknown_probe_lists_those_there_are() -> None:
    with pytest.raises(KeyError, match="gradient_norms"):
        probes.measure(["gradient_norm"], nn.Linear(1, 1))
