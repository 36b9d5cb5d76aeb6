"""How many parameters a layer has, and how many multiply-adds (MACs) it takes."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count


@dataclass(frozen=True)
class Costs:
    """A convolution, or a linear layer as a 1 × 1 kernel. cells, cells_in: positions that come out and go in."""

    inputs: int
    outputs: int
    kernel: tuple[int, int]
    groups: int = 1
    bias: bool = True
    cells: int = 1
    cells_in: int = 1

    @property
    def area(self) -> int:
        """Weights of one kernel slice."""
        return self.kernel[0] * self.kernel[1]

    @property
    def weights(self) -> int:
        """All weights without biases."""
        return self.outputs * (self.inputs // self.groups) * self.area

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.bias * self.outputs

    @property
    def macs(self) -> int:
        """Multiply-adds for one image: every weight once at every position that comes out."""
        return self.weights * self.cells

    @property
    def described(self) -> str:
        """The layer in words."""
        if self.kernel == (1, 1) and self.cells == 1:
            return f"A linear layer from {count(self.inputs)} to {count(self.outputs)} units"
        groups = f" in {self.groups} groups" if self.groups > 1 else ""
        rows, columns = self.kernel
        return f"A {rows} × {columns} convolution from {self.inputs:,} to {self.outputs:,} channels{groups}"


@KINDS.register("parameters")
def parameters(
    chance: random.Random,
    *,
    inputs: int,
    outputs: int,
    kernel: tuple[int, int],
    groups: int = 1,
    bias: bool = True,
    cells: int = 1,
) -> Question | None:
    """The layer at hand."""
    layer = Costs(inputs, outputs, kernel, groups, bias, cells)
    words = f"{layer.described}, {'with' if bias else 'without'} a bias: how many parameters does it learn?"
    plus = f" + {outputs:,}" if bias else ""
    why = (
        f"{outputs:,} · {inputs // groups:,} · {kernel[0]} · {kernel[1]}{plus} = {count(layer.parameters)}: "
        "the same weights serve every position."
    )
    return compose(words, layer.parameters, why, parameter_mistakes(layer), random_order=chance, say=count)


def parameter_mistakes(layer: Costs) -> list[Mistake]:
    """What each known mistake counts."""
    whole = replace(layer, groups=1)
    return [
        Mistake(
            "bias forgotten",
            layer.weights if layer.bias else None,
            "Here the biases were forgotten: every channel that comes out has one.",
        ),
        Mistake(
            "groups forgotten",
            whole.parameters if layer.groups > 1 else None,
            f"Here the groups were forgotten: a kernel reads {layer.inputs // layer.groups} channels, not all.",
        ),
        Mistake(
            "input channels forgotten",
            layer.outputs * layer.area + layer.bias * layer.outputs,
            "Here the channels that go in were forgotten: every kernel has a slice for each that it reads.",
        ),
        Mistake(
            "one bias for all",
            layer.weights + 1 if layer.bias else None,
            "Here one bias was counted for the whole layer: every channel that comes out has its own.",
        ),
        Mistake(
            "channels swapped",
            layer.weights + layer.inputs if layer.bias else None,
            "Here in and out were swapped: biases belong to the channels that come out.",
        ),
        Mistake(
            "weights not shared",
            layer.weights * layer.cells + layer.bias * layer.outputs if layer.cells > 1 else None,
            f"Here every one of the {count(layer.cells)} positions got weights of its own: they are shared.",
        ),
        Mistake(
            "bias invented",
            layer.weights + layer.outputs if not layer.bias else None,
            "Here biases were counted: this layer has none.",
        ),
    ]


@KINDS.register("macs")
def macs(
    chance: random.Random,
    *,
    inputs: int,
    outputs: int,
    kernel: tuple[int, int],
    cells: int,
    cells_in: int,
    groups: int = 1,
    bias: bool = True,
) -> Question | None:
    """The layer at hand; biases are additions and no multiply-adds."""
    layer = Costs(inputs, outputs, kernel, groups, bias, cells, cells_in)
    words = (
        f"{layer.described} makes maps of {count(cells)} cells out of maps of {count(cells_in)}: "
        "how many multiply-adds does one image take?"
    )
    why = f"{count(layer.weights)} weights, each used at {count(cells)} positions: {count(layer.macs)} multiply-adds."
    return compose(words, layer.macs, why, mac_mistakes(layer), random_order=chance, say=count)


def mac_mistakes(layer: Costs) -> list[Mistake]:
    """What each known mistake counts."""
    return [
        Mistake(
            "positions forgotten",
            layer.weights,
            "That is how many weights there are. Every one of them works at every position that comes out.",
        ),
        Mistake(
            "input cells",
            layer.weights * layer.cells_in,
            "Here the cells that go in were counted. The kernel works once for every cell that comes out.",
        ),
        Mistake(
            "input channels forgotten",
            layer.outputs * layer.area * layer.cells,
            "Here the channels that go in were forgotten: each cell sums over all that its kernel reads.",
        ),
        Mistake(
            "counted twice",
            2 * layer.macs,
            "Those are floating-point operations: a multiply-add is a product and a sum, counted once.",
        ),
    ]
