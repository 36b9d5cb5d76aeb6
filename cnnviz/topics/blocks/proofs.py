"""Blocks computed a second way: sums, concatenations, the two steps of a separable convolution, gates, shuffles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnviz.records.activations import Array
from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import channel_shuffle, separable

FLOAT32 = 1e-6  # of the largest value: one rounding of float32
SUMS = 1e-5  # of the largest value: a sum of many products in float32 against float64


def added(one: Array, other: Array, recorded: Array, key: str) -> Proof:
    """Both summands, added in float64, against the recorded sum."""
    total = one.astype(np.float64) + other
    return Proof(f"x + F(x), added anew, equals what {key} recorded", *_apart(total, recorded, FLOAT32))


def concatenated(parts: Sequence[Array], recorded: Array, key: str) -> Proof:
    """The parts laid one behind the other, against the recorded concatenation: a copy, so without any rounding."""
    joined = np.concatenate(parts)
    gap = float(np.abs(joined - recorded).max()) if joined.shape == recorded.shape else float("inf")
    return Proof(
        f"{len(parts)} {'part' if len(parts) == 1 else 'parts'}, concatenated anew, equal what {key} recorded", gap, 0.0
    )


def separable_step(module: nn.Conv2d, x: Array, recorded: Array, *, words: str) -> list[Proof]:
    """One step by numpy from its definition, against torch in float64 and against the network's float32."""
    weight = module.weight.detach().double()
    stride, padding = _pair(module.stride), _pair(module.padding)
    if module.groups > 1:
        ours = separable.depthwise(x, weight[:, 0].numpy(), stride=stride, padding=padding)
    else:
        ours = separable.pointwise(x, weight[:, :, 0, 0].numpy())
    if module.bias is not None:
        ours = ours + module.bias.detach().double().numpy()[:, None, None]
    bias = None if module.bias is None else module.bias.detach().double()
    theirs = functional.conv2d(
        torch.from_numpy(x.astype(np.float64))[None], weight, bias, stride, padding, groups=module.groups
    )[0].numpy()
    return [
        Proof(f"{words} by numpy equals torch's conv2d (float64)", float(np.abs(ours - theirs).max()), 1e-10),
        Proof(f"{words} by numpy equals what the network recorded (float32)", *_apart(ours, recorded, SUMS)),
    ]


def _pair(value: object) -> tuple[int, int]:
    assert isinstance(value, tuple)
    return int(value[0]), int(value[1])


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "ReLU": lambda z: np.maximum(z, 0),
    "SiLU": lambda z: z / (1 + np.exp(-z)),
    "Sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "Hardsigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "Hardswish": lambda z: z * np.clip(z / 6 + 0.5, 0, 1),
}


def excited(
    squeezed: Array, weights: Sequence[tuple[Array, Array]], functions: Sequence[str], recorded: Array
) -> Proof:
    """The gates from the channels' means by two small matrices, in float64, against the recorded ones."""
    found = squeezed
    for (matrix, bias), name in zip(weights, functions, strict=True):
        found = FUNCTIONS[name](matrix @ found + bias)
    steps = f"{functions[-1]}(W₂ · {functions[0]}(W₁ · mean + b₁) + b₂)"
    return Proof(f"{steps} by numpy equals the recorded gates", float(np.abs(found - recorded).max()), 1e-5)


def scaled(before: Array, gates: Array, after: Array) -> Proof:
    """Every channel times its gate, against what the network passed on."""
    product = before.astype(np.float64) * gates[:, None, None]
    return Proof("each channel times its gate equals the recorded output", *_apart(product, after, FLOAT32))


