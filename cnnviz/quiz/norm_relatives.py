"""Over which values batch, layer, instance and group normalisation take their means."""

from __future__ import annotations

import random

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count

TITLES = {"batch": "Batch normalisation", "layer": "Layer normalisation", "instance": "Instance normalisation"}
ONE_FOR = {
    "batch": "one for each channel, over all images",
    "layer": "one for each image, over all channels",
    "instance": "one for each channel of each image",
    "group": "one for each group of channels of each image",
}


@KINDS.register("norm_means")
def norm_means(chance: random.Random, *, images: int, channels: int, groups: int = 2) -> Question | None:
    """How many means are taken of a batch of maps [N, C, H, W]. groups: of group normalisation."""
    if images < 1 or channels < 1 or groups < 1 or channels % groups:
        return None
    taken = {"batch": channels, "layer": images, "instance": images * channels, "group": images * groups}
    method = chance.choice(list(taken))
    title = TITLES.get(method, f"Group normalisation with {groups} groups")
    right = taken[method]
    words = f"{title} over {images} images of {channels} channels each: how many means does it take?"
    why = f"{count(right)}: {ONE_FOR[method]}."
    wrong = [
        Mistake(f"{other} instead", number, f"So many does {other} normalisation take: {ONE_FOR[other]}.")
        for other, number in taken.items()
        if other != method
    ]
    wrong.append(
        Mistake("one for all", 1, "Here all numbers shared one mean. None of the four does that with a batch.")
    )
    return compose(words, right, why, wrong, random_order=chance, say=count)
