"""What the convolution page says about shared weights, 1 × 1 convolutions and stacks of small kernels."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import number, percent
from cnnviz.records.sharing import LayerCost, Pointwise, SharingComparison, Stacked, Unrolled

CONNECTIONS = {
    "convolution": "one kernel for all positions",
    "local": "a kernel for each position",
    "full": "a weight for each pair of cells",
}
POINTWISE_CALCULATING = "The layer, computed twice …"
MIX_TABLE = "One row per output, one column per input channel: red, green, blue"
PATHS = (
    "**What one output sees.** Each pixel shows the number of chains of weights that lead to the output: one large "
    "kernel reaches every pixel through one weight, a stack of 3 × 3 reaches the middle through more chains than the "
    "corners."
)


def comparison(found: SharingComparison) -> str:
    """The three layers in one sentence, with their ratios."""
    own, local, full = found.layers
    return (
        f"From {_shape(found.input)} to {_shape(found.output)}: the convolution learns {own.parameters:,} parameters. "
        f"A separate kernel for every position needs {local.parameters / own.parameters:,.0f} times as many, a weight "
        f"for every pair of cells {full.parameters / own.parameters:,.0f} times."
    )


def memory(count: int) -> str:
    """Bytes in words: 4.9 kB, 154 MB; thousands, not 1,024s."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"


def cost_name(cost: LayerCost, kind: str) -> str:
    """Over a layer's cost. kind: a key of CONNECTIONS."""
    return f"{cost.name}: {CONNECTIONS[kind]}"


def cost_parameters(cost: LayerCost) -> str:
    """How much a layer learns."""
    return f"{cost.parameters:,} parameters"


def cost_memory(cost: LayerCost) -> str:
    """The same in bytes."""
    return f"{memory(cost.bytes)} as float32"


def cost_work(cost: LayerCost) -> str:
    """What one image costs."""
    return f"{cost.macs:,} multiply-adds per image"


def matrices(found: Unrolled) -> str:
    """Over the three matrices of the worked example."""
    high, wide, rows, columns = found.places
    return (
        f"**The same three layers on the worked example, as matrices.** Columns are the {high} × {wide} input cells, "
        f"rows the {rows} × {columns} outputs. Equal colours are the same weight; grey means no connection."
    )


# ------------------------------------------------------------------------------------------------ 1 × 1
def no_pointwise(title: str) -> str:
    """A network without 1 × 1 convolutions was chosen."""
    return f"{title} has no 1 × 1 convolution: choose another network."


def pointwise(found: Pointwise) -> str:
    """Shapes and counts of both layers."""
    channels, high, wide = found.inputs.shape
    outputs = len(found.weights)
    return (
        f"{found.name}: {high} × {wide} = {high * wide:,} pixels of {channels} channels. "
        f"nn.Conv2d({channels}, {outputs}, kernel_size=1) and nn.Linear({channels}, {outputs}) have the same "
        f"{found.weights.size:,} weights; the linear layer is applied to each pixel separately."
    )


def output_channels(name: str, shown: int, count: int) -> str:
    """Over the first `shown` of a layer's `count` output maps."""
    if shown == 1:
        return f"{name}, output 0 of {count}"
    return f"{name}, outputs 0 to {shown - 1} of {count}"


def pixel(found: Pointwise, *, most: int = 6) -> str:
    """Output 0 of the middle pixel, written out: the pixel's channels times the first row of the weights."""
    _, high, wide = found.inputs.shape
    row, column = high // 2, wide // 2
    values, weights = found.inputs[:, row, column], found.weights[0]
    terms = [f"{number(x)} · {number(w) if w >= 0 else f'({number(w)})'}" for x, w in zip(values, weights, strict=True)]
    if len(terms) > most:
        terms[most:] = [f"… ({len(terms) - most} more)"]
    bias, result = number(float(found.bias[0])), number(float(found.linear[0, row, column]))
    return f"Pixel ({row}, {column}), output 0: {' + '.join(terms)} + {bias} = **{result}**"


# ------------------------------------------------------------------------------------------------ stacks
def stack(stacks: Sequence[Stacked]) -> str:
    """What the stack of 3 × 3 kernels saves against the one large kernel, and what it adds."""
    one, several = stacks[0], stacks[1]
    between = len(several.kernels) - 1
    name, saved = several.name.capitalize(), percent(1 - several.parameters / one.parameters)
    sees = f"{one.field[0]} × {one.field[1]}"
    if between == 1:
        return (
            f"Both see {sees} pixels. {name} need {several.parameters:,} parameters instead of {one.parameters:,} "
            f"({saved} fewer) and {several.macs:,} multiply-adds instead of {one.macs:,}, and add one activation "
            "in between."
        )
    return (
        f"Both see {sees} pixels. {name} need {several.parameters:,} parameters instead of {one.parameters:,} "
        f"({saved} fewer) and {several.macs:,} multiply-adds instead of {one.macs:,}, and add {between} activations "
        "in between."
    )


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(str(size) for size in shape)
