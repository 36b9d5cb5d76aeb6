"""Probes against their definition: norms taken element by element, in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from cnnviz import models, probes, training
from cnnviz.probes import norms
from cnnviz.records import Finished

NONE = torch.zeros(0, 1, 28, 28)  # norms look at no images


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
    found = norms.gradient_norms(trained_once, NONE)
    layers = layers_of(trained_once)
    assert list(found) == list(layers)
    for name, layer in layers.items():
        own = [item.grad for item in layer.parameters(recurse=False) if item.grad is not None]
        assert found[name] == pytest.approx(slow_norm(own), rel=1e-5)
        assert found[name] > 0


def test_weight_norms_by_definition(trained_once: nn.Module) -> None:
    found = norms.weight_norms(trained_once, NONE)
    for name, layer in layers_of(trained_once).items():
        assert found[name] == pytest.approx(
            slow_norm([item.data for item in layer.parameters(recurse=False)]), rel=1e-5
        )


def test_ratio_is_the_quotient(trained_once: nn.Module) -> None:
    gradients, weights = norms.gradient_norms(trained_once, NONE), norms.weight_norms(trained_once, NONE)
    for name, value in norms.gradient_to_weight(trained_once, NONE).items():
        assert value == pytest.approx(gradients[name] / weights[name])


def test_a_layer_of_zeros_has_ratio_zero() -> None:
    layer = nn.Linear(2, 2)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    layer(torch.ones(1, 2)).sum().backward()
    assert norms.gradient_to_weight(layer, NONE) == {"model": 0.0}


def test_without_gradients_there_are_none() -> None:
    model = models.build("fc2layer")
    assert norms.gradient_norms(model, NONE) == {}
    assert set(norms.weight_norms(model, NONE)) == {"hidden1", "hidden2", "output"}


def test_a_law_gradients_scale_with_the_loss(trained_once: nn.Module) -> None:
    before = norms.gradient_norms(trained_once, NONE)
    for parameter in trained_once.parameters():
        assert parameter.grad is not None
        parameter.grad.mul_(3)
    for name, value in norms.gradient_norms(trained_once, NONE).items():
        assert value == pytest.approx(3 * before[name], rel=1e-5)


@pytest.mark.parametrize("name", probes.names())
def test_every_probe_gives_plain_numbers_and_leaves_the_model_alone(name: str) -> None:
    """On a network that has what the probe looks at: residual blocks and normalisation, or hidden linear layers."""
    network = "cnn" if name == "co_adaptation" else "resnet20"
    model = models.build(network, seed=3, input_shape=(1, 28, 28), classes=10).train()
    pictures = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    nn.functional.cross_entropy(model(pictures), torch.arange(8)).backward()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    gradients = [item.grad.clone() for item in model.parameters() if item.grad is not None]
    found = probes.measure([name], model, pictures)[name]
    assert found
    assert all(type(value) is float and math.isfinite(value) for value in found.values())
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    kept = [item.grad for item in model.parameters() if item.grad is not None]
    assert all(torch.equal(one, other) for one, other in zip(gradients, kept, strict=True))
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_an_unknown_probe_lists_those_there_are() -> None:
    with pytest.raises(KeyError, match="gradient_norms"):
        probes.measure(["gradient_norm"], nn.Linear(1, 1), NONE)


def test_a_run_hands_over_what_its_probes_find_at_the_end() -> None:
    config = training.TrainConfig("digits", "fc2layer", examples=200, probes=("weight_norms", "co_adaptation"))
    run = training.train(config)
    finished = list(run)[-1]
    assert isinstance(finished, Finished)
    assert finished.probes["weight_norms"] == norms.weight_norms(run.model, NONE)
    assert set(finished.probes["co_adaptation"]) == {"hidden1", "hidden2"}
