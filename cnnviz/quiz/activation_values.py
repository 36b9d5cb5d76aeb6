"""What an activation function makes of a number, and how much of a gradient it lets through."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, plain

LEAK = 0.01  # PyTorch's LeakyReLU


def sigmoid(x: float) -> float:
    """1 / (1 + e⁻ˣ), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


FUNCTIONS: dict[str, tuple[str, Callable[[float], float], Callable[[float], float]]] = {
    "relu": ("ReLU", lambda x: max(x, 0.0), lambda x: float(x > 0)),
    "leaky_relu": ("Leaky ReLU (0.01)", lambda x: x if x > 0 else LEAK * x, lambda x: 1.0 if x > 0 else LEAK),
    "sigmoid": ("The sigmoid", sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "tanh": ("tanh", math.tanh, lambda x: 1 - math.tanh(x) ** 2),
}
SAID = {
    "relu": "ReLU, which cuts at 0",
    "leaky_relu": "Leaky ReLU, which lets 1 % of a negative number through",
    "sigmoid": "the sigmoid, which ends between 0 and 1",
    "tanh": "tanh, which ends between −1 and 1",
}


@KINDS.register("activation_value")
def activation_value(chance: random.Random, *, function: str, values: Sequence[float]) -> Question | None:
    """What comes out for one of the numbers at hand, a negative one where there is one."""
    if function not in FUNCTIONS or not values:
        return None
    x = float(chance.choice([value for value in values if value < 0] or list(values)))
    title, value, _ = FUNCTIONS[function]
    why = f"{title} makes {plain(value(x))} of {plain(x)}."
    words = f"A cell holds {plain(x)}. {title} is applied: what comes out?"
    return compose(words, value(x), why, value_mistakes(function, x), random_order=chance)


def value_mistakes(function: str, x: float) -> list[Mistake]:
    """What each known mistake gives."""
    others = [
        Mistake(f"{name} instead", other(x), f"That is what {SAID[name]} makes of it.")
        for name, (_, other, _) in FUNCTIONS.items()
        if name != function
    ]
    return [
        Mistake("sign dropped", abs(x), "Here only the sign was dropped: that would be the absolute value."),
        Mistake("left as it is", x, "Here the number was left as it is: a function that bends nothing adds nothing."),
        *others,
    ]


@KINDS.register("activation_slope")
def activation_slope(chance: random.Random, *, function: str, values: Sequence[float]) -> Question | None:
    """How much of a gradient of 1 gets through at one of the numbers at hand; none at a kink."""
    places = [float(value) for value in values if value != 0]
    if function not in FUNCTIONS or not places:
        return None
    x = chance.choice(places)
    title, value, slope = FUNCTIONS[function]
    words = f"{title} was applied to {plain(x)}. A gradient of 1 comes back: how much of it goes on to the input?"
    why = f"As much as the function rises there: its derivative at {plain(x)} is {plain(slope(x))}."
    mistakes = [
        Mistake("value for slope", value(x), "That is the function's value. What counts backwards is its derivative."),
        Mistake("all of it", 1.0, "Only where a function rises as steeply as y = x does all of it go through."),
        Mistake("nothing", 0.0, "Nothing goes through only where the function is flat."),
        Mistake("input", x, "That is the number itself: the gradient is multiplied by the derivative there."),
    ]
    return compose(words, slope(x), why, mistakes, random_order=chance)