def shuffles(channels: int, groups: int) -> tuple[Proof, ...]:
    """The permutation against PyTorch's own, and the shuffle followed by its inverse against no change at all."""
    order = channel_shuffle.permutation(channels, groups)
    x = torch.arange(channels, dtype=torch.float64).view(1, channels, 1, 1)
    theirs = functional.channel_shuffle(x, groups)[0, :, 0, 0].numpy()
    other = channel_shuffle.inverse_groups(channels, groups)
    back = functional.channel_shuffle(functional.channel_shuffle(x, groups), other)[0, :, 0, 0].numpy()
    again = channel_shuffle.round_trip(channels, groups)
    gap = max(np.abs(again - np.arange(channels)).max(), np.abs(back - np.arange(channels)).max())
    return (
        Proof(f"the order equals that of torch's channel_shuffle({groups})", float(np.abs(order - theirs).max()), 0.0),
        Proof(f"shuffled in {groups} groups, then in {other}: every channel is back at its place", float(gap), 0.0),
    )


def normalised(module: nn.BatchNorm2d, before: Array, after: Array, key: str) -> Proof:
    """(x − mean) / √(variance + eps) · γ + β with the stored statistics, in float64."""
    tensors = (module.running_mean, module.running_var, module.weight, module.bias)
    mean, variance, gain, shift = (_column(tensor, index in (1, 2)) for index, tensor in enumerate(tensors))
    ours = (before.astype(np.float64) - mean) / np.sqrt(variance + module.eps) * gain + shift
    return Proof(f"{key}: (x − μ) / √(σ² + ε) · γ + β equals what the network recorded", *_apart(ours, after, SUMS))


def _column(tensor: torch.Tensor | None, one: bool) -> Array:
    """[C, 1, 1] float64; ones or zeros where there is none."""
    if tensor is None:
        return np.full((1, 1, 1), float(one))
    column: Array = tensor.detach().double().numpy()[:, None, None]
    return column


def pooled(module: nn.MaxPool2d, before: Array, after: Array, key: str) -> Proof:
    """The largest value of every window, window by window."""
    kernel, stride, padding = (_two(value) for value in (module.kernel_size, module.stride, module.padding))
    height, width = after.shape[1:]
    reach = [(size - 1) * step + span for size, step, span in zip((height, width), stride, kernel, strict=True)]
    fill = [max(0, reach[axis] - before.shape[1 + axis] - padding[axis]) for axis in (0, 1)]
    around = ((0, 0), (padding[0], fill[0]), (padding[1], fill[1]))
    padded = np.pad(before, around, constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel, axis=(1, 2))[:, :: stride[0], :: stride[1]]
    ours = windows[:, :height, :width].max(axis=(3, 4))
    words = f"{key}: the largest of every {kernel[0]} × {kernel[1]} window equals what the network recorded"
    return Proof(words, float(np.abs(ours - after).max()), 0.0)


def _two(value: int | tuple[int, ...]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


def _apart(ours: Array, recorded: Array, share: float) -> tuple[float, float]:
    """(largest difference, tolerance)."""
    largest = max(1.0, float(np.abs(ours).max()))
    return float(np.abs(ours - recorded).max()), share * largest


def separable_counts(inputs: int, outputs: int, kernel: int) -> tuple[Proof, ...]:
    """The weights of both ways against nn.Conv2d layers that are built."""
    counted = separable.costs(inputs, outputs, kernel, 1)
    depth = nn.utils.skip_init(nn.Conv2d, inputs, inputs, kernel, groups=inputs, bias=False)
    point = nn.utils.skip_init(nn.Conv2d, inputs, outputs, 1, bias=False)
    plain = nn.utils.skip_init(nn.Conv2d, inputs, outputs, kernel, bias=False)
    ours = (counted["depthwise"][0] + counted["pointwise"][0], counted["plain"][0])
    built = (depth.weight.numel() + point.weight.numel(), plain.weight.numel())
    words = ("the two steps", "the plain convolution")
    return tuple(
        Proof(f"{what}: {one:,} weights equal those of nn.Conv2d, built", float(abs(one - two)), 0.0)
        for what, one, two in zip(words, ours, built, strict=True)
    )
