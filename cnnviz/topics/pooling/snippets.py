"""The PyTorch that pools or enlarges the same numbers, as snippets that run as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnviz.records.activations import Array
from cnnviz.records.pooling import Pooled, PoolingSetting, Upsampled

HEAD = "import torch\nfrom torch.nn import functional as F\n\n"
PICTURE = """import numpy as np
import torch
from torch.nn import functional as F

from cnnviz import samples

x = torch.tensor(np.asarray(samples.square("chelsea", 128)) / 255).permute(2, 0, 1)[None]  # [1, 3, 128, 128]
small = F.avg_pool2d(x, 4)
row = torch.tensor([1, 3, 5, 7, 7, 5, 3, 1], dtype=x.dtype) / 8
tent = (row[:, None] * row).expand(3, 1, 8, 8)
greatest, switches = F.max_pool2d(x, 4, return_indices=True)
back = {
    "nearest": F.interpolate(small, scale_factor=4, mode="nearest"),
    "bilinear": F.interpolate(small, scale_factor=4, mode="bilinear", align_corners=False),
    "transposed": F.conv_transpose2d(small, tent, stride=4, padding=2, groups=3),
    "unpooled": F.max_unpool2d(greatest, switches, 4),
    "shuffled": F.pixel_shuffle(F.pixel_unshuffle(x, 4), 4),
}
for way, y in back.items():
    print(way, f"{-10 * torch.log10(((x - y) ** 2).mean()):.1f} dB")
"""
SHIFTS = """import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import checkpoints, datasets

model = checkpoints.load("mnist-lenet5-df3d2154")
digits = datasets.load("digits", "test").images[:10].float() / 255  # [10, 1, 28, 28]
digits = (digits - 0.1307) / 0.3081
slid = torch.roll(digits, -2, dims=3)  # two pixels to the left
with torch.inference_mode():
    one, two = (model.activation1(model.conv1(x)) for x in (digits, slid))
    blur = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]).expand(6, 1, 3, 3) / 16
    ways = {
        "before": nn.Identity(),
        "max": nn.MaxPool2d(2),
        "average": nn.AvgPool2d(2),
        "stride": lambda x: x[..., ::2, ::2],
        "blur + stride": lambda x: F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), blur, stride=2, groups=6),
    }
    for name, way in ways.items():
        print(name, F.cosine_similarity(way(one).flatten(1), way(two).flatten(1)).mean().item())
"""


def enlarged_snippet(made: Upsampled, options: Mapping[str, Any]) -> str:
    """`y` [C', OH, OW] from the same numbers. options: what the way takes, as the widgets gave it."""
    x = f"x = {_tensor(made.x)}\n"
    if made.kind == "nearest":
        return f'{HEAD}{x}y = F.interpolate(x[None], scale_factor={options["scale"]}, mode="nearest")[0]\nprint(y)\n'
    if made.kind == "bilinear":
        how = f'size={options["size"]}, mode="bilinear", align_corners={options["align_corners"]}'
        return f"{HEAD}{x}y = F.interpolate(x[None], {how})[0]\nprint(y)\n"
    if made.kind == "transposed":
        settings = ", ".join(f"{name}={options[name]}" for name in ("stride", "padding", "output_padding"))
        kernel = f"kernel = {_tensor(options['kernel'][None])}\n"
        return f"{HEAD}{x}{kernel}y = F.conv_transpose2d(x[:, None], kernel[None], {settings})[:, 0]\nprint(y)\n"
    if made.kind == "unpool":
        places = made.sources[0, :, :, 0]
        rows, columns = (places >= 0).nonzero()
        flat = {
            int(places[row, column]): int(row * places.shape[1] + column)
            for row, column in zip(rows, columns, strict=True)
        }
        switches = [flat.get(cell, 0) for cell in range(made.x.size)]
        where = f"switches = torch.tensor({switches}).reshape(x.shape)  # row · {places.shape[1]} + column\n"
        size = f"output_size={tuple(made.values.shape[1:])}"
        return f"{HEAD}{x}{where}y = F.max_unpool2d(x[None], switches[None], 2, {size})[0]\nprint(y)\n"
    return f"{HEAD}{x}y = F.pixel_shuffle(x, 2)\nprint(y)\n"


def _tensor(values: Array) -> str:
    return f"torch.tensor({values.tolist()}, dtype=torch.float64)"


# ------------------------------------------------------------------------------------------------ pooling
def layer_line(setting: PoolingSetting, *, channels: int = 1) -> str:
    """The layer that does this in PyTorch."""
    s, kind = setting, setting.kind
    window = f"{_pair(s.kernel)}, stride={_pair(s.stride)}"
    ceil = ", ceil_mode=True" if s.ceil_mode else ""
    pad = f", padding={_pair(s.padding)}" if s.padding != (0, 0) else ""
    dilation = f", dilation={_pair(s.dilation)}" if s.dilation != (1, 1) else ""
    if kind == "max":
        return f"nn.MaxPool2d({window}{pad}{dilation}{ceil}, return_indices=True)"
    if kind == "average":
        return f"nn.AvgPool2d({window}{pad}{ceil}{'' if s.include_pad else ', count_include_pad=False'})"
    if kind == "lp":
        return f"nn.LPPool2d({s.norm:g}, {window}{ceil})"
    if kind == "convolution":
        return f"nn.Conv2d({channels}, {channels}, {window}{pad}{dilation}, groups={channels}, bias=False)"
    size = 1 if kind.startswith("global") else _pair(s.output)
    return f"nn.Adaptive{'Avg' if kind.endswith('average') else 'Max'}Pool2d({size})"


def pooled_snippet(pooled: Pooled) -> str:
    """Plain PyTorch that makes the same `y`, the gradient of its sum, and needs nothing else."""
    rows = ", ".join(str([_short(value) for value in row]) for row in pooled.x[0].tolist())
    head = (
        f"import torch\nfrom torch import nn\n\nx = torch.tensor([[{rows}]], dtype=torch.float64, requires_grad=True)\n"
    )
    return head + _body(pooled) + "y.sum().backward()\nprint(y[0], x.grad[0], sep='\\n')\n"


def _body(pooled: Pooled) -> str:
    s = pooled.setting
    if s.kind == "stochastic":
        return _stochastic(s)
    if pooled.weights is not None:
        given = f"layer.weight.data = torch.tensor([[{pooled.weights.tolist()}]], dtype=torch.float64)\n"
        return f"layer = {layer_line(s)}\n{given}y = layer(x[None])[0]\n"
    if s.kind == "max":
        return f"layer = {layer_line(s)}\ny, switches = layer(x)  # a switch is row · {pooled.x.shape[2]} + column\n"
    return f"layer = {layer_line(s)}\ny = layer(x)\n"


def _stochastic(s: PoolingSetting) -> str:
    """PyTorch has no such layer."""
    average = f"nn.AvgPool2d({_pair(s.kernel)}, {_pair(s.stride)}, ceil_mode={s.ceil_mode}, count_include_pad=False)"
    if not s.training:
        return f"average = {average}\ny = average(x * x) / average(x).clamp(min=1e-30)\n"
    return (
        f"windows = nn.functional.unfold(x[None], {_pair(s.kernel)}, stride={_pair(s.stride)})[0].T\n"
        f"torch.manual_seed({s.seed})\n"
        "drawn = torch.multinomial(windows.detach().clamp(min=1e-30), 1)  # cell / Σ; another generator, other draws\n"
        "y = windows.gather(1, drawn)\n"
    )


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else str(pair)


def _short(value: float) -> float:
    return float(f"{value:.12g}")
