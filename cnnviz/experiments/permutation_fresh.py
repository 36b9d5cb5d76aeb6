"""One permutation for all images keeps what they say; a new one for each leaves only how many pixels are dark."""

from __future__ import annotations

from typing import Any

from cnnviz.experiments.grids import CUT, over
from cnnviz.experiments.permuted_pixels import CHANCE, PERMUTATION
from cnnviz.experiments.words import stated
from cnnviz.records.experiments import Experiment, Results, Verdict

PLACE = 13
FIXED, FRESH = "one for all", "new for each"
INK = 0.35  # more than a network can reach that knows only how often each grey value occurs


def setting(said: str) -> tuple[str, dict[str, Any]]:
    """The config of one cell."""
    return said, {"permutation": PERMUTATION, "permutation_fresh": said == FRESH}


def verdict(results: Results) -> Verdict:
    """Whether both networks fall towards chance when no two images share an order."""
    fixed, fresh = ({name: results[f"{name}, {said}"].mean for name in ("FC", "CNN")} for said in (FIXED, FRESH))
    fallen = max(fresh.values()) < INK < min(fixed.values())
    sentences = (
        f"With one permutation for all images FC gets {fixed['FC']:.1%} right and the CNN {fixed['CNN']:.1%}; with a "
        f"new one for each image {fresh['FC']:.1%} and {fresh['CNN']:.1%}.",
        f"Chance is {CHANCE:.0%}: what is left above it is each digit's histogram, how often every grey value occurs, "
        "the one thing that no order of the pixels changes."
        if fallen
        else "That is not the expected result: without a common order both should fall near chance.",
    )
    headline = (
        "When every image has an order of its own, neither network learns much."
        if fallen
        else "Even when every image has an order of its own, a network still learns."
    )
    return stated(fallen, headline, sentences)


EXPERIMENT = Experiment(
    name="permutation_fresh",
    title="A new permutation for each image",
    question="What can be learned when no two images are permuted alike?",
    cells=over((setting(FIXED), setting(FRESH))),
    expect=verdict,
    seeds=3,
    cut=CUT,
)
