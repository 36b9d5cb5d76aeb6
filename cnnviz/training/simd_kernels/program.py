"""The kernels, called for one group of images after the other by any number of threads."""

from __future__ import annotations

from llvmlite import ir

from cnnviz.training.simd_kernels import kernels
from cnnviz.training.simd_kernels.assembly import ENTRY, Function
from cnnviz.training.simd_kernels.sizes import SINGLE, StackPlan


def module(plan: StackPlan) -> ir.Module:
    """`forward` and `backward`: functions of one pointer, to be called with the same one by all threads.

    It points to a task, eight bytes an entry: the next part to be done (0) and the number of parts; then for each part
    five: the table, its scratch and its sums, and the groups of images from which and before which it goes.
    The table points to the images [groups · lanes, C, H, W]; to room for them as groups (`Plan.inputs`); for each
    block to weights, biases, and room for outputs and codes (`Plan.outputs`, `Plan.codes`); at last to the results
    [groups · lanes, K, h, w] or, for `backward`, their gradients. Edges are zeros already. Only `backward` needs
    scratch (`Plan.scratch`, zeros at first) and sums, where it leaves the gradients of each block's weights and biases.
    """
    made = ir.Module()
    _shared(made, "forward", _forward(made, plan), plan)
    _shared(made, "backward", _backward(made, plan), plan)
    return made


def _shared(made: ir.Module, name: str, part: ir.Function, plan: StackPlan) -> None:
    """(task): parts of it, as long as no other thread has them."""
    function = Function(made, name, lanes=plan.machine.lanes, pointers=1)
    (task,) = function.arguments

    def one(number: ir.Value) -> None:
        own = [function.at(task, (number, 5 * ENTRY), (2 + index) * ENTRY) for index in range(5)]
        function.build.call(part, [*map(function.pointer, own[:3]), *map(function.integer, own[3:])])

    function.claim(task, function.integer(function.at(task, ENTRY)), one)
    function.ended()


def _forward(made: ir.Module, plan: StackPlan) -> ir.Function:
    part, blocks = _Part(made, "forward_part", plan), range(len(plan.blocks))
    enter, leave = kernels.enter(made, plan), kernels.leave(made, plan)
    convolve = [kernels.convolve(made, plan, index) for index in blocks]

    def group(number: ir.Value, _: object) -> None:
        part.build.call(enter, [part.pictures(number), part.inputs(0, number)])
        for index in blocks:
            own = [*part.parameters(index), part.inputs(index + 1, number), part.codes(index, number)]
            part.build.call(convolve[index], [part.inputs(index, number), *own])
        part.build.call(leave, [part.inputs(len(blocks), number), part.results(number)])

    part.loop(part.begin, part.last, group)
    return part.ended()


def _backward(made: ir.Module, plan: StackPlan) -> ir.Function:
    """Sums of every lane first, in scratch; the sums over the lanes at the end."""
    part, blocks = _Part(made, "backward_part", plan), range(len(plan.blocks))
    route = [kernels.route(made, plan, index) for index in blocks]
    correlate = [kernels.correlate(made, plan, index) for index in blocks]
    transpose = {index: kernels.transpose(made, plan, index) for index in blocks if index}

    def group(number: ir.Value, _: object) -> None:
        gradients, own = part.results(number), plan.parameters * plan.size
        free = own
        for index in reversed(blocks):
            block = plan.blocks[index]
            biases = own - block.filters * plan.size
            own = biases - block.weights * plan.size
            routed, free = part.at(part.scratch, free), free + plan.map_gradients(index).total
            codes, inputs = part.codes(index, number), part.inputs(index, number)
            part.build.call(route[index], [gradients, codes, routed, part.at(part.scratch, biases)])
            part.build.call(correlate[index], [inputs, routed, part.at(part.scratch, own)])
            if index:
                gradients, free = part.at(part.scratch, free), free + plan.input_gradients(index).total
                part.build.call(transpose[index], [routed, part.parameters(index)[0], gradients])

    def forget(index: ir.Value, _: object) -> None:
        part.store(part.zero, part.scratch, (index, plan.size))

    def sum_up(index: ir.Value, _: object) -> None:
        part.store(part.sum(part.load(part.scratch, (index, plan.size))), part.sums, (index, SINGLE))

    part.times(plan.parameters, forget)
    part.loop(part.begin, part.last, group)
    part.times(plan.parameters, sum_up)
    return part.ended()


class _Part(Function):
    """(table, scratch, sums, begin, end), and where each group's numbers lie."""

    def __init__(self, made: ir.Module, name: str, plan: StackPlan) -> None:
        super().__init__(made, name, lanes=plan.machine.lanes, pointers=3, integers=2, internal=True)
        self._plan = plan
        self._table, self.scratch, self.sums, self.begin, self.last = self.arguments

    def pictures(self, number: ir.Value) -> ir.Value:
        return self.at(self._entry(0), (number, self.lanes * self._plan.picture().total))

    def inputs(self, index: int, number: ir.Value) -> ir.Value:
        """The images side by side, or the outputs of the block before."""
        if index == 0:
            return self.at(self._entry(1), (number, self._plan.inputs(0).total))
        return self.at(self._entry(4 * index), (number, self._plan.outputs(index - 1).total))

    def parameters(self, index: int) -> list[ir.Value]:
        """Weights and biases."""
        return [self._entry(4 * index + 2), self._entry(4 * index + 3)]

    def codes(self, index: int, number: ir.Value) -> ir.Value:
        return self.at(self._entry(4 * index + 5), (number, self._plan.codes(index).total))

    def results(self, number: ir.Value) -> ir.Value:
        return self.at(self._entry(4 * len(self._plan.blocks) + 2), (number, self.lanes * self._plan.result().total))

    def _entry(self, index: int) -> ir.Value:
        return self.pointer(self.at(self._table, index * ENTRY))
