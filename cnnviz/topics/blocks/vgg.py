"""VGG as its authors wrote it down: a block is so many 3×3 convolutions and a pool; a network is a list of blocks.

K. Simonyan, A. Zisserman: Very Deep Convolutional Networks (2014), table 1, https://arxiv.org/abs/1409.1556
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.operations import OperationError
from cnnviz.records import Activations
from cnnviz.topics.blocks.records import Line

Plan = Sequence[tuple[int, int]]

PLANS: dict[str, Plan] = {
    "vgg11": ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)),
    "vgg13": ((2, 64), (2, 128), (2, 256), (2, 512), (2, 512)),
    "vgg16": ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    "vgg19": ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)),
}
HEAD = (4096, 4096, 1000)


def blocks(recording: Activations) -> dict[str, tuple[str, ...]]:
    """first convolution → the layers from there to the pool that ends the block, of a network of one way, in order."""
    found: dict[str, tuple[str, ...]] = {}
    begun: list[str] = []
    for layer in recording:
        if layer.kind == "input" or len(layer.shape) != 3:
            continue
        if begun or layer.kind == "convolution":
            begun.append(layer.key)
        if begun and layer.kind == "pooling":
            found[begun[0]] = tuple(begun)
            begun = []
    return found


def block(convolutions: int, channels: int, *, read: tuple[int, int, int], number: int) -> tuple[Line, ...]:
    """The layers of one block that reads maps of shape [C, H, W].

    Raises OperationError where the maps are too small to be halved.
    """
    inputs, height, width = read
    if min(height, width) < 2:
        raise OperationError(
            f"Block {number} would pool maps of {height} × {width}: enlarge the image or drop a block."
        )
    lines = []
    for _ in range(convolutions):
        weights = 9 * inputs * channels
        shape = (channels, height, width)
        text = f"nn.Conv2d({inputs}, {channels}, 3, padding=1)"
        lines += [Line(number, text, shape, weights + channels, weights * height * width)]
        lines += [Line(number, "nn.ReLU()", shape, 0, 0)]
        inputs = channels
    return (*lines, Line(number, "nn.MaxPool2d(2)", (channels, height // 2, width // 2), 0, 0))


def network(plan: Plan, *, side: int = 224, head: Sequence[int] = HEAD) -> tuple[Line, ...]:
    """Every layer that the plan writes, and the fully connected head."""
    lines: tuple[Line, ...] = ()
    read = (3, side, side)
    for number, (convolutions, channels) in enumerate(plan, start=1):
        made = block(convolutions, channels, read=read, number=number)
        shape = made[-1].shape
        read, lines = (shape[0], shape[1], shape[2]), lines + made
    width, last = read[0] * read[1] * read[2], len(plan) + 1
    lines += (Line(last, "nn.Flatten()", (width,), 0, 0),)
    for index, units in enumerate(head):
        lines += (Line(last, f"nn.Linear({width}, {units})", (units,), width * units + units, width * units),)
        if index < len(head) - 1:
            lines += (Line(last, "nn.ReLU()", (units,), 0, 0), Line(last, "nn.Dropout()", (units,), 0, 0))
        width = units
    return lines


def totals(lines: Sequence[Line]) -> tuple[int, int]:
    """Parameters and multiply-accumulates."""
    return sum(line.parameters for line in lines), sum(line.macs for line in lines)
