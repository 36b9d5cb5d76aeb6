"""How far a cell sees: the receptive field of a stack, and of one layer more on top of what is at hand."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose

Layer = tuple[int, int, int]  # kernel, stride, dilation


def field(layers: Sequence[Layer]) -> tuple[int, int]:
    """(size, step between neighbours) in pixels along an axis, by the recursion of Araujo, Norris and Sim (2019)."""
    size, step = 1, 1
    for kernel, stride, dilation in layers:
        size += dilation * (kernel - 1) * step
        step *= stride
    return size, step


@KINDS.register("stacked_field")
def stacked_field(chance: random.Random, *, kernel: int, stride: int, dilation: int, depth: int) -> Question | None:
    """Equal layers: the field with one or two more of them than are at hand."""
    deeper = depth + chance.choice((1, 2))
    layers = [(kernel, stride, dilation)] * deeper
    size, _ = field(layers)
    before, step = field(layers[:-1])
    spread = f", dilation {dilation}" if dilation > 1 else ""
    words = (
        f"{deeper} layers with kernel {kernel}, stride {stride}{spread} each: how many pixels along an axis does a "
        "cell of the last one see?"
    )
    why = f"The last layer adds {dilation} · {kernel - 1} steps of {step} pixels to {before}: {size}."
    return compose(words, size, why, stack_mistakes(layers), random_order=chance, say=str)


def stack_mistakes(layers: Sequence[Layer]) -> list[Mistake]:
    """What each known mistake gives."""
    flat = [(kernel, stride, 1) for kernel, stride, _ in layers]
    unstrided = [(kernel, 1, dilation) for kernel, _, dilation in layers]
    early, step = 1, 1
    for kernel, stride, dilation in layers:
        step *= stride
        early += dilation * (kernel - 1) * step
    return [
        Mistake(
            "strides forgotten",
            field(unstrided)[0],
            "Here the strides were forgotten: behind a stride, one cell further is several pixels further.",
        ),
        Mistake(
            "own stride",
            early,
            "Here a layer's own stride was counted for itself: it spreads only the layers that come after.",
        ),
        Mistake(
            "dilation forgotten",
            field(flat)[0],
            "Here the dilation was forgotten: a dilated kernel reaches further with as many weights.",
        ),
        Mistake(
            "kernels added",
            sum(kernel for kernel, _, _ in layers),
            "Here the kernels' sizes were added: neighbouring windows overlap, and a stride spreads them.",
        ),
        Mistake(
            "last kernel only",
            layers[-1][0],
            "That is what the cell reads in the layer before it, not in the image.",
        ),
    ]


@KINDS.register("field_on_top")
def field_on_top(chance: random.Random, *, layer: str, size: int, step: int) -> Question | None:
    """One convolution more on the layer at hand. size, step: its field and its field's stride, in pixels."""
    kernel = chance.choice((3, 5))
    right = size + (kernel - 1) * step
    words = (
        f"A cell of {layer} sees {size} pixels along an axis, and its neighbour sees {step} further. A {kernel} × "
        f"{kernel} convolution is put on top: how many pixels does one of its cells see?"
    )
    why = (
        f"Its outer inputs are {kernel - 1} cells apart, {step} pixels each: {size} + {kernel - 1} · {step} = {right}."
    )
    mistakes = [
        Mistake(
            "stride forgotten",
            size + kernel - 1,
            f"Here the stride was forgotten: one cell further in {layer} is {step} pixels further in the image.",
        ),
        Mistake(
            "multiplied",
            size * kernel,
            "Here field and kernel were multiplied: the fields of neighbouring cells overlap.",
        ),
        Mistake(
            "kernel times step",
            size + kernel * step,
            f"Here {kernel} steps were added: between {kernel} cells there are {kernel - 1}.",
        ),
        Mistake("own kernel only", kernel, f"That is what the cell reads of {layer}, not of the image."),
    ]
    return compose(words, right, why, mistakes, random_order=chance, say=str)
