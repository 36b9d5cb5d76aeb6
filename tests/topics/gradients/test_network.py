"""The gradient in each layer of a real network: against plain autograd on a copy, with the model back untouched."""

from __future__ import annotations

import contextlib
import copy
import io
from typing import Any

import numpy as np
import pytest
import torch

from cnnviz import capture, images, models, networks, outputs, samples
from cnnviz.topics.gradients import captions, network, network_figures


@pytest.mark.parametrize(("name", "layers"), [("lenet5", 5), ("vgg_cifar", 9), ("resnet20", 20)])
def test_norms_equal_plain_autograd_and_the_model_comes_back(name: str, layers: int) -> None:
    model, spec = models.build(name), models.spec(name)
    x = torch.randn(1, *spec.input_shape, generator=torch.Generator().manual_seed(0))
    before = {key: value.clone() for key, value in model.state_dict().items()}
    recording = capture.activations(model, x)
    found = network.measure(model, x, recording, label=name, reading=outputs.unnamed(recording))
    assert len(found.names) == layers
    likeliest = int(recording.logits.argmax())
    assert found.target == f"class {likeliest}"
    twin = copy.deepcopy(model).requires_grad_(True)
    twin(x)[0, likeliest].backward()
    for key, norm in zip(found.names, found.weight_gradients, strict=True):
        expected = twin.get_submodule(recording[key].module).weight.grad.norm().item()
        assert norm == pytest.approx(expected, rel=1e-3, abs=1e-7)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not model.training
    proof = network.outer_product(model, x, recording, found)
    assert proof is not None
    assert proof.holds, proof


def test_the_activations_are_pulled_as_a_finite_difference_says() -> None:
    """Moving the first layer's bias moves its output z everywhere: the slope is the sum of the gradient over a map."""
    model = models.build("lenet5").double()
    x = torch.randn(1, *models.spec("lenet5").input_shape, dtype=torch.float64)
    recording = capture.activations(model, x)
    target, key = int(recording.logits.argmax()), network.weighted(model, recording)[0].key
    gradient = capture.gradients(model, x, target, [key])[key][0].sum()
    moved = []
    for step in (1e-5, -1e-5):
        twin = copy.deepcopy(model)
        with torch.no_grad():
            twin.get_submodule(recording[key].module).bias[0] += step
            moved.append(float(twin(x)[0, target]))
    assert float(gradient) == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-4, abs=1e-7)


def test_a_network_without_depth_is_refused() -> None:
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2)).eval()
    x = torch.ones(1, 1, 2, 2)
    recording = capture.activations(model, x)
    with pytest.raises(ValueError, match="fewer than two"):
        network.measure(model, x, recording, label="", reading=outputs.unnamed(recording))


def test_the_snippet_runs_and_finds_the_same_norms() -> None:
    opened = networks.open_network("lenet5")
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(network_figures.snippet("lenet5", f"sample:{samples.FIRST}", fit="crop"), names)
    x = images.prepare(samples.read(samples.FIRST), opened.spec, fit="crop").tensor
    recording = capture.activations(opened.model, x)
    found = network.measure(opened.model, x, recording, label="", reading=outputs.of(recording, opened.spec))
    np.testing.assert_allclose(list(names["norms"].values()), found.weight_gradients, rtol=1e-5)
    assert "in the first layer" in captions.network_verdict(found)
    header, blob = network_figures.packet(found, [found])
    assert len(blob) == 3 * len(found.names) * header["bins"]
    assert header["frames"][0]["names"] == list(found.names)
