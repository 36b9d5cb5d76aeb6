"""What the convolution page says step by step: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cnnviz.figures.numbers import number
from cnnviz.records.activations import Array
from cnnviz.records.windows import SlidingWindow
from cnnviz.topics.convolution.intermediate_records import IntermediateMaps
from cnnviz.topics.convolution.records import Convolution

TITLE = "How does one small kernel make a whole feature map?"
INTRODUCTION = (
    "A kernel slides over its input. At each position it is multiplied with the cells under it, and the sum of the "
    "products is one cell of the output. Every position uses the same few weights."
)
SAID = {
    "Step by step": INTRODUCTION,
    "On your image": (
        "**A filter is a kernel that somebody chose.** Sobel answers to edges, Gauss blurs; or type weights of "
        "your own. Point at the image to see one pixel of the result worked out."
    ),
    "Learn a kernel": (
        "**Nine weights are found, not made.** A secret kernel made the first map from your image. Set the weights "
        "until your map looks the same: drag one up or down. Then let gradient descent search, as it does for every "
        "kernel."
    ),
    "Weight sharing": (
        "**One kernel for all positions saves nearly all parameters.** Three kinds of layer make maps of the same "
        "size: count what each has to learn."
    ),
    "1 × 1 is linear": (
        "**A 1 × 1 convolution mixes channels and nothing else.** At every pixel it is a linear layer over that "
        "pixel's channels: type its weights and compare the two."
    ),
    "Small kernels stacked": (
        "**Two 3 × 3 see as far as one 5 × 5.** They cost less and put one more activation in between: compare "
        "the price, and how much each pixel counts."
    ),
}  # what each part shows: its title and a sentence
HINTS = {
    "same": "Pads the input so that the output has its size (stride 1 only)",
    "apart": "Sets kernel, stride, padding and dilation for rows and columns separately",
    "transposed": "Each input cell adds its multiple of the kernel to the output; where they overlap they are summed",
    "flipped": "Turns the kernel by 180°: convolution as mathematics defines it. PyTorch does not turn it.",
    "bias": "Added to every output. Empty: a layer without bias.",
}
IN_COLOUR = "Three input channels (red, green, blue) instead of one"
IN_PYTORCH = "In PyTorch"
MAPS_CALCULATING = "Each input channel by itself …"
LAYER_CHOICE = "Layers that read at most four channels are shown cell by cell, all others channel by channel."


def last_result(problem: str) -> str:
    """Under a setting that gives no result. problem: the sentence that says why, with its full stop."""
    return f"{problem} The last result is still shown."


def no_convolution(title: str) -> str:
    """A network without convolutions was chosen."""
    return f"{title} has no convolution: choose another network."


# ------------------------------------------------------------------------------------------------ under the window
def facts(found: Convolution, drawn: SlidingWindow) -> tuple[str, ...]:
    """Sentences about this setting: size and cost, then unread cells, alignment, groups, coverage and flip, if any."""
    return tuple(_facts(found, drawn))


def _facts(found: Convolution, drawn: SlidingWindow) -> Iterator[str]:
    setting = found.setting
    yield size(found)
    if any(drawn.dropped) and not setting.transposed:
        yield unread(drawn.dropped)
    if not setting.transposed and any(shift % 1 for shift in found.shift):
        yield alignment(found)
    if setting.groups > 1:
        yield groups(found)
    if setting.transposed:
        yield coverage(drawn)
    if setting.flipped:
        yield flip(found, drawn)


def size(found: Convolution) -> str:
    """Shapes, parameters and multiply-adds; a layer without bias counts none."""
    outputs, within, high, wide = found.weights.shape
    places = found.x[0].size if found.setting.transposed else found.output[0].size
    shapes = f"{_shape(found.x)} → {_shape(found.output)}"
    count = f"{outputs} × {within} × {high} × {wide} = {found.weights.size:,} weights"
    cost = f"{places * found.weights.size:,} multiply-adds"
    if not found.with_bias:
        return f"{shapes}: {count}, no bias, {found.parameters:,} parameters in all. One pass takes {cost}."
    if outputs == 1:
        return f"{shapes}: {count}, 1 bias, {found.parameters:,} parameters in all. One pass takes {cost}."
    return f"{shapes}: {count}, {outputs} biases, {found.parameters:,} parameters in all. One pass takes {cost}."


def unread(dropped: tuple[Sequence[int], Sequence[int]]) -> str:
    """Which (rows, columns) of the input no window reads; at least one of the two is not empty."""
    rows, columns = (", ".join(map(str, places)) for places in dropped)
    if not columns:
        return f"No window reads input row {rows}: the size formula rounds down."
    if not rows:
        return f"No window reads input column {columns}: the size formula rounds down."
    return f"No window reads input row {rows} and column {columns}: the size formula rounds down."


def alignment(found: Convolution) -> str:
    """How far an even kernel moves the map, and PyTorch's uneven padding."""
    down, right = (number(shift) for shift in found.shift)
    high, wide = found.kernel
    top, left, bottom, under = found.padded.around
    if (top, left) == (bottom, under):
        return (
            f"A {high} × {wide} kernel has no middle cell. Each output lies {down} rows and {right} columns off the "
            "cell it stands for, so every such layer shifts the feature map."
        )
    return (
        f"A {high} × {wide} kernel has no middle cell. Each output lies {down} rows and {right} columns off the cell "
        "it stands for, so every such layer shifts the feature map. To keep the size PyTorch pads "
        f"{top} above and {bottom} below, {left} left and {under} right."
    )


