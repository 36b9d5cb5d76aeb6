"""How near must neighbours stay? Squares of pixels change places, but inside a square everything stays as it was."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from cnnviz.experiments.grids import CUT, means, over
from cnnviz.experiments.permuted_pixels import APART, PERMUTATION
from cnnviz.experiments.words import changed, stated
from cnnviz.records.experiments import Experiment, Results, Verdict

PLACE = 12
BLOCKS = (1, 2, 4, 7, 14)  # sides that divide 28
KERNEL = 5  # the side of the CNN's kernels
NOISE = 0.02


def setting(block: int) -> tuple[str, dict[str, Any]]:
    """The config of one cell."""
    return f"{block} × {block}", {"permutation": PERMUTATION, "permutation_block": block}


def verdict(results: Results) -> Verdict:
    """Whether squares larger than a kernel give the CNN back what single pixels took."""
    cnn, fc = means(results, "CNN"), means(results, "FC")
    gained = cnn[-1] - cnn[0]
    rises = gained > NOISE and all(after > before - NOISE for before, after in pairwise(cnn))
    flat = max(fc) - min(fc) <= APART
    wide = next(index for index, block in enumerate(BLOCKS) if block >= KERNEL)
    back = (cnn[wide] - cnn[0]) / gained if gained > 0 else 0.0
    change = changed(cnn[0], cnn[-1])
    sentences = (
        f"From single pixels to squares of {BLOCKS[-1]} × {BLOCKS[-1]}, the CNN changes by {change} points and "
        f"FC by {changed(fc[0], fc[-1])}.",
        f"Squares of {BLOCKS[wide]} × {BLOCKS[wide]}, the first that hold a whole {KERNEL} × {KERNEL} kernel, give "
        f"back {back:.0%} of that.",
        "So the larger the neighbourhoods that stay whole, the more the CNN gets back; FC does not notice."
        if rises and flat
        else "That is not the expected result: the CNN should rise with the squares' side and FC should stay level.",
    )
    headline = (
        "The larger the squares that stay whole, the more the CNN gets back."
        if rises
        else f"Moving larger squares changes the CNN by {change} points."
    )
    return stated(rises and flat, headline, sentences, beside=1)


EXPERIMENT = Experiment(
    name="permutation_blocks",
    title="Squares of pixels permuted",
    question="Does convolution help again when neighbours stay together?",
    cells=over(setting(block) for block in BLOCKS),
    expect=verdict,
    seeds=3,
    cut=CUT,
    axis="squares that stay whole (pixels)",
)
