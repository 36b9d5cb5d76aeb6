"""What the page on dropout and overfitting says: whole sentences, every number from a record."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnviz.records.overfitting import DropoutRuns

IMAGES = 256  # that the probe lets through the network

TITLE = "What does dropout change for a large network on a thousand images?"
NO_RESULTS = "No finished results come with the project yet. Run the experiment below."
DROPOUT_LINK = "What dropout does to the numbers"
AGAIN = "Run it again here"
GAP_AT_THE_END = "The gap at the end"
LESS_ALIKE = "Do hidden units become less alike?"
DROPOUT_ON = (
    "Training batches are measured before each step and with dropout on, test images with every unit in place. So "
    "where p is above 0, the training curve lies lower than the same network would reach without its masks, and the "
    "gap is smaller for that reason too. The test loss is measured alike for all: where it rises again, the network "
    "overfits."
)


def introduction(hidden: int, parameters: int, examples: int) -> str:
    """hidden: units in each of the two hidden layers; examples: training images."""
    return (
        f"A network with two hidden layers of {hidden} units has {parameters:,} parameters. It learns {examples:,} "
        "MNIST digits, few enough to know by heart: once with all of its hidden units, and then with a quarter, half "
        "and three quarters of them dropped at every step."
    )


def intervals(provenance: str) -> str:
    """Under the table. provenance: the sentence that says what was trained where."""
    return f"Means with their 95 % intervals over the seeds. {provenance}"


def co_adaptation(images: int = IMAGES) -> str:
    """What is measured of hidden units, and what units without any relation would show: √(2/(π · images))."""
    return (
        "Dropout is said to break co-adaptation: a unit cannot rely on another one that may be missing. One number "
        "measures it: the correlation of two units of a layer over the test images, before their activation, without "
        "its sign, averaged over all pairs. Over "
        f"{images} images, units that have nothing to do with each other show about "
        f"{math.sqrt(2 / math.pi / images):.2f}."
    )


def likeness_and_accuracy(found: Sequence[DropoutRuns], agreements: Sequence[float]) -> str:
    """How the runs' likeness and their test accuracy go together. agreements: one a layer, or NaN."""
    runs = sum(one.n for one in found)
    pairs = zip(found[0].layers, agreements, strict=True)
    known = [f"{value:+.2f} for {layer}".replace("-", "−") for layer, value in pairs if math.isfinite(value)]
    if not known:
        return f"{runs} runs are too few to say how likeness and accuracy go together."
    return (
        f"Over all {runs} runs, likeness and test accuracy correlate by {' and '.join(known)}. Only a negative number "
        "would mean that less alike units go with more test images classified correctly."
    )
