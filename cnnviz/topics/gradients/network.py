"""The same question to a real network: how large is the gradient of one class's logit in each layer, on one image?

Weights of convolutions and linear layers, float32, eval mode; the model is borrowed and comes back untouched.
"""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import nn
from torch.func import functional_call

from cnnviz import capture, outputs
from cnnviz.outputs.tensors import main
from cnnviz.records import Activations, Layer
from cnnviz.records.outputs import OutputReading
from cnnviz.records.proofs import Proof
from cnnviz.topics.gradients import spreads
from cnnviz.topics.gradients.records import NetworkDepth
from cnnviz.tracing import borrowed

KINDS = ("convolution", "linear", "transposed_convolution")


def measure(
    model: nn.Module, x: torch.Tensor, recording: Activations, *, label: str, reading: OutputReading
) -> NetworkDepth:
    """For the likeliest class, or what stands for it in another output (`outputs.target`). recording: of x.

    Raises ValueError for a network with fewer than two such layers, or whose output has no number to follow.
    """
    since = time.perf_counter()
    layers, target = weighted(model, recording), outputs.target(reading)
    if target is None:
        raise ValueError("this network's output holds no number whose gradient could be followed")
    if len(layers) < 2:
        raise ValueError("this network has fewer than two layers with weights: choose a deeper one")
    slopes = weight_gradients(model, x, target, [layer.module for layer in layers])
    by_maps = capture.gradients(model, x, target, [layer.key for layer in layers])
    values = [layer.values.ravel() for layer in layers]
    return NetworkDepth(
        label=label,
        target=outputs.target_words(reading),
        names=tuple(layer.key for layer in layers),
        weight_gradients=np.array([float(item.double().norm()) for item in slopes]),
        weight_norms=np.array([float(_weight(model, layer.module).detach().double().norm()) for layer in layers]),
        activation_gradients=np.array([np.linalg.norm(by_maps[layer.key].astype(np.float64)) for layer in layers]),
        mean=np.array([item.mean() for item in values]),
        std=np.array([item.std() for item in values]),
        zeros=np.array([(item == 0).mean() for item in values]),
        activations=spreads.histograms(values),
        gradients=spreads.histograms([item.flatten().numpy() for item in slopes]),
        strip=spreads.strip(values),
        seconds=time.perf_counter() - since,
    )


def weighted(model: nn.Module, recording: Activations) -> list[Layer]:
    """The recorded layers that have a weight matrix of their own; one that runs twice counts once."""
    found, seen = [], set()
    for layer in recording:
        if layer.kind in KINDS and layer.call == 0 and layer.module not in seen and _has_weight(model, layer.module):
            seen.add(layer.module)
            found.append(layer)
    return found


def weight_gradients(model: nn.Module, x: torch.Tensor, target: int, modules: list[str]) -> list[torch.Tensor]:
    """∂logit[target]/∂W of each of these modules, on the CPU."""
    with borrowed(model), torch.enable_grad():
        leaves = {f"{name}.weight": _weight(model, name).detach().clone().requires_grad_() for name in modules}
        first = next(iter(leaves.values()))
        output = functional_call(model, leaves, (x.to(first.device, first.dtype),))
        logit = main(output).reshape(-1)[target]
        return [item.cpu() for item in torch.autograd.grad(logit, list(leaves.values()))]


def outer_product(model: nn.Module, x: torch.Tensor, recording: Activations, found: NetworkDepth) -> Proof | None:
    """For a last layer z = W h: ∂/∂W is the outer product of ∂/∂z and h, so its norm is ‖∂/∂z‖ · ‖h‖.

    The two factors come from the recording, not from the weights. None where the last layer is no linear one.
    """
    last = recording[found.names[-1]]
    if last.kind != "linear" or last.values.ndim != 1 or not last.inputs:
        return None
    given = np.linalg.norm(recording[last.inputs[0]].values.astype(np.float64))
    apart = abs(float(found.activation_gradients[-1] * given) - float(found.weight_gradients[-1]))
    claim = f"‖∂/∂W‖ of {last.key}: by its weights against ‖∂/∂z‖ · ‖h‖ of what was recorded"
    return Proof(claim, apart, 1e-4 * max(1.0, float(found.weight_gradients[-1])))


def _weight(model: nn.Module, name: str) -> nn.Parameter:
    weight = model.get_submodule(name).weight
    if not isinstance(weight, nn.Parameter):
        raise TypeError(f"{name} has no weight of its own")
    return weight


def _has_weight(model: nn.Module, name: str) -> bool:
    return bool(name) and isinstance(getattr(model.get_submodule(name), "weight", None), nn.Parameter)
