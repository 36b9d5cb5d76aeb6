"""What a layer weighs with: its weights and biases apart from what it does with them, and a norm merged into them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from cnnviz.attribution.errors import DoesNotFit

_Convolution = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_BatchNorm = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@dataclass(frozen=True, eq=False)
class Weighed:
    """apply(x, weight): the layer without its bias. bias: broadcasts over what the layer makes.

    outputs_first: whether the weights' first axis is the outputs', so that a norm can be merged into them.
    """

    apply: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    weight: torch.Tensor
    bias: torch.Tensor
    outputs_first: bool = True


def of(module: nn.Module | None, key: str, label: str) -> Weighed:
    """A linear layer's or a convolution's. Raises DoesNotFit for a function, or a class that does something else."""
    if isinstance(module, nn.Linear) and type(module).forward is nn.Linear.forward:
        return _with_bias(functional.linear, module, 1)
    if isinstance(module, _Convolution) and any(type(module).forward is one.forward for one in _Convolution):
        convolution = module
        return _with_bias(lambda x, w: convolution._conv_forward(x, w, None), module, _axes(module))
    if isinstance(module, nn.ConvTranspose2d) and type(module).forward is nn.ConvTranspose2d.forward:
        turned, padding = module, module.padding
        assert not isinstance(padding, str)  # its own class refuses words

        def apply(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
            return functional.conv_transpose2d(
                x, weight, None, turned.stride, padding, turned.output_padding, turned.groups, turned.dilation
            )  # fmt: skip

        return _with_bias(apply, module, 3, outputs_first=False)
    raise DoesNotFit(
        f"It splits a layer's weights by their sign, and those of {label} at {key} cannot be read; LRP-ε works."
    )


def merged(layer: Weighed, norm: nn.Module | None) -> Weighed | None:
    """The layer and the batch normalisation behind it as one; None where the two are not one affine layer."""
    if not isinstance(norm, _BatchNorm) or not layer.outputs_first:
        return None
    if norm.running_mean is None or norm.running_var is None:
        return None
    scale = (norm.running_var + norm.eps).rsqrt()
    if norm.weight is not None:
        scale = scale * norm.weight.detach()
    offset = -norm.running_mean * scale
    if norm.bias is not None:
        offset = offset + norm.bias.detach()
    axes = [1] * (layer.bias.dim() - 1)
    weight = layer.weight * scale.view(-1, *[1] * (layer.weight.dim() - 1))
    return Weighed(layer.apply, weight, layer.bias * scale.view(-1, *axes) + offset.view(-1, *axes))


def _axes(module: nn.Module) -> int:
    return 1 + _Convolution.index(next(one for one in _Convolution if isinstance(module, one))) + 1


def _with_bias(
    apply: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], module: nn.Linear | nn.modules.conv._ConvNd,
    axes: int, *, outputs_first: bool = True,
) -> Weighed:  # fmt: skip
    weight = module.weight.detach()
    count = module.out_features if isinstance(module, nn.Linear) else module.out_channels
    bias = weight.new_zeros(count) if module.bias is None else module.bias.detach()
    return Weighed(apply, weight, bias.view(-1, *[1] * (axes - 1)), outputs_first)
