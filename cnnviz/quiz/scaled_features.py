"""How a feature's scale bends the loss."""

from __future__ import annotations

import math
import random

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, plain


@KINDS.register("curvature_ratio")
def curvature_ratio(chance: random.Random, *, first: float, second: float) -> Question | None:
    """How many times as strongly the squared error bends along w₂ as along w₁. first, second: means of x₁² and x₂²."""
    if first <= 0 or second <= 0 or 0.8 < second / first < 1.25:
        return None
    first, second = as_read(first), as_read(second)
    right = second / first
    words = (
        f"ŷ = w₁x₁ + w₂x₂ is fitted by its mean squared error. Over the examples x₁² is {plain(first)} on average, x₂² "
        f"{plain(second)}. How many times as strongly does the loss curve along w₂ as along w₁?"
    )
    why = f"The second derivative along a weight is twice the mean of x²: {plain(second)} / {plain(first)}."
    wrong = [
        Mistake(
            "root taken", math.sqrt(right), "That is the ratio of the features' sizes. The curvature takes squares."
        ),
        Mistake("alike", 1.0, "Alike they curve only once the features are brought to one scale."),
        Mistake("turned around", 1 / right, "Here the two weights were swapped."),
        Mistake("squared again", right**2, "Here squares were squared again: x² is in the numbers already."),
    ]
    return compose(words, right, why, wrong, random_order=chance)
