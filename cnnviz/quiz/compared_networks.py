"""Networks beside each other: which one is beaten in everything, how much a weight works, which change saves most."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, count, plain

Cost = tuple[str, float, int]  # a network, its accuracy in per cent, its multiply-adds
TRIES = 60


@KINDS.register("beaten_in_both")
def beaten_in_both(chance: random.Random, *, networks: Sequence[Cost]) -> Question | None:
    """Which of four networks is beaten by one of the others in accuracy and in work; exactly one of the four is."""
    if len(networks) < 4:
        return None
    for _ in range(TRIES):
        shown = sorted(chance.sample(list(networks), 4), key=lambda one: one[2])
        beaten = [one for one in shown if any(_beats(other, one) for other in shown)]
        if len(beaten) == 1:
            return _asked(chance, shown, beaten[0])
    return None


def _asked(chance: random.Random, shown: Sequence[Cost], beaten: Cost) -> Question | None:
    better = next(one for one in shown if _beats(one, beaten))
    left = [one for one in shown if one is not beaten]
    listed = "; ".join(_written(one) for one in shown)
    words = f"{listed}. Which of these four would one never choose, by accuracy and multiply-adds?"
    why = f"{beaten[0]}: {better[0]} is more accurate and takes fewer multiply-adds."
    weakest, dearest = min(left, key=lambda one: one[1]), max(left, key=lambda one: one[2])
    others = [one for one in left if one not in (weakest, dearest)]
    wrong = [
        Mistake("least accurate", weakest[0], "It is less accurate, but none that is more accurate is as cheap."),
        Mistake("dearest", dearest[0], "It takes most, but none of the others is as accurate."),
        *(Mistake("in between", one[0], "It lies in between: none of the others beats it in both.") for one in others),
    ]
    return compose(words, beaten[0], why, wrong, random_order=chance, say=str)


def _beats(one: Cost, other: Cost) -> bool:
    return one[1] > other[1] and one[2] < other[2]


def _written(one: Cost) -> str:
    return f"{one[0]}, {one[1]:.1f} %, {plain(as_read(one[2] / 1e9))} · 10⁹"


@KINDS.register("work_per_weight")
def work_per_weight(chance: random.Random, *, networks: Sequence[tuple[str, int, int]]) -> Question | None:
    """How often a parameter is used for one image, on average. networks: name, parameters, multiply-adds of each."""
    there = [one for one in networks if one[1] > 0 and one[2] > 0]
    if not there:
        return None
    asked = chance.choice(there)
    others = [one for one in there if one is not asked]
    name, parameters, macs = asked[0], as_read(asked[1] / 1e6), as_read(asked[2] / 1e6)
    right = macs / parameters
    words = (
        f"{name} has {plain(parameters)} million parameters and takes {plain(macs)} million multiply-adds for one "
        "image. How often is a parameter used for one image, on average?"
    )
    why = f"{plain(macs)} / {plain(parameters)} = {plain(right)} times: a kernel is used at every place of its map."
    wrong = [
        Mistake("once", 1.0, "Once is each weight of a linear layer used: a kernel slides over many places."),
        Mistake("turned around", parameters / macs, "Here the two were divided the wrong way round."),
        Mistake("difference", macs - parameters, "Here the two were subtracted."),
        *(
            Mistake(f"of {one[0]}", as_read(one[2] / 1e6) / as_read(one[1] / 1e6), f"That is {one[0]}.")
            for one in others[:1]
        ),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=plain)


@KINDS.register("largest_saving")
def largest_saving(chance: random.Random, *, of: str, steps: Sequence[tuple[str, int, int]]) -> Question | None:
    """Which of several changes saves most. of: "parameters" or "multiply-adds"; steps: the change, before and after."""
    saving = [one for one in steps if one[2] < one[1]]
    if len(saving) < 2:
        return None
    best = max(saving, key=lambda one: one[1] - one[2])
    ratio = max(saving, key=lambda one: one[1] / one[2])
    rest = [one for one in steps if one not in (best, ratio)]
    chance.shuffle(rest)
    words = f"Which of these changes takes away the most {of}?"
    why = f"{best[0]}: from {count(best[1])} to {count(best[2])}, {count(best[1] - best[2])} fewer."
    wrong = [
        Mistake(
            "largest factor", ratio[0] if ratio is not best else None,
            f"It leaves the smallest share, but {count(ratio[1])} were left by then: it saves "
            f"{count(ratio[1] - ratio[2])}.",
        ),
        *(Mistake(f"less: {one[0]}", one[0], _less(one)) for one in rest),
    ]  # fmt: skip
    return compose(words, best[0], why, wrong, random_order=chance, say=str)


def _less(one: tuple[str, int, int]) -> str:
    name, before, after = one
    if after < before:
        return f"{name} saves {count(before - after)}."
    return f"{name} saves none: from {count(before)} to {count(after)}."
