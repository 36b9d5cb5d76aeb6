"""What the page on BatchNorm and learning rates says: whole sentences, every number from a record."""

from __future__ import annotations

import numpy as np

from cnnviz.records.learning_rates import RateLine, Span

TITLE = "Over which learning rates does a network train with and without batch normalisation?"
INTRODUCTION = (
    "A VGG of eight convolutions learns CIFAR-10 at seven learning rates, once with BatchNorm after each convolution "
    "and once without it. Too small a rate leaves a network where it started. Too large a rate makes it diverge."
)
NO_RESULTS = "No finished results come with the project yet. Run the experiment below."
BATCH_NORM_LINK = "What BatchNorm does to the numbers"
AGAIN, WHERE, HOW_SOON, ONE_RATE = "Run it again here", "Where it trains", "How soon", "One learning rate at a time"
HE_START = (
    "“He start” is a network without BatchNorm, too. Its initial weights are drawn as He et al. (2015) do, with six "
    "times the variance of PyTorch's own."
)
BANDS = (
    "Bands run from the lowest to the highest seed. A cross marks a rate at which a run diverged: its loss was no "
    "longer a finite number."
)


def courses(largest: float) -> str:
    """Under the charts of one learning rate. largest: the loss above which nothing is drawn."""
    return (
        "BatchNorm's running means start at 0 and its running deviations at 1. Each batch moves mean and variance a "
        "tenth of the way to its own. Every rate sees the same batches in the same order. A loss above "
        f"{largest:.0f} is not drawn."
    )


def span(found: Span) -> str:
    """At which rates a network trains: "0.001 to 0.3, 2.5 decades", "only 0.01", "at no rate"."""
    if not found.count:
        return "at no rate"
    if found.count == 1:
        return f"only {found.low:g}"
    return f"{found.low:g} to {found.high:g}, {found.decades:.1f} decades"


def trains(found: Span) -> str:
    """The same after "trains": "from 0.001 to 0.3, 2.5 decades", "at only 0.01", "at no rate"."""
    if found.count > 1:
        return f"from {span(found)}"
    return f"at {span(found)}" if found.count else span(found)


def start(normed: tuple[RateLine, Span], plain: tuple[RateLine, Span], start: tuple[RateLine, Span]) -> str:
    """How much of what BatchNorm does another start does alone: (line, span) of each network."""
    (line, one), (_, none), (other, alone) = normed, plain, start
    best, beside = 100 * float(np.nanmax(line.means)), 100 * float(np.nanmax(other.means))
    return (
        f"With other initial weights ({other.name}), the network without BatchNorm trains {trains(alone)} and "
        f"classifies at best {beside:.1f} % of the test images correctly. With BatchNorm it trains {trains(one)} "
        f"and reaches {best:.1f} %. {_of_the_start(one, none, alone, round(best, 1) - round(beside, 1))}"
    )


def _of_the_start(one: Span, none: Span, alone: Span, points: float) -> str:
    """Which part of BatchNorm's work other initial weights do. points: of accuracy that BatchNorm is ahead."""
    decades = one.decades - alone.decades
    if alone.count <= none.count:
        return "So BatchNorm does here what other initial weights do not."
    if decades <= 0 and points <= 0:
        return "So other initial weights do here all that BatchNorm does."
    if decades > 0 and points > 0:
        return (
            "So part of what BatchNorm does is to make up for the start; beyond that it brings "
            f"{decades:.1f} decades and {points:.1f} points."
        )
    if decades > 0:
        return (
            f"So part of what BatchNorm does is to make up for the start; beyond that it brings {decades:.1f} decades."
        )
    return f"So part of what BatchNorm does is to make up for the start; beyond that it brings {points:.1f} points."
