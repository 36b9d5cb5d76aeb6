"""How many numbers a layer has for an image."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count


@KINDS.register("layer_numbers")
def layer_numbers(
    chance: random.Random, *, layers: Sequence[tuple[str, Sequence[int]]], image: Sequence[int]
) -> Question | None:
    """How many numbers a layer's maps are. layers: name and shape [C, H, W] of each; image: [C, H, W]."""
    maps = [one for one in layers if len(one[1]) == 3 and one[1][1] * one[1][2] > 1]
    if not maps:
        return None
    name, (channels, rows, columns) = chance.choice(maps)
    right, seen = channels * rows * columns, math.prod(image)
    words = (
        f"The image is {' × '.join(map(str, image))}, and {name} makes {count(channels)} maps of {rows} × {columns} of "
        "it. How many numbers does that layer know the image by?"
    )
    why = f"{count(channels)} · {rows} · {columns} = {count(right)}; the image itself has {count(seen)}."
    wrong = [
        Mistake("one map", rows * columns, "That is one map."),
        Mistake("channels alone", channels, "That is one number a map: each map has many cells."),
        Mistake("the image's", seen, "Those are the image's numbers: a layer has more or fewer."),
        Mistake("colours counted", image[0] * right, "Here it was multiplied by the image's channels: every map reads "
                "them all at once.") if image[0] > 1 else Mistake("sides added", channels * (rows + columns),
                "Here the sides were added: a map has rows times columns cells."),
    ]  # fmt: skip
    return compose(words, right, why, wrong, random_order=chance, say=count)
