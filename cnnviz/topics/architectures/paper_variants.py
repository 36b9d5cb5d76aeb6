"""Networks as their papers describe them, made from today's by exchanging what differs; built without weights.

A key is "<registered name>|<variant>", as `models.papers` writes it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnviz import models
from cnnviz.measurements import architectures
from cnnviz.records.architectures import Architecture
from cnnviz.registry import unknown


def survey(key: str) -> Architecture:
    """The network or the variant of that key, counted at its own size. Raises KeyError for an unknown one."""
    name, _, variant = key.partition("|")
    if not variant:
        return architectures.survey(name)
    if variant not in VARIANTS:
        raise KeyError(unknown("variant", variant, tuple(VARIANTS)))
    begin, title = time.perf_counter(), VARIANTS[variant][0]
    spec = models.spec(name)
    spec = replace(spec, name=key, title=f"{spec.title}, {title}", parameters=None, macs=None)
    shape = (3, 260, 260) if variant == "260" else spec.input_shape
    model = models.shadow(name, input_shape=shape)
    with torch.device("meta"):
        model = VARIANTS[variant][1](model)
    return architectures.count(model.eval(), spec, shape, choice=key, begin=begin)


class PaddedShortcut(nn.Module):
    """Option A: every second cell of every second row, zeros for the new maps. [N, C, H, W] -> [N, K, H/2, W/2]."""

    def __init__(self, added: int) -> None:
        super().__init__()
        self.added = added

    def forward(self, x: Tensor) -> Tensor:
        """Every second cell, with channels of zeros added."""
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.added))


def _modules(model: nn.Module, kind: str) -> Iterator[Any]:
    """Of that class's name, first to last."""
    return (module for module in model.modules() if type(module).__name__ == kind)


def _wider_branch(model: Any) -> nn.Module:
    for block in _modules(model, "Inception"):
        before = block.branch3[1].conv
        after = nn.Conv2d(before.in_channels, before.out_channels, 5, padding=2, bias=before.bias is not None)
        block.branch3[1].conv = after
    return model


def _biases_for_norms(model: Any) -> nn.Module:
    for block in _modules(_wider_branch(model), "BasicConv2d"):
        block.bn = nn.Identity()
        conv = block.conv
        block.conv = nn.Conv2d(
            conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding
        )  # fmt: skip
    return model


def _no_norms(model: Any) -> nn.Module:
    """Of a VGG: its convolutions have biases already."""
    layers = [module for module in model.features if not isinstance(module, nn.BatchNorm2d)]
    model.features = nn.Sequential(*layers)
    return model


def _no_head(model: Any) -> nn.Module:
    model.aux_logits, model.AuxLogits = False, None
    return model


def _strided_first(model: Any) -> nn.Module:
    for block in _modules(model, "Bottleneck"):
        if block.conv2.stride == (2, 2):
            block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
    return model


def _padded_shortcuts(model: Any) -> nn.Module:
    for block in _modules(model, "BasicBlock"):
        if block.downsample is not None:
            conv = block.downsample[0]
            block.downsample = PaddedShortcut(conv.out_channels - conv.in_channels)
    return model


def _last_stride(model: Any) -> nn.Module:
    model.blocks[-1].depthwise.stride = (2, 2)
    return model


# What follows "|" in a key: its words, and what it does to the network on the meta device.
VARIANTS: dict[str, tuple[str, Callable[[Any], nn.Module]]] = {
    "5x5": ("with 5 × 5 kernels", _wider_branch),
    "2014": ("with 5 × 5 kernels and biases", _biases_for_norms),
    "no_bn": ("without batch norm", _no_norms),
    "no_aux": ("without its head", _no_head),
    "strided_1x1": ("stride in the first 1 × 1", _strided_first),
    "option_a": ("shortcuts without parameters", _padded_shortcuts),
    "260": ("at 260 × 260", lambda model: model),
    "last_stride_2": ("with stride 2 at the end", _last_stride),
}
