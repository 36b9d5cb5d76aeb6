"""What each input channel adds to one output channel of a trained convolution, on the chosen image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.operations import OperationError
from cnnviz.records.activations import Activations
from cnnviz.topics.convolution.intermediate_records import IntermediateMaps


def layers(model: nn.Module, recording: Activations) -> tuple[str, ...]:
    """Keys of the recorded convolutions whose input was recorded too."""
    modules = dict(model.named_modules())
    return tuple(
        layer.key
        for layer in recording
        if isinstance(modules.get(layer.module), nn.Conv2d)
        and layer.kind == "convolution"
        and len(layer.inputs) == 1
        and layer.inputs[0] in recording.keys
    )


def measure(model: nn.Module, recording: Activations, key: str, *, output: int) -> IntermediateMaps:
    """The convolution of each channel by itself, float64 inside; their sum and the bias are the layer's own channel.

    Raises OperationError for a layer that is no convolution, and for an output channel that it does not have.
    """
    layer = recording[key]
    module = dict(model.named_modules()).get(layer.module)
    if not isinstance(module, nn.Conv2d):
        raise OperationError(f"{key} is not a convolution with one input: choose a convolution.")
    if not 0 <= output < module.out_channels:
        raise OperationError(f"{key} has {module.out_channels} output channels: choose one from 0.")
    weight = module.weight.detach()[output].double().cpu()
    first = output // (module.out_channels // module.groups) * len(weight)
    x = torch.from_numpy(recording[layer.inputs[0]].values[first : first + len(weight)].astype(np.float64))[None]
    maps = _apart(module, x, weight[:, None])[0].numpy()
    bias = 0.0 if module.bias is None else float(module.bias.detach()[output])
    words = f"{key}, output {output}: one map for each channel that it reads"
    shown = replace(layer, name=words, call=0, inputs=(key,), values=maps.astype(np.float32))
    read = np.arange(first, first + len(weight))
    return IntermediateMaps(shown, read, output, bias, maps.sum(axis=0) + bias, layer.values[output])


def _apart(module: nn.Conv2d, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """[1, C, H, W] and [C, 1, kh, kw] -> [1, C, Ho, Wo]: each channel with its own slice of the kernel, no sum."""
    padding: str | tuple[int, ...] = module.padding
    if module.padding_mode != "zeros":
        x = F.pad(x, module._reversed_padding_repeated_twice, mode=module.padding_mode)
        padding = (0, 0)
    return F.conv2d(
        x,
        weight,
        stride=module.stride,
        padding=padding,
        dilation=module.dilation,
        groups=len(weight),
    )
