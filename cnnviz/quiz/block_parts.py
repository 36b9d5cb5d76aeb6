"""What blocks are made of: a sum with its shortcut, channels read so far, two cheap kernels, a gate, a shuffle."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count, plain


@KINDS.register("residual_cell")
def residual_cell(
    chance: random.Random, *, cells: Sequence[tuple[float, float]], rectified: bool = True
) -> Question | None:
    """One cell of a residual block. cells: (x, F(x)) at some places; rectified: whether a ReLU follows the sum."""
    if not cells:
        return None
    x, branch = chance.choice(list(cells))
    total = x + branch
    right = max(total, 0.0) if rectified else total
    follows = ", and a ReLU follows" if rectified else ""
    made = f"the layers make F(x) = {plain(branch)}{follows}"
    words = f"At one cell the shortcut brings x = {plain(x)}, {made}. What goes on?"
    why = f"{plain(x)} + ({plain(branch)}) = {plain(total)}{_cut(total) if rectified else ''}."
    mistakes = [
        Mistake("ReLU forgotten", total if rectified else None, "Here the ReLU after the sum was forgotten."),
        Mistake(
            "shortcut forgotten",
            max(branch, 0.0) if rectified else branch,
            "That is what the layers make alone: the shortcut adds the block's own input.",
        ),
        Mistake(
            "cut before the sum",
            max(x, 0.0) + max(branch, 0.0) if rectified else None,
            "Here each was cut at 0 before the sum. The ReLU comes after it.",
        ),
        Mistake("multiplied", x * branch, "Here the two were multiplied. A shortcut is added; a gate multiplies."),
        Mistake("mean", total / 2, "That is their mean: a residual block takes the sum."),
    ]
    return compose(words, right, why, mistakes, random_order=chance)


def _cut(total: float) -> str:
    return ", which the ReLU makes 0" if total < 0 else ", which the ReLU leaves as it is"


@KINDS.register("dense_reads")
def dense_reads(chance: random.Random, *, first: int, growth: int, layers: int) -> Question | None:
    """How many channels a layer of a dense block reads. first: channels of its input; layers: how many it has."""
    if layers < 3:
        return None
    layer = chance.randint(3, layers)
    before = layer - 1
    right = first + before * growth
    words = (
        f"A dense block gets {count(first)} channels, and each of its layers adds {count(growth)}. How many channels "
        f"does layer {layer} read?"
    )
    why = f"The block's input and all layers before: {count(first)} + {before} · {count(growth)} = {count(right)}."
    mistakes = [
        Mistake("own maps read", right + growth, "Here the layer's own maps were counted: it reads those before it."),
        Mistake(
            "block's input forgotten", before * growth, "Here the block's own input was forgotten: it is read, too."
        ),
        Mistake(
            "last layer only", growth, "That is the layer before alone. In a dense block every earlier layer is read."
        ),
        Mistake("added up", first, "Here the maps were added, as in a residual block. These are laid side by side."),
    ]
    return compose(words, right, why, mistakes, random_order=chance, say=count)


@KINDS.register("separable_weights")
def separable_weights(chance: random.Random, *, inputs: int, outputs: int, side: int) -> Question | None:
    """Weights of a depthwise convolution and the 1 × 1 that follows, biases left out. side: of the kernel."""
    area = side * side
    right = inputs * area + inputs * outputs
    words = (
        f"A depthwise {side} × {side} convolution over {count(inputs)} channels, then a 1 × 1 convolution to "
        f"{count(outputs)}: how many weights do the two have together, without biases?"
    )
    why = f"{count(inputs)} · {side}² + {count(inputs)} · {count(outputs)} = {count(right)}."
    mistakes = [
        Mistake(
            "one plain convolution",
            inputs * outputs * area,
            f"That is one plain {side} × {side} convolution, which filters and mixes at once.",
        ),
        Mistake(
            "depthwise reads all",
            inputs * inputs * area + inputs * outputs,
            "Here every depthwise kernel read all channels: each filters one channel alone.",
        ),
        Mistake("depthwise only", inputs * area, "That is the depthwise convolution alone: nothing is mixed yet."),
        Mistake("mixing only", inputs * outputs, "That is the 1 × 1 convolution alone: it sees no neighbours."),
    ]
    return compose(words, right, why, mistakes, random_order=chance, say=count)


@KINDS.register("gated_cell")
def gated_cell(chance: random.Random, *, cells: Sequence[tuple[float, float]]) -> Question | None:
    """One cell behind squeeze-and-excitation. cells: (the value before, its channel's gate in [0, 1])."""
    if not cells:
        return None
    x, gate = chance.choice(list(cells))
    words = f"A cell holds {plain(x)}, and the gate of its channel is {plain(gate)}. What comes out?"
    why = f"{plain(x)} · {plain(gate)} = {plain(x * gate)}: every cell of a channel is multiplied by the same gate."
    mistakes = [
        Mistake("added", x + gate, "Here the gate was added. A gate multiplies; a shortcut is added."),
        Mistake(
            "open or shut",
            x if gate >= 0.5 else 0.0,
            "Here the gate was a switch. It is a number from 0 to 1, and may be half open.",
        ),
        Mistake("taken away", x * (1 - gate), "Here the gate said what is taken away. It says what stays."),
        Mistake("gate alone", gate, "That is the gate itself: the cell is multiplied by it."),
    ]
    return compose(words, x * gate, why, mistakes, random_order=chance)


@KINDS.register("shuffled_place")
def shuffled_place(chance: random.Random, *, channels: int, groups: int) -> Question | None:
    """Which channel stands at a place after the shuffle: written row by row as [groups, n], read column by column."""
    if groups < 2 or channels % groups or channels // groups < 2:
        return None
    each = channels // groups
    place = chance.randint(1, channels - 2)
    right = place % groups * each + place // groups
    words = (
        f"{channels} channels in {groups} groups are shuffled; channels and places are counted from 0. Which channel "
        f"stands at place {place} afterwards?"
    )
    why = (
        f"The shuffle takes one channel of each group in turn: place {place} is number {place // groups} of group "
        f"{place % groups}, channel {right}."
    )
    mistakes = [
        Mistake(
            "way back",
            place % each * groups + place // each,
            f"That is where channel {place} goes. The question was who comes to place {place}.",
        ),
        Mistake("nothing moved", place, "That channel stood there before: all but a few move."),
        Mistake(
            "rolled", (place + each) % channels, "Here all moved on by a group. The shuffle deals them out in turn."
        ),
        Mistake("turned around", channels - 1 - place, "Here the order was turned around, which mixes no groups."),
    ]
    return compose(words, right, why, mistakes, random_order=chance, say=count)
