"""What was measured: which of several came out best, and what one of them reached."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.figures.numbers import percent
from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count

Result = tuple[str, float, float]  # what was tried, its mean accuracy in [0, 1], half of the mean's 95 % interval


@KINDS.register("best_measured")
def best_measured(
    chance: random.Random,
    *,
    question: str,
    results: Sequence[Result],
    over: str = "Measured over all the runs that ship",
) -> Question | None:
    """The setting that got most test images right. What lies within the noise of the best is not offered as wrong.

    over: of which runs it is asked, as the question's second sentence begins.
    """
    if len(results) < 2:
        return None
    best = max(results, key=lambda one: one[1])
    worse = [one for one in results if _clearly_less(one, best)]
    chance.shuffle(worse)
    words = f"{question} {over}: which of these got most test images right?".lstrip()
    why = f"“{best[0]}” got {percent(best[1])} of them right."
    mistakes = [Mistake(f"less: {label}", label, _compared(label, mean, best)) for label, mean, _ in worse]
    return compose(words, best[0], why, mistakes, random_order=chance, say=str)


def _clearly_less(one: Result, best: Result) -> bool:
    """Whether the two intervals do not meet; without intervals, whether half a point lies between them."""
    noise = best[2] + one[2]
    return best[1] - one[1] > (noise if noise == noise else 0.005)


def _compared(label: str, mean: float, best: Result) -> str:
    return f"“{label}” got {percent(mean)} of them right, “{best[0]}” {percent(best[1])}."


@KINDS.register("measured_accuracy")
def measured_accuracy(
    chance: random.Random, *, question: str, results: Sequence[Result], classes: int = 10
) -> Question | None:
    """What one setting reached; the wrong answers are what the others reached, and guessing."""
    if len(results) < 2:
        return None
    asked, *others = chance.sample(list(results), len(results))
    words = f"{question} How many of the test images does “{asked[0]}” get right on average?"
    why = f"{percent(asked[1])}, the mean of the runs that ship."
    mistakes = [Mistake(f"of {label}", mean, f"That is what “{label}” got.") for label, mean, _ in others[:2]]
    mistakes.append(
        Mistake("chance", 1 / classes, f"That is guessing among {classes} classes: training did better than that.")
    )
    return compose(words, asked[1], why, mistakes, random_order=chance, say=percent)


@KINDS.register("least_cost")
def least_cost(chance: random.Random, *, of: str, costs: Sequence[tuple[str, int]]) -> Question | None:
    """Which network of those at hand takes least. of: "parameters" or "MACs"; costs: name and number of each."""
    if len(costs) < 2:
        return None
    shown = chance.sample(list(costs), min(4, len(costs)))
    name, least = min(shown, key=lambda one: one[1])
    words = f"Which of these networks has the fewest {of}?"
    mistakes = [
        Mistake(f"more: {other}", other, f"{other} has {count(cost)} {of}, {name} {count(least)}.")
        for other, cost in shown
        if cost > least
    ]
    return compose(words, name, f"{name} has {count(least)}.", mistakes, random_order=chance, say=str)
