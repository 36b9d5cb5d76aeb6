"""A piece of a trained convolution, small enough to be looked at cell by cell: its input, its kernel, its setting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import nn

from cnnviz.operations import OperationError
from cnnviz.records.activations import Activations, Array
from cnnviz.records.proofs import Proof
from cnnviz.topics.convolution import convolution
from cnnviz.topics.convolution.records import Convolution, ConvolutionSetting

MOST_CHANNELS = 4  # so many input channels can be shown one under the other


@dataclass(frozen=True, eq=False)
class LayerPatch:
    """One output channel of a layer on a square of what it read. found: computed from the definition, no padding.

    recorded: [Ho, Wo], the same outputs as the network computed them, float32. corner: (row, column) of the first one.
    """

    layer: str
    output: int
    found: Convolution
    recorded: Array
    corner: tuple[int, int]

    @property
    def proof(self) -> Proof:
        """The definition in float64 against the network's own float32."""
        scale = max(1.0, float(np.abs(self.recorded).max()))
        difference = float(np.abs(self.found.output[0] - self.recorded).max())
        where = f"rows {self.corner[0]} and on, columns {self.corner[1]} and on of channel {self.output}"
        return Proof(
            f"the definition equals what {self.layer} computed in the network ({where})", difference, 1e-4 * scale
        )


def layers(model: nn.Module, recording: Activations) -> tuple[str, ...]:
    """Keys of the recorded convolutions whose kernels read few channels: first layers and depthwise ones."""
    modules = dict(model.named_modules())
    return tuple(
        layer.key
        for layer in recording
        if layer.kind == "convolution"
        and len(layer.inputs) == 1
        and layer.inputs[0] in recording.keys
        and _is_small(modules.get(layer.module))
    )


def channels(model: nn.Module, recording: Activations, key: str) -> int:
    """How many output channels the layer has."""
    return len(recording[key].values)


def cut(model: nn.Module, recording: Activations, key: str, *, output: int, size: int) -> LayerPatch:
    """The piece around the strongest cell of that output channel: an input of at most size × size.

    Raises OperationError for a layer whose kernels read too many channels, and for an output channel it does not have.
    """
    layer = recording[key]
    module = dict(model.named_modules()).get(layer.module)
    if not isinstance(module, nn.Conv2d) or not _is_small(module):
        raise OperationError(
            f"{key} reads more than {MOST_CHANNELS} channels at once: choose a first or depthwise layer."
        )
    if not 0 <= output < module.out_channels:
        raise OperationError(f"{key} has {module.out_channels} output channels: choose one from 0.")
    weights = module.weight.detach().double().cpu().numpy()[output : output + 1]
    bias = np.zeros(1) if module.bias is None else module.bias.detach().double().cpu().numpy()[output : output + 1]
    first = output // (module.out_channels // module.groups) * weights.shape[1]
    x = recording[layer.inputs[0]].values[first : first + weights.shape[1]].astype(np.float64)
    axes = [_axis(module, axis, x.shape[1 + axis], layer.values, output, size) for axis in (0, 1)]
    (row, top, rows), (column, left, columns) = axes
    piece = x[:, top : top + _span(module, 0, rows), left : left + _span(module, 1, columns)]
    setting = ConvolutionSetting(stride=_two(module.stride), dilation=_two(module.dilation))
    found = convolution.convolve(piece, weights, bias, setting=setting)
    recorded = layer.values[output, row : row + rows, column : column + columns]
    return LayerPatch(key, output, found, np.asarray(recorded), (row, column))


def _axis(module: nn.Conv2d, axis: int, length: int, values: Array, output: int, size: int) -> tuple[int, int, int]:
    """(first output, first input cell, number of outputs) along an axis: around the peak, inside the padding."""
    stride, around = _two(module.stride)[axis], _padding(module)[axis]
    least = -(-around // stride)  # the first output whose window begins inside the input
    most = (length + around - _span(module, axis, 1)) // stride
    count = max(1, min((size - _span(module, axis, 1)) // stride + 1, most - least + 1))
    peak = np.unravel_index(np.abs(values[output]).argmax(), values[output].shape)[axis]
    start = int(np.clip(peak - count // 2, least, max(least, most - count + 1)))
    return start, start * stride - around, count


def _span(module: nn.Conv2d, axis: int, outputs: int) -> int:
    """How many input cells so many outputs read."""
    stride, dilation = _two(module.stride)[axis], _two(module.dilation)[axis]
    return (outputs - 1) * stride + dilation * (_two(module.kernel_size)[axis] - 1) + 1


def _padding(module: nn.Conv2d) -> tuple[int, int]:
    return _two(module.padding) if not isinstance(module.padding, str) else (0, 0)


def _two(pair: tuple[int, ...]) -> tuple[int, int]:
    return int(pair[0]), int(pair[1])


def _is_small(module: nn.Module | None) -> bool:
    if not isinstance(module, nn.Conv2d) or isinstance(module.padding, str):
        return False
    return module.in_channels // module.groups <= MOST_CHANNELS and max(module.kernel_size) <= 11
