"""Steps of which networks are drawn: one function a kind of operation, which draws its settings."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import nn

Step = Callable[[nn.Module, Any], Any]


class Holder(Protocol):
    """The network that a step belongs to."""

    def held(self, module: nn.Module) -> str:
        """Keeps a layer; returns the name under which the network's trace will find it."""

    def register_buffer(self, name: str, tensor: torch.Tensor | None) -> None: ...

    def buffers(self) -> Any: ...


Make = Callable[[random.Random, Any, torch.Tensor], Step]


STEPS: dict[str, Make] = {}


def step(make: Make) -> Make:
    STEPS[make.__name__] = make
    return make


def layer(net: Holder, module: nn.Module) -> Step:
    name = net.held(module)
    return lambda own, x: getattr(own, name)(x)


def a_convolution(draw: random.Random, channels: int, *, same: bool = False) -> nn.Module:
    kernel = (draw.randint(1, 4), draw.randint(1, 4))
    groups = draw.choice([g for g in (1, 1, 2, channels) if channels % g == 0])
    padding: Any = "same" if same or draw.random() < 0.2 else (draw.randint(0, 2), draw.randint(0, 2))
    stride = 1 if padding == "same" else (draw.randint(1, 2), draw.randint(1, 3))
    mode = draw.choice(("zeros", "zeros", "reflect", "replicate", "circular"))
    out = channels if same else groups * draw.randint(1, 2)
    return nn.Conv2d(
        channels, out, kernel, stride, padding, (draw.randint(1, 2), draw.randint(1, 2)), groups, padding_mode=mode
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ windows
@step
def convolution(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    return layer(net, a_convolution(draw, x.shape[1]))


@step
def convolution_function(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    weight = torch.randn(2, x.shape[1], draw.randint(1, 3), draw.randint(1, 3), dtype=torch.float64)
    name = f"w{len(list(net.buffers()))}"
    net.register_buffer(name, weight)
    options = {
        "stride": draw.randint(1, 2),
        "padding": draw.choice((0, 1, "same", "valid")),
        "dilation": draw.randint(1, 2),
    }
    if options["padding"] == "same":
        options["stride"] = 1
    return lambda own, x: F.conv2d(x, getattr(own, name), **options)


@step
def transposed_convolution(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    stride = draw.randint(1, 3)
    groups = draw.choice([g for g in (1, x.shape[1]) if x.shape[1] % g == 0])
    options: dict[str, Any] = {
        "output_padding": draw.randint(0, stride - 1),
        "groups": groups,
        "dilation": draw.randint(1, 2),
    }
    kernel = (draw.randint(1, 4), draw.randint(1, 3))
    return layer(net, nn.ConvTranspose2d(x.shape[1], groups, kernel, stride, draw.randint(0, 1), **options))


@step
def pooling(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    kernel, stride = (draw.randint(1, 3), draw.randint(1, 3)), draw.choice((None, 1, 2))
    padding, up = draw.choice((0, 0, (kernel[0] // 2, kernel[1] // 2))), draw.random() < 0.3
    kind = draw.randrange(5)
    if kind == 0:
        return layer(net, nn.MaxPool2d(kernel, stride, padding, draw.randint(1, 2), ceil_mode=up))
    if kind == 1:
        return layer(net, nn.AvgPool2d(kernel, stride, padding, ceil_mode=up))
    if kind == 2:
        return lambda own, x: F.lp_pool2d(x, 2, kernel, stride, up)
    if kind == 3:
        return lambda own, x: F.max_pool2d(x, kernel, stride=stride, padding=padding, ceil_mode=up)
    return lambda own, x: F.avg_pool2d(x, kernel, stride or kernel, padding, up, False)


@step
def adaptive_pooling(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    size = (draw.randint(1, 6), draw.choice((None, 1, 3, 5)))
    kind = draw.choice((nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d))
    return layer(net, kind(size))


@step
def pooled_over_a_part(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    kernel = (x.shape[2], max(1, x.shape[3] - draw.randint(0, 3)))
    return layer(net, nn.AvgPool2d(kernel))


@step
def upsampling(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    mode = draw.choice(("nearest", "nearest-exact", "bilinear", "bicubic", "area"))
    size = (draw.randint(3, 14), draw.randint(3, 14))
    smooth: dict[str, Any] = {"align_corners": draw.random() < 0.5} if mode[0] == "b" else {}
    if mode[0] == "b" and x.shape[3] > 1 and draw.random() < 0.3:  # torch's own is wrong for one column
        return lambda own, x: F.interpolate(x, size=size, mode=mode, antialias=True, **smooth)
    if draw.random() < 0.5:
        return lambda own, x: F.interpolate(x, size=size, mode=mode, **smooth)
    factor = draw.choice((2, 1.5, 0.7, (2, 3), (1, 0.5)))
    if draw.random() < 0.5:
        return layer(net, nn.Upsample(scale_factor=factor, mode=mode, **smooth))
    more: dict[str, Any] = {"recompute_scale_factor": True} if draw.random() < 0.5 else {}
    return lambda own, x: F.interpolate(x, None, factor, mode, **smooth, **more)


@step
def padding(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    mode = draw.choice(("constant", "reflect", "replicate", "circular"))
    amounts = tuple(draw.randint(-1 if mode == "constant" else 0, 2) for _ in range(4))
    if mode == "constant" or draw.random() < 0.5:
        return lambda own, x: F.pad(x, amounts, mode=mode)
    kind = {"reflect": nn.ReflectionPad2d, "replicate": nn.ReplicationPad2d, "circular": nn.CircularPad2d}[mode]
    return layer(net, kind(amounts))


# ------------------------------------------------------------------------------------------------ element by element
@step
def activation(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    kinds = (nn.ReLU, nn.Sigmoid, nn.Hardswish, nn.GELU, nn.SiLU, nn.Softplus, nn.Dropout, nn.Tanh)
    return layer(net, draw.choice((*kinds, nn.PReLU))())


@step
def arithmetic(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    return draw.choice((
        lambda own, x: x.pow(2) + 1, lambda own, x: x**3, lambda own, x: torch.exp(-x.abs()), lambda own, x: 2 - x / 3,
        lambda own, x: x.clamp(-1, 1), lambda own, x: x.clone().contiguous(memory_format=torch.channels_last),
        lambda own, x: x.double() * 0.5, lambda own, x: torch.neg(x).detach(),
    ))  # fmt: skip


@step
def two_branches(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    first = layer(net, a_convolution(draw, x.shape[1], same=True))
    second = layer(net, a_convolution(draw, x.shape[1], same=True)) if draw.random() < 0.5 else lambda own, x: x
    join = draw.choice((
        torch.add, torch.mul, torch.maximum, torch.minimum, lambda a, b: a - b, lambda a, b: torch.clamp(a, min=b),
        lambda a, b: torch.cat([a, b], 1), lambda a, b: torch.cat((a, b), dim=2),
        lambda a, b: torch.stack((a, b), 1)[:, 1],
        lambda a, b: torch.where(a.isnan(), a, b), lambda a, b: a.add_(b) if a is not b else a,
        lambda a, b: torch.max(a, b),
        lambda a, b: torch.lerp(a, b, 0.3),
    ))  # fmt: skip
    return lambda own, x: join(first(own, x), second(own, x))


@step
def written_over(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    first, second = (layer(net, a_convolution(draw, x.shape[1], same=True)) for _ in range(2))

    def run(own: nn.Module, x: Any) -> Any:
        y = first(own, x)
        y.add_(second(own, x))
        return y * 2

    return run


@step
def different_strides(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    down = layer(net, nn.Conv2d(x.shape[1], x.shape[1], 3, stride=2, padding=1))
    up = nn.Upsample(size=tuple(x.shape[2:]), mode=draw.choice(("nearest", "bilinear")))
    back = layer(net, up)
    return lambda own, x: x + back(own, down(own, x))


@step
def gate(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    kinds = (
        nn.Conv2d(x.shape[1], x.shape[1], tuple(x.shape[2:])), nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d((None, 1)),
        nn.Conv2d(x.shape[1], 1, 3, padding=1), nn.Conv2d(x.shape[1], x.shape[1], (x.shape[2], 1)),
    )  # fmt: skip
    inner = layer(net, draw.choice(kinds))
    return lambda own, x: x * torch.sigmoid(inner(own, x))


# ------------------------------------------------------------------------------------------------ many at once
@step
def reduced(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    dim = draw.choice((1, 2, 3, -1, (2, 3), (1, 3), [1]))
    kind = draw.choice((torch.mean, torch.sum, torch.amax, partial(torch.var, correction=0), torch.logsumexp))
    return lambda own, x: kind(x, dim, keepdim=True)


@step
def attention_of_places(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    return lambda own, x: torch.cat([x.mean(1, keepdim=True), x.max(1, keepdim=True)[0]], 1)


@step
def normalization(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    count = x.shape[1]
    kind = draw.randrange(8)
    if kind == 6:
        dim = draw.choice((1, 2, 3))
        return lambda own, x: F.normalize(x, dim=dim)
    if kind == 7:
        return lambda own, x: F.batch_norm(x, None, None, training=True)
    modules = (
        nn.BatchNorm2d(count), nn.BatchNorm2d(count, track_running_stats=False), nn.InstanceNorm2d(count),
        nn.GroupNorm(1, count), nn.LayerNorm(x.shape[3:]), nn.LocalResponseNorm(3),
    )  # fmt: skip
    return layer(net, modules[kind])


@step
def softmax(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    dim = draw.choice((1, 2, 3, -1))
    return draw.choice(
        (lambda own, x: x.softmax(dim), layer(net, nn.LogSoftmax(dim=dim)), lambda own, x: F.softmin(x, dim=dim))
    )


@step
def gated_linear_unit(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    dim = draw.choice((1, 2, 3))
    return draw.choice((layer(net, nn.GLU(dim)), lambda own, x: F.glu(x, dim)))


@step
def linear(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    return layer(net, nn.Linear(x.shape[3], draw.randint(2, 7)))


@step
def product(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    return draw.choice((lambda own, x: x @ x.transpose(2, 3), lambda own, x: torch.matmul(x.transpose(-1, -2), x)))


@step
def running_sum(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    dim = draw.choice((2, 3))
    return lambda own, x: x.cumsum(dim)


# ------------------------------------------------------------------------------------------------ moved
@step
def sliced(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    return draw.choice((
        lambda own, x: x[:, :, 1:], lambda own, x: x[..., ::2], lambda own, x: x[:, :, 3:4], lambda own, x: x[:, 1:],
        lambda own, x: x[:, :, :, 2, None], lambda own, x: x.narrow(3, 1, 3), lambda own, x: x.chunk(2, 1)[1],
        lambda own, x: x.split(3, 2)[0], lambda own, x: x[:, :, 1::3, :-1], lambda own, x: x.select(1, 0).unsqueeze(1),
        lambda own, x: x[:, [0, 1]], lambda own, x: x.unfold(2, 3, 2).sum(-1), lambda own, x: x.unfold(3, 2, 1)[..., 1],
    ))  # fmt: skip


@step
def moved(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    count = x.shape[1]
    group = draw.choice([g for g in (1, 2, 3, 4) if count % g == 0])
    return draw.choice((
        lambda own, x: x.flip(2), lambda own, x: torch.flip(x, (2, 3)), lambda own, x: x.roll(2, 3),
        lambda own, x: torch.roll(x, (1, -2), (2, 3)), lambda own, x: x.repeat(1, 1, 2, 1),
        lambda own, x: x.repeat_interleave(2, 3),
        layer(net, nn.PixelShuffle(2)), layer(net, nn.PixelUnshuffle(2)), layer(net, nn.ChannelShuffle(group)),
        lambda own, x: x.reshape(1, group, count // group, *x.shape[2:]).transpose(1, 2).reshape(x.shape),
    ))  # fmt: skip


@step
def turned(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    return draw.choice((
        lambda own, x: x.transpose(2, 3), lambda own, x: x.permute(0, 2, 3, 1), lambda own, x: x.permute(0, 3, 1, 2),
        lambda own, x: x.permute(0, 2, 1, 3), lambda own, x: torch.rot90(x, 1, (2, 3)), lambda own, x: x.movedim(1, -1),
    ))  # fmt: skip


@step
def rows_in_two(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    channels, height, width = (int(length) for length in x.shape[1:])
    part = draw.choice([p for p in (2, 3, 4) if height % p == 0] or [1])
    split = (
        (1, channels, part, height // part, width)
        if draw.random() < 0.5
        else (1, channels, height // part, part, width)
    )
    return draw.choice((
        lambda own, x: x.reshape(split).sum(2), lambda own, x: x.reshape(split).mean(3),
        lambda own, x: (lambda y: y[:, :, 0] + y[:, :, part - 1])(x.reshape(split)),
        lambda own, x: x.reshape(split).transpose(2, 3).reshape(x.shape),
    ))  # fmt: skip


@step
def flattened(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    size = tuple(int(length) for length in x.shape)
    return draw.choice((
        lambda own, x: x.flatten(2).relu().reshape(size), lambda own, x: x.flatten(1).unflatten(1, size[1:]),
        lambda own, x: x.flatten(2).softmax(1).view(size), lambda own, x: x.flatten(2).softmax(2).view(size),
    ))  # fmt: skip
