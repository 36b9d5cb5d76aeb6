"""What is seen on many images at once: where their neighbours know the class, and how few drive a unit high."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.figures.numbers import percent
from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count

Vote = tuple[str, float, float]  # a layer, the share of images whose neighbours name their class, half its interval
NINE = 9  # pieces of images on a board


@KINDS.register("neighbours_vote")
def neighbours_vote(chance: random.Random, *, votes: Sequence[Vote], neighbours: int = 5) -> Question | None:
    """The layer whose nearest images name the class most often. Layers within the noise of the best are not asked of.

    votes: in the order of the network, the pixels first.
    """
    if len(votes) < 2:
        return None
    best = max(votes, key=lambda one: one[1])
    less = [one for one in votes if best[1] - one[1] > best[2] + one[2]]
    first = [one for one in less if one is votes[0]]
    others = [one for one in less if one is not votes[0]]
    chance.shuffle(others)
    words = (
        f"An image's class is guessed from its {neighbours} nearest others. By which of these numbers is the guess "
        "right most often?"
    )
    why = f"By {best[0]} it is right for {percent(best[1])} of the images."
    mistakes = [
        Mistake(
            f"less: {name}", name, f"{_reason(name, votes)}: {percent(share)} right, by {best[0]} {percent(best[1])}."
        )
        for name, share, _ in (*first, *others)
    ]
    return compose(words, best[0], why, mistakes, random_order=chance, say=str)


def _reason(name: str, votes: Sequence[Vote]) -> str:
    if name == votes[0][0]:
        return "Pixels are compared place by place, so a thing that moved or changed its colour is far from its like"
    return f"At {name} other things than the class still decide who is near"


@KINDS.register("half_of_the_record")
def half_of_the_record(
    chance: random.Random, *, channel: str, images: int, reached: int, shown: int = NINE
) -> Question | None:
    """In how many images a channel reaches half of its highest value. reached: that count, of so many images."""
    words = (
        f"The nine pieces drive {channel} highest, of {count(images)} images. In how many of the images does it reach "
        "at least half of its highest value?"
    )
    why = f"In {count(reached)} of {count(images)}. The histogram shows all of them."
    mistakes = [
        Mistake(
            "only those shown", shown, "These are only the nine that are shown: others may come close behind them."
        ),
        Mistake(
            "half of the images",
            round(images / 2),
            "Half of the value is not half of the images: most images may lie low, or most may lie high.",
        ),
        Mistake("all", images, "Then the unit would hardly tell one image from another."),
        Mistake("one", 1, "That one holds the record itself; others may reach half of it."),
    ]
    return compose(words, reached, why, mistakes, random_order=chance, say=count)
