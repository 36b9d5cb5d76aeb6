"""How much disorder does it take? A share of the pixels is permuted among themselves, from none to all of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from cnnviz.experiments.grids import CUT, means, over
from cnnviz.experiments.permuted_pixels import APART, PERMUTATION
from cnnviz.experiments.words import changed, signed, stated
from cnnviz.records.experiments import Experiment, Results, Verdict

PLACE = 11
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
NOISE = 0.02  # a mean of three seeds is not known more closely


def setting(share: float) -> tuple[str, dict[str, Any]]:
    """A share of 0 is the plain images: no permutation at all."""
    fields = {"permutation": PERMUTATION, "permutation_share": share} if share else {}
    return f"{share:.0%} of the pixels", fields


def verdict(results: Results) -> Verdict:
    """Whether the CNN loses as more pixels move, and FC does not."""
    cnn, fc = means(results, "CNN"), means(results, "FC")
    steps = [after - before for before, after in pairwise(cnn)]
    falls = cnn[0] - cnn[-1] > NOISE and all(step < NOISE for step in steps)
    flat = max(fc) - min(fc) <= APART
    steepest = min(range(len(steps)), key=steps.__getitem__)
    sentences = (
        f"From no pixel to all pixels moved, the CNN changes by {changed(cnn[0], cnn[-1])} points and FC by "
        f"{changed(fc[0], fc[-1])}.",
        f"The CNN loses most between {SHARES[steepest]:.0%} and {SHARES[steepest + 1]:.0%}: {signed(steps[steepest])}.",
        "So the CNN pays for every share of disorder; FC does not notice it."
        if falls and flat
        else "That is not the expected result: the CNN should fall with every step and FC should stay level.",
    )
    headline = (
        "The more pixels move, the worse the CNN reads; FC stays level."
        if falls and flat
        else f"Moving all pixels changes the CNN by {changed(cnn[0], cnn[-1])} points, FC by {changed(fc[0], fc[-1])}."
    )
    return stated(falls and flat, headline, sentences)


EXPERIMENT = Experiment(
    name="permutation_strength",
    title="A share of the pixels permuted",
    question="How many pixels must move before convolution stops helping?",
    cells=over(setting(share) for share in SHARES),
    expect=verdict,
    seeds=3,
    cut=CUT,
    axis="pixels that move",
)
