"""A convolution in words and code: its size formula with the numbers put in, what it does, the PyTorch that does it."""

from __future__ import annotations

import numpy as np

from cnnviz.figures.numbers import number
from cnnviz.records.activations import Array
from cnnviz.records.windows import SlidingWindow
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


def general_formula(*, transposed: bool) -> str:
    """The same with letters."""
    if transposed:
        return r"s\,(n-1) + d\,(k-1) + p_{\mathrm{out}} + 1 - 2p"
    return r"\left\lfloor\frac{n + 2p - d\,(k-1) - 1}{s}\right\rfloor + 1"


def facts(found: Convolution, drawn: SlidingWindow) -> list[str]:
    """Sentences about this setting, each from its numbers: sizes, what is dropped, alignment, groups, coverage."""
    said = [_sizes(found)]
    if any(drawn.dropped) and not found.setting.transposed:
        said.append(_dropped(drawn))
    if not found.setting.transposed and any(shift % 1 for shift in found.shift):
        said.append(_alignment(found))
    if found.setting.groups > 1:
        said.append(_groups(found))
    if found.setting.transposed:
        said.append(_coverage(drawn))
    if found.setting.flipped:
        said.append(_flip(found, drawn))
    return said


def _sizes(found: Convolution) -> str:
    outputs, within, high, wide = found.weights.shape
    per = high * wide * within
    total = found.weights.size + outputs
    macs = found.output[0].size * per * outputs
    if found.setting.transposed:
        macs = found.x[0].size * per * outputs
    return (
        f"{_shape(found.x)} → {_shape(found.output)}: {outputs} × {within} × {high} × {wide} weights and {outputs} "
        f"bias{'es' if outputs > 1 else ''} are {total:,} parameters, used for {macs:,} multiplications."
    )


def _dropped(drawn: SlidingWindow) -> str:
    parts = []
    for name, places in zip(AXES, drawn.dropped, strict=True):
        if places:
            parts.append(f"{name if len(places) > 1 else name[:-1]} {', '.join(map(str, places))}")
    return f"No window reads {' and '.join(parts)} of the input: PyTorch rounds the number of steps down."


def _alignment(found: Convolution) -> str:
    down, right = found.shift
    top, left, bottom, under = found.padded.around
    around = ""
    if (top, left) != (bottom, under):
        around = f" PyTorch pads {top} above and {bottom} below, {left} left and {under} right, to keep the size."
    return (
        f"A kernel of {found.kernel[0]} × {found.kernel[1]} has no middle cell: each output lies {number(down)} rows "
        f"and {number(right)} columns off the cell it stands for, so every such layer moves the picture.{around}"
    )


def _groups(found: Convolution) -> str:
    groups, channels = found.setting.groups, len(found.x)
    name = "Depthwise: every channel has kernels of its own" if groups == channels else f"{groups} groups"
    whole = found.weights.size * groups
    return (
        f"{name}; a kernel reads {channels // groups} of {channels} channels, "
        f"so there are {found.weights.size:,} weights instead of {whole:,}."
    )


def _coverage(drawn: SlidingWindow) -> str:
    counts = np.unique(drawn.coverage)
    if len(counts) == 1:
        return f"Every output is the sum of {counts[0]} products: the coverage is even."
    return (
        f"The outputs are sums of {counts[0]} to {counts[-1]} products: where the kernel is no multiple of the stride "
        "the coverage is uneven inside too, the checkerboard that generated pictures show."
        if _uneven_inside(drawn)
        else f"Inside every output is the sum of {counts[-1]} products, at the border of fewer: no checkerboard."
    )


def _uneven_inside(drawn: SlidingWindow) -> bool:
    high, wide = drawn.rows.shape[1], drawn.columns.shape[1]
    inside = drawn.coverage[high - 1 : len(drawn.rows) - high + 1, wide - 1 : len(drawn.columns) - wide + 1]
    return bool(inside.size) and len(np.unique(inside)) > 1


def _flip(found: Convolution, drawn: SlidingWindow) -> str:
    straight = next(item.values for item in drawn.companions if "flip" in item.name)
    most = float(np.abs(straight - found.output).max())
    if most == 0:
        return "This kernel looks the same turned by 180°: convolution and cross-correlation agree."
    return f"Without the flip the outputs differ by up to {number(most)}: PyTorch's Conv2d is the unflipped one."


# ------------------------------------------------------------------------------------------------ the same in PyTorch
def torch_line(found: Convolution) -> str:
    """The layer: `nn.Conv2d(1, 1, kernel_size=3, stride=2)`; what has its default value is left out."""
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
    said = [f"{name}={value}" for name, value in named.items() if default.get(name) != value]
    kind = "ConvTranspose2d" if setting.transposed else "Conv2d"
    return f"nn.{kind}({', '.join([str(channels), str(outputs), *said])})".replace("'", '"')


def torch_code(found: Convolution) -> str:
    """A program that computes the same outputs, `y`: the numbers where they are few, else random ones of that shape."""
    flip = ".flip(2, 3)" if found.setting.flipped else ""
    weights = found.weights
    if found.setting.transposed:
        weights = transposed_layout(weights, found.setting)
    return "\n".join(
        [
            "import torch",
            "from torch import nn",
            "",
            f"x = {_tensor(found.x)}",
            f"weight = {_tensor(weights)}",
            f"layer = {torch_line(found)}.double()",
            "with torch.no_grad():",
            f"    layer.weight.copy_(weight{flip})",
            f"    layer.bias.copy_({_tensor(found.bias)})",
            "    y = layer(x[None])[0]",
            "print(y)",
        ]
    )


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


def _shape(values: Array) -> str:
    return "[" + ", ".join(str(size) for size in values.shape) + "]"
