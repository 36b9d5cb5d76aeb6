"""A convolution as formula and code: its output size with the numbers put in, and the PyTorch that computes it."""

from __future__ import annotations

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.topics.convolution.records import Convolution, ConvolutionSetting, Pair

AXES = ("rows", "columns")


def size_formula(found: Convolution) -> tuple[str, str]:
    """LaTeX for rows and columns: the formula, its numbers and its result."""
    setting, kernel, (_, high, wide) = found.setting, found.kernel, found.output.shape
    made = []
    for axis, result in enumerate((high, wide)):
        n, k, s, d = found.x.shape[1 + axis], kernel[axis], setting.stride[axis], setting.dilation[axis]
        before, after = found.padded.around[axis], found.padded.around[2 + axis]
        if setting.transposed:
            extra, p = setting.output_padding[axis], _pair(setting.padding)[axis]
            made.append(rf"{s}\cdot({n}-1) + {d}\cdot({k}-1) + {extra} + 1 - 2\cdot {p} = {result}")
        else:
            padded = rf"{n} + {before} + {after}" if before != after else rf"{n} + 2\cdot {before}"
            top = rf"{padded} - {d}\cdot({k}-1) - 1"
            made.append(rf"\left\lfloor\frac{{{top}}}{{{s}}}\right\rfloor + 1 = {result}")
    return made[0], made[1]


# ------------------------------------------------------------------------------------------------ the same in PyTorch
def torch_line(found: Convolution) -> str:
    """The layer: `nn.Conv2d(1, 1, kernel_size=3, stride=2)`; what has its default value is left out.

    PyTorch has no setting for a flipped kernel: `torch_layer` adds the line that turns the weights.
    """
    setting, channels, outputs = found.setting, len(found.x), len(found.weights)
    named = {
        "kernel_size": _short(found.kernel),
        "stride": _short(setting.stride),
        "padding": repr(setting.padding) if isinstance(setting.padding, str) else _short(setting.padding),
        "dilation": _short(setting.dilation),
        "output_padding": _short(setting.output_padding),
        "groups": str(setting.groups),
        "padding_mode": repr(setting.mode),
    }
    default = {"stride": "1", "padding": "0", "dilation": "1", "output_padding": "0", "groups": "1"}
    default["padding_mode"] = "'zeros'"
    if not found.with_bias:
        named["bias"] = "False"
    said = [f"{name}={value}" for name, value in named.items() if default.get(name) != value]
    kind = "ConvTranspose2d" if setting.transposed else "Conv2d"
    return f"nn.{kind}({', '.join([str(channels), str(outputs), *said])})".replace("'", '"')


def torch_layer(found: Convolution) -> str:
    """The layer as code that stands alone; with a flipped kernel, the line that gives it its turned weights."""
    if not found.setting.flipped:
        return torch_line(found)
    return "\n".join([f"layer = {torch_line(found)}", "layer.weight.data = weight.flip(2, 3)  # turned by 180°"])


def torch_code(found: Convolution) -> str:
    """A program that computes the same outputs, `y`, from the same numbers; without bias it sets none."""
    weights = transposed_layout(found.weights, found.setting) if found.setting.transposed else found.weights
    turned = "weight.flip(2, 3)  # turned by 180°" if found.setting.flipped else "weight"
    lines = [
        "import torch",
        "from torch import nn",
        "",
        f"x = {_tensor(found.x)}",
        f"weight = {_tensor(weights)}",
        f"layer = {torch_line(found)}.double()",
        f"layer.weight.data = {turned}",
    ]
    if found.with_bias:
        lines.append(f"layer.bias.data = {_tensor(found.bias)}")
    return "\n".join([*lines, "y = layer(x[None])[0].detach()", "print(y)"])


def transposed_layout(weights: Array, setting: ConvolutionSetting) -> Array:
    """[O, C / groups, kh, kw] → [C, O / groups, kh, kw], the order in which ConvTranspose2d keeps its weights."""
    outputs, within, high, wide = weights.shape
    parts = weights.reshape(setting.groups, outputs // setting.groups, within, high, wide).swapaxes(1, 2)
    return parts.reshape(setting.groups * within, outputs // setting.groups, high, wide)


def _tensor(values: Array) -> str:
    return f"torch.tensor({np.round(values, 6).tolist()}, dtype=torch.float64)"


def _short(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else repr(pair)


def _pair(padding: Pair | str) -> Pair:
    return padding if isinstance(padding, tuple) else (0, 0)
