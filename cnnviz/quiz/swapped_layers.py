"""How far a change inside a network reaches."""

from __future__ import annotations

import random

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, count


@KINDS.register("unchanged_layers")
def unchanged_layers(
    chance: random.Random, *, layer: str, function: str, layers: int, unchanged: int, swapped: int = 1
) -> Question | None:
    """How many layers still give what they gave. layers: all of them; swapped: activations that were replaced."""
    if not 0 <= unchanged < layers:
        return None
    where = f"in {layer}" if swapped == 1 else f"from {layer} on, in {swapped} places"
    words = (
        f"A trained network is given {function} {where}; its weights stay. Of its {count(layers)} layers, how many "
        "still put out exactly what they did before?"
    )
    why = f"{count(unchanged)}: those that run before it or read nothing of it. The others get changed numbers."
    wrong = [
        Mistake(
            "only where it was put in",
            layers - swapped,
            "Here only the layer itself changed. What it puts out is read by those behind it.",
        ),
        Mistake("all change", 0 if unchanged else None, "A layer that runs before it has not seen the change yet."),
        Mistake("those behind it", layers - unchanged, "Those are the layers that do change."),
        Mistake("itself counted", unchanged + 1, "Here the layer itself was counted as unchanged."),
        Mistake(
            "none changes", layers, "Here nothing changed, since the weights stay. The numbers between them change."
        ),
    ]
    return compose(words, unchanged, why, wrong, random_order=chance, say=count)
