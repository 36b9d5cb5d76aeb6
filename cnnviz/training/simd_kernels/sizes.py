"""Where the numbers of convolutions, ReLUs and poolings lie while `lanes` images go through them side by side."""

from __future__ import annotations

from dataclasses import dataclass

SINGLE = 4  # bytes of a float32


@dataclass(frozen=True)
class Machine:
    """What a vector of a processor holds, and how many vectors its registers hold."""

    lanes: int
    registers: int


@dataclass(frozen=True)
class Maps:
    """`channels` maps of height × width positions, `size` bytes each; row by row, one map after the other."""

    channels: int
    height: int
    width: int
    size: int

    @property
    def row(self) -> int:
        """Bytes of one row."""
        return self.width * self.size

    @property
    def plane(self) -> int:
        """Bytes of one map."""
        return self.height * self.row

    @property
    def total(self) -> int:
        """Bytes of all maps."""
        return self.channels * self.plane

    def at(self, row: int, column: int) -> int:
        """Byte offset of a position of the first map."""
        return row * self.row + column * self.size


@dataclass(frozen=True)
class ConvolutionBlock:
    """A convolution of stride 1 of channels × height × width (without its padding), then ReLU and 2×2 max pooling."""

    channels: int
    height: int
    width: int
    filters: int
    kernel: tuple[int, int]
    padding: tuple[int, int]

    @property
    def padded(self) -> tuple[int, int]:
        """Height and width of the input with its padding."""
        return self.height + 2 * self.padding[0], self.width + 2 * self.padding[1]

    @property
    def pooled(self) -> tuple[int, int]:
        """Height and width of what comes out."""
        (height, width), (rows, columns) = self.padded, self.kernel
        return (height - rows + 1) // 2, (width - columns + 1) // 2

    @property
    def weights(self) -> int:
        """Number of weights, biases not counted."""
        return self.filters * self.channels * self.kernel[0] * self.kernel[1]


@dataclass(frozen=True)
class StackPlan:
    """The blocks, each fed by the one before, on a machine. Sizes are in bytes, of one group of `lanes` images."""

    blocks: tuple[ConvolutionBlock, ...]
    machine: Machine

    @property
    def size(self) -> int:
        """Of one position: a float32 of every image."""
        return SINGLE * self.machine.lanes

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(block.weights + block.filters for block in self.blocks)

    @property
    def scratch(self) -> int:
        """What a thread needs in the backward pass: a sum for each parameter and lane, and every map's gradients."""
        maps = range(len(self.blocks))
        gradients = sum(self.map_gradients(index).total + self.input_gradients(index).total for index in maps)
        return self.parameters * self.size + gradients

    def picture(self) -> Maps:
        """One input image."""
        first = self.blocks[0]
        return Maps(first.channels, first.height, first.width, SINGLE)

    def result(self) -> Maps:
        """The output for one image."""
        last = self.blocks[-1]
        return Maps(last.filters, *last.pooled, SINGLE)

    def inputs(self, index: int) -> Maps:
        """What goes into a block, its padding included."""
        block = self.blocks[index]
        return Maps(block.channels, *block.padded, self.size)

    def outputs(self, index: int) -> Maps:
        """What comes out of it, with the padding of the block that it goes into."""
        if index + 1 < len(self.blocks):
            return self.inputs(index + 1)
        block = self.blocks[index]
        return Maps(block.filters, *block.pooled, self.size)

    def edge(self, index: int) -> tuple[int, int]:
        """How wide that padding is."""
        return self.blocks[index + 1].padding if index + 1 < len(self.blocks) else (0, 0)

    def codes(self, index: int) -> Maps:
        """A byte for each number that comes out: which position of its window it is."""
        block = self.blocks[index]
        return Maps(block.filters, *block.pooled, self.machine.lanes)

    def input_gradients(self, index: int) -> Maps:
        """As what goes in; computed two rows and two columns at a time. Images want none."""
        block = self.blocks[index]
        height, width = (side + side % 2 for side in block.padded)
        return Maps(block.channels if index else 0, height, width, self.size)

    def map_gradients(self, index: int) -> Maps:
        """Those of the convolution's own map as far as it is pooled; then a border of zeros for the backward pass."""
        block, (rows, columns) = self.blocks[index], self.border(index)
        if index == 0:
            height, width = block.pooled
            return Maps(block.filters, 2 * height, 2 * width, self.size)
        inside = self.input_gradients(index)
        return Maps(block.filters, inside.height + rows, inside.width + columns, self.size)

    def border(self, index: int) -> tuple[int, int]:
        """How far the turned kernel reaches over the map."""
        rows, columns = self.blocks[index].kernel
        return (rows - 1, columns - 1) if index else (0, 0)
