"""How much order is needed: a share of the pixels, squares of pixels, one order for all or a new one for each."""

from __future__ import annotations

from pages.shared.experiments import answer
from pages.shared.permuted_pixels import source

NAMES = ("permutation_strength", "permutation_blocks", "permutation_fresh")


def show() -> None:
    for name in NAMES:
        answer.over_a_grid(name)
    source.experiment(NAMES[0])
