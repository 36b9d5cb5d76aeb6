"""A 1 × 1 convolution is a linear layer over channels: the same weights in both, on real channels."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from cnnviz.operations import OperationError
from cnnviz.records.activations import Activations, Array
from cnnviz.records.sharing import Pointwise


def compare(name: str, inputs: Array, weights: Array, bias: Array) -> Pointwise:
    """Both layers with the same numbers. inputs: [C, H, W]. weights: [O, C]. bias: [O]. In float64.

    Raises OperationError where the weights do not fit the channels.
    """
    inputs, weights, bias = (np.array(values, np.float64) for values in (inputs, weights, bias))
    if weights.ndim != 2 or weights.shape[1] != len(inputs) or bias.shape != (len(weights),):
        raise OperationError(
            f"{len(inputs)} channels need {len(inputs)} weights for each output, found {list(weights.shape)}."
        )
    outputs, channels = weights.shape
    convolution = nn.Conv2d(channels, outputs, 1, dtype=torch.float64)
    linear = nn.Linear(channels, outputs, dtype=torch.float64)
    x = torch.from_numpy(inputs)
    with torch.no_grad():
        for layer in (convolution, linear):
            layer.weight.copy_(torch.from_numpy(weights).reshape(layer.weight.shape))
            layer.bias.copy_(torch.from_numpy(bias))  # type: ignore[union-attr]
        one = convolution(x[None])[0].numpy()
        other = linear(x.permute(1, 2, 0)).permute(2, 0, 1).numpy()
    return Pointwise(name, inputs, weights, bias, one, other, float(np.abs(one - other).max()))


def layers(model: nn.Module, recording: Activations) -> tuple[str, ...]:
    """Keys of the recorded 1 × 1 convolutions that read every channel of one recorded layer, in order."""
    modules = dict(model.named_modules())
    return tuple(
        layer.key
        for layer in recording
        if layer.kind == "convolution"
        and len(layer.inputs) == 1
        and layer.inputs[0] in recording.keys
        and _is_pointwise(modules.get(layer.module))
    )


def of_layer(model: nn.Module, recording: Activations, key: str) -> Pointwise:
    """That layer's own weights on its own recorded input.

    Raises OperationError for a layer that is no 1 × 1 convolution.
    """
    layer = recording[key]
    module = dict(model.named_modules()).get(layer.module)
    if not _is_pointwise(module) or not isinstance(module, nn.Conv2d):
        raise OperationError(f"{key} is no 1 × 1 convolution over all channels: choose one that is.")
    weights = module.weight.detach().double().cpu().numpy().reshape(module.out_channels, module.in_channels)
    given = module.bias
    bias = np.zeros(len(weights)) if given is None else given.detach().double().cpu().numpy()
    return compare(key, recording[layer.inputs[0]].values, weights, bias)


def _is_pointwise(module: nn.Module | None) -> bool:
    if not isinstance(module, nn.Conv2d):
        return False
    plain = (module.kernel_size, module.stride, module.padding) == ((1, 1), (1, 1), (0, 0))
    return plain and module.groups == 1
