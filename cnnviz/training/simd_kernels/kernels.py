"""Convolution, ReLU and max pooling of one group of images, forward and backward, written in LLVM's assembly.

One vector holds the same position of all images of the group, so no lane is empty, however few the channels. A tile
of results (the four positions of a pooling window, several filters) stays in registers while everything that it is made
of goes by, and is pooled before it is written. Georganas et al. 2018, "Anatomy Of High-Performance Deep Learning
Convolutions On SIMD Architectures", https://arxiv.org/abs/1808.05567; images innermost as in Krizhevsky's
cuda-convnet, https://code.google.com/archive/p/cuda-convnet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from cnnviz.training.simd_kernels.assembly import Function
from cnnviz.training.simd_kernels.sizes import SINGLE, ConvolutionBlock, StackPlan

WINDOW = ((0, 0), (0, 1), (1, 0), (1, 1))  # the positions that are pooled, in the order in which torch looks at them
DEAD = len(WINDOW)  # noted instead of one of them where ReLU answered zero
STEP = 4  # positions that `correlate` takes at a time, at most


def enter(made: ir.Module, plan: StackPlan) -> ir.Function:
    """(images, inputs): one after the other as they come, side by side as they go on."""
    function = _function(made, "enter", plan, pointers=2)
    pictures, inputs = function.arguments
    x, given = plan.inputs(0), plan.picture()

    def position(channel: ir.Value, row: ir.Value, column: ir.Value) -> None:
        own = function.at(pictures, (channel, given.plane), (row, given.row), (column, given.size))
        places = (channel, x.plane), (row, x.row), (column, x.size), x.at(*plan.blocks[0].padding)
        function.store(function.gather(own, given.total), inputs, *places)

    return _over(function, (given.channels, given.height, given.width), position)


def leave(made: ir.Module, plan: StackPlan) -> ir.Function:
    """(outputs, results): back to one after the other."""
    function = _function(made, "leave", plan, pointers=2)
    outputs, results = function.arguments
    picture = plan.result()

    def position(number: ir.Value) -> None:
        value = function.load(outputs, (number, plan.size))
        function.scatter(value, function.at(results, (number, SINGLE)), picture.total)

    return _over(function, (picture.total // SINGLE,), position)


def convolve(made: ir.Module, plan: StackPlan, index: int) -> ir.Function:
    """(inputs, weights, biases, outputs, codes): a block's outputs, and which position of each window they are."""
    function = _function(made, f"convolve_{index}", plan, pointers=5)
    inputs, weights, biases, outputs, codes = function.arguments
    block, x, y, code = plan.blocks[index], plan.inputs(index), plan.outputs(index), plan.codes(index)
    tile, filter_, kernel = _tile(block.filters, plan), *_weights(block)

    def window(part: ir.Value, row: ir.Value, column: ir.Value) -> None:
        def channel(number: ir.Value, totals: list[ir.Value]) -> list[ir.Value]:
            corner = function.at(inputs, (number, x.plane), (row, 2 * x.row), (column, 2 * x.size))
            own = function.at(weights, (part, tile * filter_), (number, kernel))
            taps = _Taps(own, block.kernel, filter_, tile)
            return function.times(block.kernel[0], _row(function, corner, x.row, taps), totals)

        begin = [function.spread(biases, (part, tile * SINGLE), item * SINGLE) for item in range(tile)]
        totals = function.times(block.channels, channel, begin * len(WINDOW))
        for item in range(tile):
            value, place = _pooled(function, totals[item::tile])
            places = (part, tile * y.plane), (row, y.row), (column, y.size)
            function.store(value, outputs, *places, item * y.plane + y.at(*plan.edge(index)))
            places = (part, tile * code.plane), (row, code.row), (column, code.size)
            function.store(place, codes, *places, item * code.plane)

    return _over(function, (block.filters // tile, *block.pooled), window)


def route(made: ir.Module, plan: StackPlan, index: int) -> ir.Function:
    """(gradients, codes, map gradients, sums): every output's gradient to the position that it came from.

    gradients: for the last block the results', one image after the other. sums: the biases'.
    """
    function = _function(made, f"route_{index}", plan, pointers=4)
    gradients, codes, routed, sums = function.arguments
    build, block, last = function.build, plan.blocks[index], index + 1 == len(plan.blocks)
    code, dz, one = plan.codes(index), plan.map_gradients(index), plan.result()
    dy = one if last else plan.input_gradients(index + 1)

    def output(number: ir.Value, row: ir.Value, column: ir.Value, total: ir.Value) -> ir.Value:
        places = (number, dy.plane), (row, dy.row), (column, dy.size), dy.at(*plan.edge(index))
        gradient = (
            function.gather(function.at(gradients, *places), one.total) if last else function.load(gradients, *places)
        )
        which = function.load_codes(codes, (number, code.plane), (row, code.row), (column, code.size))
        corner = function.at(
            routed, (number, dz.plane), (row, 2 * dz.row), (column, 2 * dz.size), dz.at(*plan.border(index))
        )
        for position, offset in enumerate(WINDOW):
            here = build.icmp_signed("==", which, function.code(position))
            share = build.select(here, gradient, function.zero)
            function.store(share, corner, dz.at(*offset))
            total = build.fadd(total, share)
        return total

    def channel(number: ir.Value) -> None:
        def line(row: ir.Value, totals: list[ir.Value]) -> list[ir.Value]:
            return function.times(block.pooled[1], lambda column, sums: [output(number, row, column, *sums)], totals)

        bias = function.at(sums, (number, plan.size))
        function.store(*function.times(block.pooled[0], line, [function.load(bias)]), bias)

    return _over(function, (block.filters,), channel)


def correlate(made: ir.Module, plan: StackPlan, index: int) -> ir.Function:
    """(inputs, map gradients, sums): what each weight met, times the gradient of what it went into."""
    function = _function(made, f"correlate_{index}", plan, pointers=3)
    inputs, routed, sums = function.arguments
    block, x, dz = plan.blocks[index], plan.inputs(index), plan.map_gradients(index)
    rows, columns = block.kernel
    tile, step = _divisor(block.filters, (plan.machine.registers - 8) // columns), _divisor(2 * block.pooled[1], STEP)
    filter_, kernel = (count // SINGLE * plan.size for count in _weights(block))
    places = [item * filter_ + column * plan.size for item in range(tile) for column in range(columns)]

    def taps(part: ir.Value, row: ir.Value, channel: ir.Value, tap: ir.Value) -> None:
        """One row of several filters' kernels over one row of the map."""
        own = function.at(sums, (part, tile * filter_), (channel, kernel), (tap, columns * plan.size))
        line = function.at(inputs, (channel, x.plane), (row, x.row), (tap, x.row))
        gradients = function.at(routed, (part, tile * dz.plane), (row, dz.row), dz.at(*plan.border(index)))

        def positions(number: ir.Value, totals: list[ir.Value]) -> list[ir.Value]:
            totals, here = list(totals), function.at(gradients, (number, step * dz.size))
            start = function.at(line, (number, step * x.size))
            met = [function.load(start, column * x.size) for column in range(columns + step - 1)]
            for position in range(step):
                for item in range(tile):
                    gradient = function.load(here, item * dz.plane + position * dz.size)
                    for column in range(columns):
                        place = item * columns + column
                        totals[place] = function.fused(gradient, met[position + column], totals[place])
            return totals

        totals = function.times(2 * block.pooled[1] // step, positions, [function.load(own, place) for place in places])
        for place, total in zip(places, totals, strict=True):
            function.store(total, own, place)

    return _over(function, (block.filters // tile, 2 * block.pooled[0], block.channels, rows), taps)


def transpose(made: ir.Module, plan: StackPlan, index: int) -> ir.Function:
    """(map gradients, weights, input gradients): the convolution's backward pass to its input."""
    function = _function(made, f"transpose_{index}", plan, pointers=3)
    routed, weights, gradients = function.arguments
    block, dz, dx = plan.blocks[index], plan.map_gradients(index), plan.input_gradients(index)
    tile, filter_, kernel = _tile(block.channels, plan), *_weights(block)

    def window(part: ir.Value, row: ir.Value, column: ir.Value) -> None:
        def channel(number: ir.Value, totals: list[ir.Value]) -> list[ir.Value]:
            corner = function.at(routed, (number, dz.plane), (row, 2 * dz.row), (column, 2 * dz.size))
            own = function.at(weights, (number, filter_), (part, tile * kernel))
            taps = _Taps(own, block.kernel, kernel, tile, turned=True)
            return function.loop(*met, _row(function, corner, dz.row, taps), totals)

        met = _met(function, row, block)
        totals = function.times(block.filters, channel, [function.zero] * (len(WINDOW) * tile))
        own = function.at(gradients, (part, tile * dx.plane), (row, 2 * dx.row), (column, 2 * dx.size))
        for position, offset in enumerate(WINDOW):
            for item in range(tile):
                function.store(totals[position * tile + item], own, item * dx.plane + dx.at(*offset))

    return _over(function, (block.channels // tile, dx.height // 2, dx.width // 2), window)


# --------------------------------------------------------------------------------------------- what they share
class _Taps:
    """`count` kernels, `apart` bytes from each other; turned: by 180°."""

    def __init__(
        self, weights: ir.Value, kernel: tuple[int, int], apart: int, count: int, *, turned: bool = False
    ) -> None:
        self.weights, (self.rows, self.columns), self.apart, self.count = weights, kernel, apart, count
        self.turned = turned

    def row(self, function: Function, number: ir.Value) -> ir.Value:
        if self.turned:
            number = function.build.sub(function.number(self.rows - 1), number)
        return function.at(self.weights, (number, self.columns * SINGLE))

    def place(self, item: int, column: int) -> int:
        """In a row."""
        return item * self.apart + (self.columns - 1 - column if self.turned else column) * SINGLE


def _row(
    function: Function, corner: ir.Value, line: int, taps: _Taps
) -> Callable[[ir.Value, list[ir.Value]], list[ir.Value]]:
    """What adds one row of the kernels to a window's sums, position by position, kernel by kernel.

    corner: the first of what the window's first position is made of. line: bytes to the one below.
    """
    size = SINGLE * function.lanes

    def add(row: ir.Value, totals: list[ir.Value]) -> list[ir.Value]:
        totals, own = list(totals), taps.row(function, row)
        for below in (0, 1):
            x = [function.load(corner, (row, line), below * line + index * size) for index in range(taps.columns + 1)]
            for column in range(taps.columns):
                for item in range(taps.count):
                    weight = function.spread(own, taps.place(item, column))
                    for right in (0, 1):
                        place = WINDOW.index((below, right)) * taps.count + item
                        totals[place] = function.fused(x[column + right], weight, totals[place])
        return totals

    return add


def _pooled(function: Function, window: Sequence[ir.Value]) -> tuple[ir.Value, ir.Value]:
    """The largest value after ReLU, and its position. NaN is passed on, as in torch: a diverging run shows it."""
    build = function.build
    best, which = window[0], function.code(0)
    for position, other in enumerate(window[1:], start=1):
        wins = build.or_(build.fcmp_ordered(">", other, best), build.fcmp_unordered("uno", other, other))
        best, which = build.select(wins, other, best), build.select(wins, function.code(position), which)
    alive = build.fcmp_unordered(">", best, function.zero)
    return build.select(alive, best, function.zero), build.select(alive, which, function.code(DEAD))


def _met(function: Function, row: ir.Value, block: ConvolutionBlock) -> tuple[ir.Value, ir.Value]:
    """From which to below which of its rows a turned kernel meets more than the border of zeros; `row` of windows."""
    build, rows = function.build, block.kernel[0]
    above = build.mul(row, function.number(2))
    first, end = (build.sub(function.number(number), above) for number in (rows - 2, rows - 1 + 2 * block.pooled[0]))
    none, every = function.number(0), function.number(rows)
    return (
        build.select(build.icmp_signed(">", first, none), first, none),
        build.select(build.icmp_signed("<", end, every), end, every),
    )


def _over(function: Function, counts: Sequence[int], body: Callable[..., None]) -> ir.Function:
    """`body` for all indices below the counts, the last one's running fastest; nothing follows."""

    def nested(rest: Sequence[int], indices: tuple[ir.Value, ...]) -> None:
        if rest:
            function.times(rest[0], lambda index, _: nested(rest[1:], (*indices, index)))
        else:
            body(*indices)

    nested(counts, ())
    return function.ended()


def _function(made: ir.Module, name: str, plan: StackPlan, *, pointers: int) -> Function:
    """One that only its module calls, and whose pointers lead to different places."""
    function = Function(made, name, lanes=plan.machine.lanes, pointers=pointers, internal=True)
    function.value.attributes.add("noinline")
    for argument in function.arguments:
        argument.add_attribute("noalias")
    return function


def _weights(block: ConvolutionBlock) -> tuple[int, int]:
    """Bytes from one filter to the next, and from one of its kernels to the next."""
    kernel = block.kernel[0] * block.kernel[1] * SINGLE
    return block.channels * kernel, kernel


def _tile(count: int, plan: StackPlan) -> int:
    """How many filters' sums over a window are kept in registers: three quarters of them, at most."""
    return _divisor(count, plan.machine.registers * 3 // 4 // len(WINDOW))


def _divisor(count: int, most: int) -> int:
    return max(number for number in range(1, max(1, most) + 1) if count % number == 0)