def groups(found: Convolution) -> str:
    """What splitting the channels saves."""
    count, channels, weights = found.setting.groups, len(found.x), found.weights.size
    if count == channels:
        return (
            f"Depthwise: each of the {channels} channels has its own kernels, so there are {weights:,} weights "
            f"instead of {weights * count:,}."
        )
    return (
        f"{count} groups: each kernel reads {channels // count} of {channels} channels, so there are {weights:,} "
        f"weights instead of {weights * count:,}."
    )


def coverage(drawn: SlidingWindow) -> str:
    """How many products each output of a transposed convolution sums, and whether that makes a checkerboard."""
    counts = np.unique(drawn.coverage)
    least, most = int(counts[0]), int(counts[-1])
    if least == most:
        return f"Every output is the sum of {most} products: the coverage is even."
    if _uneven_inside(drawn):
        return (
            f"The outputs are sums of {least} to {most} products. The kernel size is not a multiple of the stride, so "
            "the coverage is uneven inside too: this is the checkerboard seen in generated images."
        )
    return f"Inside, every output is the sum of {most} products, at the border of fewer: no checkerboard."


def _uneven_inside(drawn: SlidingWindow) -> bool:
    high, wide = drawn.rows.shape[1], drawn.columns.shape[1]
    inside = drawn.coverage[high - 1 : len(drawn.rows) - high + 1, wide - 1 : len(drawn.columns) - wide + 1]
    return bool(inside.size) and len(np.unique(inside)) > 1


def flip(found: Convolution, drawn: SlidingWindow) -> str:
    """How far the turned kernel's outputs lie from the unturned one's."""
    straight = next(item.values for item in drawn.companions if "flip" in item.name)
    most = float(np.abs(straight - found.output).max())
    if most == 0:
        return (
            "The kernel is drawn turned by 180°. It gives the same outputs either way: convolution and "
            "cross-correlation agree."
        )
    return (
        f"The kernel is drawn turned by 180°, as it is multiplied. Unturned, as PyTorch's Conv2d takes it, the outputs "
        f"differ by up to {number(most)}."
    )


def _shape(values: Array) -> str:
    return "[" + ", ".join(str(length) for length in values.shape) + "]"


# ------------------------------------------------------------------------------------------------ a trained layer
def strongest_channels(found: IntermediateMaps, *, most: int = 8) -> str:
    """The fewest input channels whose maps hold 80 % of Σ |value|, the first `most` by their index."""
    channels = found.strongest(0.8)
    named = ", ".join(str(channel) for channel in channels[:most])
    if len(channels) > most:
        named += ", …"
    return (
        f"{len(channels):,} of {len(found.read):,} input channels contribute 80 % of this output (by Σ |value|): "
        f"{named}. Map 0 belongs to input channel {found.read[0]}."
    )


def sum_of_maps(found: IntermediateMaps) -> str:
    """Under the sum."""
    return f"Sum of the maps + bias {found.bias:.4g}"


def recorded_channel(found: IntermediateMaps) -> str:
    """Under what the network computed."""
    return f"Channel {found.output} as the network computed it"
