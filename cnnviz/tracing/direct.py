"""What a module of torch's own computes in the end, called at once: the same call that its `forward` comes to.

Between `forward` and torch's arithmetic lie two or three functions in Python that look at the same settings each time.
Where a module is known to hold what it held (`known`), they are looked at once: 10 µs less for a batch normalisation,
3 for a convolution, of some 16 and 10 in caches that are warm. Where one of these functions is not torch's any more,
or the input is none that they take, the module's `forward` runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

Compute = Callable[[torch.Tensor], torch.Tensor | None]  # None: the module's own forward is to run
_AXES: dict[type[Any], tuple[int, ...]] = {nn.BatchNorm1d: (2, 3), nn.BatchNorm2d: (4,), nn.BatchNorm3d: (5,)}
_CONVOLUTIONS: dict[type[Any], str] = {nn.Conv1d: "conv1d", nn.Conv2d: "conv2d", nn.Conv3d: "conv3d"}


def _between() -> list[Any]:
    """Every function that is left out."""
    own: list[Any] = [kind._conv_forward for kind in _CONVOLUTIONS]
    own += [kind._check_input_dim for kind in _AXES]
    return [*own, F.batch_norm, F.silu, F.relu, F.adaptive_avg_pool2d]


_TORCHS = _between()


def stands() -> bool:
    """Whether what is left out is still what torch defines."""
    return _between() == _TORCHS


def of_module(module: nn.Module) -> Compute | None:
    """The call behind a plain module, in eval mode, as its attributes stand; None where there is none to gain by."""
    make = _MAKERS.get(type(module))
    return None if make is None else make(module)


def _convolution(module: Any) -> Compute | None:
    if module.padding_mode != "zeros":
        return None
    name, weight, bias = _CONVOLUTIONS[type(module)], module.weight, module.bias
    settings = module.stride, module.padding, module.dilation, module.groups
    return lambda x: getattr(F, name)(x, weight, bias, *settings)


def _normalization(module: Any) -> Compute | None:
    axes, weight, bias, buffers = _AXES[type(module)], module.weight, module.bias, module._buffers
    momentum, eps = module.momentum or 0.0, module.eps

    def compute(x: torch.Tensor) -> torch.Tensor | None:
        mean, variance = buffers["running_mean"], buffers["running_var"]
        if mean is None or variance is None or x.dim() not in axes:
            return None  # the batch's own statistics, or an error
        enabled = torch.backends.cudnn.enabled
        return torch.batch_norm(x, weight, bias, mean, variance, False, momentum, eps, enabled)

    return compute


def _mean(module: Any) -> Compute | None:
    size = module.output_size
    return (lambda x: torch._C._nn.adaptive_avg_pool2d(x, size)) if type(size) is int else None


_MAKERS: dict[type[Any], Callable[[Any], Compute | None]] = {
    **dict.fromkeys(_CONVOLUTIONS, _convolution),
    **dict.fromkeys(_AXES, _normalization),
    nn.SiLU: lambda module: None if module.inplace else torch._C._nn.silu,
    nn.ReLU: lambda module: None if module.inplace else torch.relu,
    nn.Sigmoid: lambda module: torch.sigmoid,
    nn.AdaptiveAvgPool2d: _mean,
}
