"""Over drawn networks: what a unit's explanation computes is what was recorded, or it says that there is no number."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import capture, units

DRAWN = int(os.environ.get("CNNVIZ_DRAWN", "0") or 0) or 60
CHANNELS, SIDE = 4, 6
Step = Callable[[torch.Tensor], torch.Tensor]


class Overwriting(nn.Module):
    """Writes over its input before it is read, and again after."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x * 1.0
        y.mul_(2)
        z = torch.relu_(y) + y
        y.add_(1)
        return z


class Unpooling(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values, places = F.max_pool2d(x, 2, return_indices=True)
        return F.max_unpool2d(values, places, 2, output_size=x.shape[2:])


class Gate(nn.Module):
    """CBAM's spatial attention: a mean and a maximum over the channels."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.sigmoid(x.mean(1, keepdim=True) + x.amax(1, keepdim=True))


class Divided(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x / (x - x)


class Holed(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.where(x > 1, torch.full_like(x, math.nan), x)


class Deep(nn.Module):
    """A convolution over three axes, and back to two."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Conv3d(1, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x[:, None])[:, 0]


class Function(nn.Module):
    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.step(x)


# Each keeps the number of channels and gives maps, so that any may follow any.
PARTS: tuple[Callable[[], nn.Module], ...] = (
    lambda: nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1), lambda: nn.Conv2d(CHANNELS, CHANNELS, 1, groups=2),
    lambda: nn.Conv2d(CHANNELS, CHANNELS, 3, padding=2, dilation=2, padding_mode="reflect"),
    lambda: nn.BatchNorm2d(CHANNELS), lambda: nn.BatchNorm2d(CHANNELS, track_running_stats=False),
    lambda: nn.GroupNorm(2, CHANNELS), lambda: nn.InstanceNorm2d(CHANNELS, affine=True), nn.ReLU, nn.SiLU,
    lambda: nn.ReLU(inplace=True), lambda: nn.Hardswish(inplace=True), nn.Sigmoid, nn.Tanh, lambda: nn.LeakyReLU(0.1),
    lambda: nn.MaxPool2d(3, 1, 1), lambda: nn.AvgPool2d(3, 1, 1),
    lambda: nn.AvgPool2d(3, 1, 1, count_include_pad=False),
    lambda: nn.AdaptiveAvgPool2d(SIDE - 1), lambda: nn.LPPool2d(2, 3, 1), lambda: nn.Softmax(1), lambda: nn.Softmin(1),
    lambda: nn.LogSoftmax(1), lambda: nn.Softmax2d(), lambda: nn.Softmax(2), nn.Dropout, lambda: nn.ZeroPad2d(1),
    lambda: nn.ConvTranspose2d(CHANNELS, CHANNELS, 3, padding=1), lambda: nn.Upsample(scale_factor=1.5),
    lambda: nn.LocalResponseNorm(3), Overwriting, Unpooling, Gate, Divided, Holed, Deep,
    lambda: Function(lambda x: torch.cat([x[:, 2:], x[:, :2]], 1)), lambda: Function(lambda x: x.flip(3) - x),
    lambda: Function(lambda x: x.permute(0, 1, 3, 2)), lambda: Function(lambda x: x - x.mean()),
    lambda: Function(lambda x: F.batch_norm(x, None, None, training=True)), lambda: Function(lambda x: x.cumsum(3)),
    lambda: Function(lambda x: x.pow(2).clamp(max=1)), lambda: Function(lambda x: F.softmin(x, 1)),
    lambda: Function(lambda x: x * x.std((2, 3), keepdim=True)), lambda: Function(lambda x: x.roll(1, 2)),
    lambda: Function(lambda x: F.dropout(x, 0.5)), lambda: Function(lambda x: x + torch.rand_like(x)),
)  # fmt: skip
TAILS: tuple[Callable[[], nn.Module], ...] = (
    nn.Identity, nn.Flatten, lambda: nn.AdaptiveAvgPool2d(1), lambda: Function(lambda x: x.mean((2, 3))),
    lambda: Function(lambda x: x.amax(1)), lambda: Function(lambda x: x.mean(1).mean(1)),
    lambda: Function(lambda x: x.flatten(2).transpose(1, 2)),
)  # fmt: skip


def drawn(seed: int) -> nn.Module:
    """One to four parts and a tail, or a bare module as the whole network."""
    chance = random.Random(seed)
    torch.manual_seed(seed)
    if chance.random() < 0.15:
        return chance.choice(PARTS)().eval()
    made = [chance.choice(PARTS)() for _ in range(chance.randint(1, 4))]
    model = nn.Sequential(*made, chance.choice(TAILS)())
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None and module.running_var is not None:
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    return model.eval()


def same(computed: float, recorded: float, scale: float) -> bool:
    if math.isnan(recorded) or math.isinf(recorded):
        return computed == recorded or (math.isnan(computed) and math.isnan(recorded))
    return abs(computed - recorded) <= 2e-5 * max(1.0, abs(recorded), scale)


def wrong(seed: int) -> list[str]:
    """Every cell that was looked at whose explanation is of another number, or is neither a number nor a sentence."""
    model, chance, found = drawn(seed), random.Random(seed), []
    x = torch.randn(1, CHANNELS, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))
    recording = capture.activations(model, x)
    finite = [np.abs(layer.values[np.isfinite(layer.values)]) for layer in recording if layer.values.size]
    scale = max((float(values.max()) for values in finite if values.size), default=1.0)
    for layer in recording:
        if layer.kind == "input" or not layer.values.size or layer.values.ndim > 3:
            continue
        cell = [chance.randrange(length) for length in layer.shape]
        unit = units.explain(model, x, recording, layer.key, *(*cell, 0, 0)[:3])
        said = f"seed {seed}, {layer.key} {layer.operation} {cell}"
        if unit.computed is None:
            if not unit.note or "had a hand in it" in unit.note:  # nothing had one here: a rule is wrong
                found.append(f"{said}: neither a number nor a sentence that holds: {unit.note}")
        elif not same(unit.computed, unit.recorded, scale):
            found.append(f"{said}: computed {unit.computed}, recorded {unit.recorded}")
        if unit.products is not None and unit.computed is not None and math.isfinite(unit.computed):
            total = float(unit.products.sum()) + unit.bias
            if not same(total, unit.computed, scale):
                found.append(f"{said}: the parts add up to {total}, not {unit.computed}")
    return found


@pytest.mark.parametrize("block", range(4))
def test_an_explanation_is_of_the_recorded_number(block: int) -> None:
    found = [one for seed in range(block * DRAWN, (block + 1) * DRAWN) for one in wrong(seed)]
    assert not found, found[:5]
