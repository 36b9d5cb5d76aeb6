"""One kernel by itself: what it answers where nothing changes, and how alike it is to another."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain


@KINDS.register("flat_answer")
def flat_answer(chance: random.Random, *, kernels: Sequence[tuple[str, float, float]]) -> Question | None:
    """What a kernel answers on an image that is the same everywhere: its answer to frequency zero.

    kernels: name, the sum of its positive weights and the sum of its negative ones, for each.
    """
    there = [one for one in kernels if math.isfinite(one[1] + one[2]) and (one[1] or one[2])]
    if not there:
        return None
    name, positive, negative = chance.choice(there)
    positive, negative, level = as_read(positive), as_read(negative), chance.choice((0.5, 2.0))
    right = level * (positive + negative)
    words = (
        f"The positive weights of {name} add up to {plain(positive)}, the negative ones to {plain(negative)}. Without "
        f"a bias, what does it answer on an image that is {plain(level)} everywhere, away from the border?"
    )
    why = (
        f"{plain(level)} · ({plain(positive)} + ({plain(negative)})) = {plain(right)}: its answer to frequency 0 is "
        "the sum of its weights."
    )
    wrong = [
        Mistake("signs forgotten", level * (positive - negative), "Here the signs of the weights were forgotten."),
        Mistake("level forgotten", positive + negative, "That is the sum of the weights alone, for an image of 1."),
        Mistake("nothing changes", 0.0, "Only kernels whose weights add up to 0 are silent where nothing changes."),
        Mistake("positive alone", level * positive, "Here only the positive weights were counted."),
    ]
    return compose(words, right, why, wrong, random_order=chance)


@KINDS.register("kernel_cosine")
def kernel_cosine(chance: random.Random, *, pairs: Sequence[tuple[str, float, float, float]]) -> Question | None:
    """How alike two kernels are, by their cosine. pairs: their names, their lengths, their inner product."""
    there = [one for one in pairs if one[1] > 0 and one[2] > 0 and all(map(math.isfinite, one[1:]))]
    if not there:
        return None
    name, first, second, product = chance.choice(there)
    first, second, product = as_read(first), as_read(second), as_read(product)
    right = product / (first * second)
    if not abs(right) <= 1:  # only by what rounding leaves
        return None
    words = (
        f"{name[:1].upper()}{name[1:]} have the lengths {plain(first)} and {plain(second)}, and the sum of their "
        f"weights' products is {plain(product)}. What is their cosine?"
    )
    why = f"{plain(product)} / ({plain(first)} · {plain(second)}) = {plain(right)}."
    wrong = [
        Mistake("not divided", product, "Here the lengths were forgotten: a longer kernel is not more alike."),
        Mistake("lengths added", product / (first + second), "Here it was divided by the sum of the lengths."),
        Mistake("one length", product / second**2, "Here one length was taken twice."),
        Mistake("turned around", (first * second) / product if product else None,
                "Here it was divided the wrong way round: a cosine lies between −1 and 1."),
    ]  # fmt: skip
    return compose(words, right, why, wrong, random_order=chance)
