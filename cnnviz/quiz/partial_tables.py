"""A convolution whose maps do not all read every map before them, as C3 of LeNet-5."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count


@KINDS.register("partial_parameters")
def partial_parameters(
    chance: random.Random, *, layer: str, inputs: int, reads: Sequence[int], side: int = 5
) -> Question | None:
    """The parameters of such a layer. reads: how many of the input maps each of its maps reads."""
    if not reads or not 0 < max(reads) <= inputs:
        return None
    kernel, maps, joined = side * side, len(reads), sum(reads)
    numbers = sorted(set(reads))
    listed = ", ".join(f"{reads.count(one)} read {one}" for one in numbers)
    right = joined * kernel + maps
    words = (
        f"{layer} has {count(maps)} maps and {count(inputs)} maps before it, of which {listed}, each with a kernel of "
        f"{side} × {side}; every map has one bias. How many parameters is that?"
    )
    why = f"{count(joined)} kernels of {kernel} weights, and {count(maps)} biases: {count(right)}."
    wrong = [
        Mistake("all joined", inputs * maps * kernel + maps, "So many if every map read all maps before it."),
        Mistake("bias forgotten", joined * kernel, "Here the biases were forgotten."),
        Mistake("a bias a kernel", joined * (kernel + 1), "Here every kernel got a bias: there is one a map."),
        Mistake("one kernel a map", maps * (kernel + 1), "Here each map had one kernel: it has one for each it reads."),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=count)
