"""What one step of gradient descent makes of a weight."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, plain


@KINDS.register("descended_weight")
def descended_weight(chance: random.Random, *, weights: Sequence[tuple[float, float]], rate: float) -> Question | None:
    """One of the weights at hand after the next step. weights: (weight, its gradient); rate: the learning rate."""
    moving = [one for one in weights if one[1]]
    if not moving or rate <= 0:
        return None
    weight, gradient = chance.choice(moving)
    right = weight - rate * gradient
    words = (
        f"A weight is {plain(weight)}, the loss's gradient with respect to it {plain(gradient)}, the learning rate "
        f"{plain(rate)}. What is the weight after one step of gradient descent?"
    )
    why = f"{plain(weight)} − {plain(rate)} · ({plain(gradient)}) = {plain(right)}: down, against the gradient."
    mistakes = [
        Mistake("uphill", weight + rate * gradient, "Here the step went along the gradient, where the loss grows."),
        Mistake("rate forgotten", weight - gradient, "Here the learning rate was forgotten: it scales the step."),
        Mistake("step alone", -rate * gradient, "That is the step alone: it is added to the weight."),
        Mistake(
            "sign alone",
            weight - rate * (1 if gradient > 0 else -1),
            "Here only the gradient's sign was taken. Its size counts, too.",
        ),
    ]
    return compose(words, right, why, mistakes, random_order=chance)
