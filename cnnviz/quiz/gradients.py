"""What is left of a gradient behind several layers."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.figures.numbers import number
from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain

STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}  # the largest derivative
LARGEST_VALUE = {"sigmoid": 0.5, "tanh": 0.0, "relu": 0.0}  # the function's value where it is steepest


@KINDS.register("gradient_bound")
def gradient_bound(chance: random.Random, *, depth: int) -> Question | None:
    """The bound that the sigmoid's derivative sets on a gradient, some layers back, weights of size 1."""
    layers = chance.randint(2, max(2, min(depth, 8)))
    steepest = STEEPEST["sigmoid"]
    right = steepest**layers
    words = (
        f"The sigmoid's derivative is nowhere above {steepest}. A gradient of 1 goes back through {layers} sigmoids, "
        "one after the other, weights being 1: at most how much is left?"
    )
    why = f"Every layer multiplies by at most {steepest}: {steepest} to the power of {layers}."
    mistakes = [
        Mistake("one layer", steepest, f"That is what one sigmoid leaves: there are {layers}."),
        Mistake("divided", steepest / layers, "Here the bound was divided by the layers. They multiply, one by one."),
        Mistake(
            "value for slope",
            LARGEST_VALUE["sigmoid"] ** layers,
            "Here 0.5 was taken, the sigmoid's value where it is steepest: backwards its derivative counts.",
        ),
        Mistake("nothing lost", 1.0, "Every sigmoid on the way back multiplies by its derivative, here at most 0.25."),
    ]
    return compose(words, right, why, mistakes, random_order=chance)


@KINDS.register("step_ratio")
def step_ratio(chance: random.Random, *, first: float, last: float, rate: float) -> Question | None:
    """How much further the last layer steps than the first. first, last: norms of their weights' gradients."""
    if not 0 < first < math.inf or not 0 < last < math.inf or rate <= 0:
        return None
    first, last = as_read(first), as_read(last)
    right = last / first
    words = (
        f"The gradient of the first layer's weights has the norm {number(first)}, that of the last layer's "
        f"{number(last)}. The learning rate is {plain(rate)} for both: how many times as far does one step of gradient "
        "descent move the last layer's weights?"
    )
    why = f"{number(last)} / {number(first)} = {plain(right)}: the learning rate is the same and cancels."
    mistakes = [
        Mistake("equally far", 1.0, "The rate is the same, but it is multiplied by each layer's own gradient."),
        Mistake("rate counted", right * rate, "Here the rate was counted once more: it stands in both steps."),
        Mistake("turned around", 1 / right, "Here the two layers were swapped."),
        Mistake("difference", last - first, "That is the difference of the two norms. How many times: divide them."),
    ]
    return compose(words, right, why, mistakes, random_order=chance)


@KINDS.register("pulled_most")
def pulled_most(chance: random.Random, *, target: str, layers: Sequence[tuple[str, float, float]]) -> Question | None:
    """Which layer a class's gradient is largest in. layers: (name, norms of its gradient and weights), as they run."""
    finite = [one for one in layers if math.isfinite(one[1])]
    if len(finite) < 3:
        return None
    right = max(finite, key=lambda one: one[1])
    less = [one for one in finite if one[1] < 0.95 * right[1]]
    if not less:
        return None
    words = (
        f"The score of “{target}” goes back through the network once. Which layer's weights get the largest gradient, "
        "by its norm?"
    )
    why = f"{right[0]}: its gradient has the norm {number(right[1])}."
    heaviest = max(less, key=lambda one: one[2])
    smallest = min(less, key=lambda one: one[1])
    listed = [
        ("last layer", finite[-1], "It lies nearest to the score"),
        ("first layer", finite[0], "It lies farthest from the score"),
        ("largest weights", heaviest, "Its weights are large"),
        ("smallest gradient", smallest, "It is pulled least of all"),
    ]
    mistakes = [
        Mistake(
            name, one[0], f"{said}; its gradient has the norm {number(one[1])}, that of {right[0]} {number(right[1])}."
        )
        for name, one, said in listed
        if one in less
    ]
    return compose(words, right[0], why, mistakes, random_order=chance, say=str)
