"""The same convolution by torch.nn.functional, in float64."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from cnnviz.records.activations import Array
from cnnviz.records.proofs import Proof
from cnnviz.topics.convolution.records import Convolution

TOLERANCE = 1e-10
TORCH_MODES = {"reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def by_torch(found: Convolution) -> Array:
    """The output that torch.nn.functional gives for the same numbers and setting, [O, Ho, Wo] float64."""
    setting = found.setting
    x, weights, bias = (torch.from_numpy(np.ascontiguousarray(a)) for a in (found.x, found.weights, found.bias))
    weights = weights.flip(2, 3) if setting.flipped else weights
    stride, dilation, groups = setting.stride, setting.dilation, setting.groups
    if setting.transposed:
        turned = transposed_layout(weights, groups)
        return np.asarray(functional.conv_transpose2d(
            x[None], turned, bias, stride, setting.padding, setting.output_padding, groups, dilation  # type: ignore[arg-type]
        )[0])  # fmt: skip
    if setting.mode == "zeros":
        padding = setting.padding
        return np.asarray(functional.conv2d(x[None], weights, bias, stride, padding, dilation, groups)[0])
    top, left, bottom, right = found.padded.around
    padded = functional.pad(x[None], (left, right, top, bottom), mode=TORCH_MODES[setting.mode])
    return np.asarray(functional.conv2d(padded, weights, bias, stride, 0, dilation, groups)[0])


def transposed_layout(weights: torch.Tensor, groups: int) -> torch.Tensor:
    """[O, C / groups, kh, kw] → [C, O / groups, kh, kw], as torch's transposed convolution wants it."""
    outputs, within, high, wide = weights.shape
    parts = weights.reshape(groups, outputs // groups, within, high, wide).transpose(1, 2)
    return parts.reshape(groups * within, outputs // groups, high, wide)


def against_torch(found: Convolution) -> Proof:
    """The definition in numpy against torch, relative to the largest output."""
    name = "conv_transpose2d" if found.setting.transposed else "conv2d"
    scale = max(1.0, float(np.abs(found.output).max()))
    difference = float(np.abs(by_torch(found) - found.output).max())
    return Proof(f"the definition in numpy equals torch.nn.functional.{name}", difference, TOLERANCE * scale)
