"""What happens to one neuron while it learns: which way its steps go, and which learning rate kills it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, count, plain


@KINDS.register("same_direction")
def same_direction(chance: random.Random, *, steps: int, sigmoid: int, tanh: int, batch: int = 1) -> Question | None:
    """In how many steps both weights moved the same way. sigmoid, tanh: that count for inputs made by each."""
    inputs, right, other = chance.choice((("sigmoid", sigmoid, tanh), ("tanh", tanh, sigmoid)))
    seen = "one example" if batch == 1 else f"{batch} examples"
    words = (
        f"A neuron's two inputs come out of a {inputs}; each of its {count(steps)} steps sees {seen}. In how many "
        "steps do both weights move the same way, both up or both down?"
    )
    why = {
        "sigmoid": f"In {count(right)}: a sigmoid's outputs are all positive, so one example pulls both the same way.",
        "tanh": f"In {count(right)}: a tanh's outputs have both signs, so the two weights are pulled freely.",
    }[inputs]
    named = "tanh" if inputs == "sigmoid" else "sigmoid"
    wrong = [
        Mistake("the other inputs", other, f"So often it is with inputs from a {named}."),
        Mistake("half of them", round(steps / 2), "That would be chance alone: here the inputs' signs decide."),
        Mistake("turned around", steps - right, "In so many they move in opposite directions."),
        Mistake("always", steps, "Only where both inputs always have the same sign, and a step sees one example."),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=count)


@KINDS.register("killing_rate")
def killing_rate(
    chance: random.Random, *, digits: tuple[int, int], rates: Sequence[float], kills: float, diverges: float
) -> Question | None:
    """The smallest learning rate that kills a ReLU neuron. rates: rising; diverges: without an activation."""
    if len(rates) < 3 or not rates[0] <= kills <= rates[-1]:
        return None
    kills, diverges = as_read(kills), as_read(diverges)
    words = (
        f"One ReLU neuron learns to tell {digits[0]} from {digits[1]}, from the same start at learning rates from "
        f"{plain(rates[0])} to {plain(rates[-1])}. About which one is the smallest that kills it?"
    )
    why = f"About {plain(kills)}: one such step puts every sum below 0, and no gradient comes back."
    wrong = [
        Mistake(
            "divergence",
            diverges,
            "Beyond that rate the same descent diverges without an activation. Dying is another matter.",
        ),
        Mistake("all of them", rates[0], "That is the smallest rate that was tried: with it the neuron learns."),
        Mistake("only the largest", rates[-1], "That is the largest rate that was tried: smaller ones kill it, too."),
        Mistake(
            "halfway",
            (rates[0] + rates[-1]) / 2,
            "That is the middle of the rates that were tried: nothing happens there in particular.",
        ),
    ]
    wrong = [one for one in wrong if not 0.8 < one.value / kills < 1.25]  # as good as right
    return compose(words, kills, why, wrong, random_order=chance)
