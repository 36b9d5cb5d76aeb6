"""What is left of a gradient behind several layers."""

from __future__ import annotations

import random

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose

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
