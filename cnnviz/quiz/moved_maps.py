"""How far a layer's maps move when the image does."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cnnviz.quiz.kinds import KINDS
from cnnviz.quiz.question import Mistake, Question, compose, plain


@KINDS.register("moved_maps")
def moved_maps(chance: random.Random, *, layers: Sequence[tuple[str, int]]) -> Question | None:
    """A slide of a whole number of cells. layers: (name, pixels between two neighbouring cells)."""
    coarse = [one for one in layers if one[1] > 1]
    if not coarse:
        return None
    layer, cell = chance.choice(coarse)
    cells = chance.choice((1, 2, 3))
    shift = cell * cells
    words = (
        f"The image slides by {shift} pixels. Two neighbouring cells of {layer} lie {cell} pixels apart in the image. "
        "Away from the edges: by how many cells do its maps move?"
    )
    why = f"{shift} / {cell} = {cells}: the maps follow the image, in steps of their own cells."
    wrong = [
        Mistake("pixels for cells", shift, f"Those are pixels: one cell of {layer} stands for {cell} of them."),
        Mistake(
            "ignored",
            0,
            "Then the maps would ignore the shift. They move along with the image; only less than a cell can get lost.",
        ),
        Mistake("multiplied", shift * cell, "Here the pixels were multiplied: cells are larger, so it takes fewer."),
    ]
    return compose(words, cells, why, wrong, random_order=chance, say=plain)
