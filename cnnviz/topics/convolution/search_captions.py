"""What is said beside a kernel that is searched for: whole sentences, every number from a record."""

from __future__ import annotations

import math

from cnnviz.figures.numbers import number
from cnnviz.topics.convolution import kernel_search
from cnnviz.topics.convolution.search_records import KernelSearch

PUZZLE = "Puzzle"
CENTRED = "Subtract the image's mean"
CENTRED_HELP = "The network reads the image minus its mean brightness, as most trained networks do."
WORDS = {
    "target": "their map",
    "own": "your map",
    "difference": "difference: yours − theirs",
    "weights": "your kernel",
    "secret": "their kernel",
    "step": "One step",
    "again": "Start over",
    "reveal": "Show their kernel",
    "hide": "Hide their kernel",
    "rate": "Learning rate",
    "momentum": "Momentum 0.9",
    "arrows": "Each arrow shows where its weight should go. The longest one lowers the loss fastest.",
    "loss": "Loss {loss} · {matched} of their map is matched",
    "count": "{steps} steps",
    "one": "1 step",
    "none": "no step yet",
    "found": "Found: every weight is theirs, to within 5 % of the largest.",
    "named": "Found: every weight is theirs, to within 5 % of the largest. The kernel is called “{title}”.",
    "alike": "The maps are alike, the weights are not yet: on this image, other kernels give nearly the same map.",
    "far": "Orange in the difference: your map is too high there. Blue: too low.",
    "apart": "The loss grows. Each step overshoots: choose a rate below {largest}.",
    "curve": "loss after each step",
    "cell": "weight in row {row}, column {column}: {value}",
    "stage": "Nine weights. Type a number, or change it with the arrow keys.",
}


def bowl(found: KernelSearch) -> str:
    """How steep and how flat the loss is, and what that costs."""
    if not math.isfinite(found.largest_rate):
        return "This image is the same everywhere: no kernel changes the map, and nothing can be learned from it."
    ratio = math.inf if found.flattest == 0 else found.steepest / found.flattest
    return (
        f"On this image the loss is {number(ratio)} times as steep in its steepest direction as in its flattest. The "
        f"steepest one allows no learning rate above {number(found.largest_rate)}; at {kernel_search.SAFE:g} of that, "
        f"the error along the flattest halves every {number(kernel_search.halving(found))} steps."
    )


def compared(plain: KernelSearch, centred: KernelSearch) -> str:
    """What subtracting the mean changes, from both bowls."""
    if not (math.isfinite(plain.largest_rate) and math.isfinite(centred.largest_rate)):
        return ""
    return (
        f"Subtracting the mean takes the largest rate from {number(plain.largest_rate)} to "
        f"{number(centred.largest_rate)}, and those steps from {number(kernel_search.halving(plain))} to "
        f"{number(kernel_search.halving(centred))}."
    )
