"""What dropout's masks do together: how their mean settles, what they zero and share, and what they answer."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.figures.numbers import percent
from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, as_read, compose, count, plain


@KINDS.register("mean_of_masks")
def mean_of_masks(
    chance: random.Random, *, values: Sequence[float], p: float, counts: Sequence[int]
) -> Question | None:
    """How far the mean over many masks is from the unit itself. counts: numbers of masks to choose from."""
    units = [as_read(one) for one in values if one]
    many = [one for one in counts if one > 1]
    if not units or not many or not 0 < p < 1:
        return None
    x, masks = chance.choice(units), chance.choice(many)
    one = abs(x) * math.sqrt(p / (1 - p))
    right = one / math.sqrt(masks)
    words = (
        f"A unit of {plain(x)} goes through dropout with p = {plain(p)} in train mode under {count(masks)} masks, and "
        "the results are averaged. How far is that mean from the unit itself, as a standard deviation?"
    )
    why = f"{plain(abs(x))} · √({plain(p)} / {plain(1 - p)}) / √{count(masks)} = {plain(right)}: it falls with √n."
    wrong = [
        Mistake(
            "divided by n",
            one / masks,
            "Here it was divided by the number of masks. A mean's error falls with its root.",
        ),
        Mistake("one mask", one, "That is how far a single mask is off. The mean over many comes nearer."),
        Mistake("variance", right**2, "That is the variance: the standard deviation is its root."),
        Mistake("exact", 0.0, "Only infinitely many masks give the unit itself."),
    ]
    return compose(words, right, why, wrong, random_order=chance)


@KINDS.register("zeros_after_dropout")
def zeros_after_dropout(
    chance: random.Random, *, layer: str, zeros: float, probabilities: Sequence[float]
) -> Question | None:
    """What share of a layer's values is 0 behind a mask, on average. zeros: in [0, 1], before it.

    Not asked where none or all of them are, to a tenth of a percent: nothing would be left to think of.
    """
    there, zeros = [one for one in probabilities if 0 < one < 1], round(zeros, 3)
    if not there or not 0 < zeros < 1:
        return None
    p = chance.choice(there)
    right = zeros + (1 - zeros) * p
    words = (
        f"Of the outputs of {layer}, {percent(zeros)} are 0 already. Dropout with p = {plain(p)} follows: what share "
        "is 0 after it, on average?"
    )
    why = f"{percent(p)} of the {percent(1 - zeros)} that are left are dropped as well: {percent(right)} together."
    wrong = [
        Mistake(
            "added", zeros + p if zeros + p <= 1 else None, "Here the shares were added: some zeros are dropped, too."
        ),
        Mistake("p alone", p, "That many are dropped, but what was 0 before stays 0."),
        Mistake("as before", zeros, "That is the share before the mask."),
        Mistake("multiplied", zeros * p, "That is the share that was 0 and is dropped besides."),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=percent)


@KINDS.register("answer_of_masks")
def answer_of_masks(
    chance: random.Random, *, label: str, shares: Sequence[float], plain_share: float
) -> Question | None:
    """What a few masks answer together. shares: one class's probability under each; plain_share: without a mask."""
    if len(shares) < 4:
        return None
    drawn = [round(float(one), 3) for one in chance.sample(list(shares), 4)]
    right, plain_share = math.fsum(drawn) / 4, round(plain_share, 3)
    words = (
        f"Under four masks the network gives “{label}” {', '.join(percent(one) for one in drawn[:3])} and "
        f"{percent(drawn[3])}, without a mask {percent(plain_share)}. What do the four answer together?"
    )
    why = f"The mean of the four: {percent(right)}. That is Monte Carlo dropout (Gal and Ghahramani 2016)."
    middle = sorted(drawn)
    wrong = [
        Mistake("without a mask", plain_share, "That is the network's usual answer, for which nothing is drawn."),
        Mistake("surest mask", max(drawn), "That is the mask that is surest. All of them count alike."),
        Mistake(
            "multiplied", math.prod(drawn), "Here the probabilities were multiplied, as if all had to hold at once."
        ),
        Mistake("middle", (middle[1] + middle[2]) / 2, "That is the median. The mean counts the outliers, too."),
    ]
    return compose(words, right, why, wrong, random_order=chance, say=percent)


@KINDS.register("kept_by_both")
def kept_by_both(chance: random.Random, *, units: int, probabilities: Sequence[float]) -> Question | None:
    """How many units two masks both keep, on average."""
    there = [one for one in probabilities if 0 < one < 1]
    if not there or units < 4:
        return None
    p = chance.choice(there)
    right = units * (1 - p) ** 2
    words = (
        f"Two masks are drawn over {count(units)} units with p = {plain(p)}. How many units do both keep, on average?"
    )
    why = f"{count(units)} · (1 − {plain(p)})² = {plain(right)}: a unit has to be kept twice."
    wrong = [
        Mistake("by one mask", units * (1 - p), "So many does one mask keep. The other drops some of them."),
        Mistake(
            "taken off twice",
            units * (1 - 2 * p) if p < 0.5 else None,
            "Here the dropped ones were taken off twice. Some are dropped by both, and count once.",
        ),
        Mistake("dropped by both", units * p**2, "So many are dropped by both."),
        Mistake("by either", units * (1 - p**2), "So many are kept by at least one of them."),
    ]
    return compose(words, right, why, wrong, random_order=chance)
