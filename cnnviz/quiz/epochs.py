"""How many steps an epoch has, and what its last batch holds."""

from __future__ import annotations

import random

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count


@KINDS.register("epoch_steps")
def epoch_steps(chance: random.Random, *, images: int, batch: int, epochs: int = 1) -> Question | None:
    """Steps of a training of so many images, with another batch size than the one at hand."""
    sizes = [size for size in (16, 32, 50, 64, 100, 128) if size != batch and size < images]
    size = chance.choice(sizes) if sizes else batch
    steps = -(-images // size)
    passes = "one epoch" if epochs == 1 else f"{epochs} epochs"
    words = f"{count(images)} images in batches of {size}, {passes}: how often are the weights updated?"
    right = steps * epochs
    times = f", {epochs} times" if epochs > 1 else ""
    last = images % size
    why = f"⌈{count(images)} / {size}⌉ = {count(steps)} batches an epoch{times}"
    why += f"; the last of them has {last}." if last else "."
    mistakes = [
        Mistake(
            "last batch forgotten",
            images // size * epochs,
            f"Here the last batch was forgotten: it has only {last} images, and counts.",
        ),
        Mistake("every image", images * epochs, "Here every image was a step: the weights change once a batch."),
        Mistake(
            "once an epoch", epochs, "Here all images together were one step: the weights change after each batch."
        ),
        Mistake("batch size", size, "That is how many images share one step."),
    ]
    return compose(words, right, why, mistakes, random_order=chance, say=count)
