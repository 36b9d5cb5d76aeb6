"""More steps of which networks are drawn: attention within windows, patches cut and laid, sums by letters, tokens."""

from __future__ import annotations

import random
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.drawn_steps import STEPS as STEPS
from tests.drawn_steps import Holder, Step, layer, step


def _weighed(kind: int, x: Any, mask: Any) -> Any:
    """Tokens [..., n, d], each of which looks at all of its window: in four spellings."""
    if kind == 0:
        return F.scaled_dot_product_attention(x, x, x, attn_mask=mask)
    if kind == 1:
        return torch.softmax(x @ x.transpose(-2, -1) + mask, -1) @ x
    if kind == 2:
        pairs = torch.einsum("...id,...jd->...ij", x, x * 2) + mask
        return torch.einsum("...ij,...jd->...id", pairs.softmax(-1), x)
    return x.mean(-2, keepdim=True) + x


@step
def window_attention(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    """As Swin's: padded to whole windows, rolled, cut, weighed, put together, rolled back, cropped."""
    high, wide, shift = draw.randint(2, 3), draw.randint(2, 4), draw.choice((0, 0, 1))
    kind, batch = draw.randrange(4), draw.random() < 0.7
    mask = torch.linspace(-3, 3, (high * wide) ** 2, dtype=torch.float64).reshape(high * wide, -1)
    net.register_buffer(name := f"mask{len(list(net.buffers()))}", mask)
    channels, height, width = (int(length) for length in x.shape[1:])
    down, across = -height % high, -width % wide
    rows, columns = (height + down) // high, (width + across) // wide

    def run(own: nn.Module, x: Any) -> Any:
        y = F.pad(x, (0, across, 0, down)).roll((-shift, -shift), (2, 3)).permute(0, 2, 3, 1)
        y = y.reshape(1, rows, high, columns, wide, channels).transpose(2, 3)
        y = y.reshape((rows * columns, high * wide, channels) if batch else (1, rows * columns, high * wide, channels))
        y = _weighed(kind, y, getattr(own, name)).reshape(1, rows, columns, high, wide, channels).transpose(2, 3)
        y = y.reshape(1, height + down, width + across, channels).permute(0, 3, 1, 2).roll((shift, shift), (2, 3))
        return x + y[:, :, :height, :width]

    return run


@step
def grid_attention(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    """As MaxViT's: the cells that look at one another lie one stride apart."""
    height, width = (int(length) for length in x.shape[2:])
    rows, columns = (draw.choice([n for n in (1, 2, 3, 4) if length % n == 0]) for length in (height, width))
    size = (1, int(x.shape[1]), rows, height // rows, columns, width // columns)

    def run(own: nn.Module, x: Any) -> Any:
        y = x.reshape(size).permute(0, 3, 5, 2, 4, 1).flatten(3, 4)
        y = _weighed(3, y, 0.0).unflatten(3, (rows, columns)).permute(0, 5, 3, 1, 4, 2)
        return y.reshape(x.shape)

    return run


@step
def patches(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    channels, height, width = (int(length) for length in x.shape[1:])
    kernel, padding = (draw.randint(1, 3), draw.randint(1, 3)), draw.randint(0, 1)
    dilation, stride = draw.randint(1, 2), draw.randint(1, 2)
    options: dict[str, Any] = {
        "kernel_size": kernel, "dilation": dilation, "padding": min(padding, kernel[0] // 2, kernel[1] // 2),
        "stride": stride,
    }  # fmt: skip
    cut, laid = nn.Unfold(**options), nn.Fold((height, width), **options)
    first, last = layer(net, cut), layer(net, laid)
    kind = draw.randrange(4)
    if kind == 0:
        return lambda own, x: F.fold(F.unfold(x, **options), (height, width), **options)
    if kind == 1:
        return lambda own, x: last(own, first(own, x).relu())
    if kind == 2:
        return lambda own, x: first(own, x).reshape(1, channels, kernel[0] * kernel[1], -1).sum(2, keepdim=True)
    return lambda own, x: last(
        own, first(own, x).reshape(1, channels, kernel[0] * kernel[1], -1).roll(1, 2).flatten(1, 2)
    )


@step
def sums_by_letters(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    weight = torch.randn(int(x.shape[1]), 2, dtype=torch.float64)
    net.register_buffer(name := f"letters{len(list(net.buffers()))}", weight)
    return draw.choice((
        lambda own, x: torch.einsum("nchw,cd->ndhw", x, getattr(own, name)),
        lambda own, x: torch.einsum("nchw->ncwh", x), lambda own, x: torch.einsum("nchw,nchv->ncwv", [x, x * 2]),
        lambda own, x: torch.einsum("nchw,nc->nchw", x, x.mean((2, 3))),
        lambda own, x: torch.einsum("n...w, n...w -> n...", x, x + 1).unsqueeze(-1),
        lambda own, x: torch.einsum("chw,dhw", x[0], x[0]).reshape(1, 1, int(x.shape[1]), -1),
    ))  # fmt: skip


@step
def along_tokens(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    """Convolution, pooling and padding of what was flattened, and of rows alone."""
    channels, height, width = (int(length) for length in x.shape[1:])
    kernel = draw.choice((1, 3))
    mixed = layer(net, nn.Conv1d(channels, 2, kernel, padding=kernel // 2))
    gated = layer(net, nn.Conv1d(1, 1, 3, padding=1, padding_mode=draw.choice(("zeros", "circular"))))
    own_rows = layer(net, nn.Conv1d(channels, channels, 3, 2, 1, groups=channels))
    return draw.choice((
        lambda own, x: mixed(own, x.flatten(2)).unflatten(2, (height, width)),
        lambda own, x: x * gated(own, x.mean((2, 3)).unsqueeze(1)).sigmoid().reshape(1, channels, 1, 1),
        lambda own, x: own_rows(own, x.mean(3)).unsqueeze(3), lambda own, x: mixed(own, x.amax(2)).unsqueeze(2),
        lambda own, x: F.pad(x.flatten(2), (width, -width)).unflatten(2, (height, width)),
        lambda own, x: F.max_pool1d(x.flatten(2), 2, 1).unsqueeze(2),
        lambda own, x: F.pad(x.flatten(2).transpose(1, 2), (0, 1)).transpose(1, 2).unflatten(2, (height, width)),
    ))  # fmt: skip


@step
def looks_of_another(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    """What only takes another's type or shape has numbers of its own; a mask of the network's own hides places."""
    channels, height, width = (int(length) for length in x.shape[1:])
    row, mask = torch.linspace(0, 1, width), torch.rand(height, width) > 0.5
    kernel = torch.rand(channels, 1, 3, 3)
    return draw.choice((
        lambda own, x: x + row.to(x), lambda own, x: torch.cat([x, row.expand_as(x).to(x)], 1),
        lambda own, x: F.conv2d(x, kernel.type_as(x), padding=1, groups=channels),
        lambda own, x: x * torch.arange(x.numel()).view_as(x).to(x.flip(2)), lambda own, x: x[:, :1].to(x.roll(1, 2)),
        lambda own, x: x.masked_fill(mask.to(x.device), 0.5),
        lambda own, x: torch.where(x > 0.2, x, x * 0.1), lambda own, x: x.mean((2, 3), True).expand_as(x),
    ))  # fmt: skip


@step
def into_others(draw: random.Random, net: Holder, x: torch.Tensor) -> Step:
    """Results written into tensors that were there before."""

    def run(own: nn.Module, x: Any) -> Any:
        first, second = (
            torch.empty(0, dtype=x.dtype, device=x.device),
            torch.empty(0, dtype=torch.int64, device=x.device),
        )
        torch.max(x, kind, True, out=(first, second))
        return first + x

    def into_one(own: nn.Module, x: Any) -> Any:
        y = torch.empty_like(x)
        torch.mul(x, x.roll(1, 2), out=y)
        return y + 1

    kind = draw.choice((1, 2, 3))
    return draw.choice((run, into_one))
