"""What a trial says, in sentences that are computed."""

from __future__ import annotations

from cnnviz.figures.numbers import percent
from cnnviz.topics.attribution.trial_records import LOWER, Contestant, Trial

GRID, TRIAL = "One image", "On trial"
INTRODUCTION = (
    "Here the right place is known: the network tells six shapes apart, and a mask says where each is. Beside the "
    "methods stand four maps that know nothing of the network; a method is worth something where it beats them."
)
COUNT = "Test images"
MEASURE = "Measure"
WORDS = {
    "energy": "Energy on the shape",
    "pointing": "Strongest pixel on the shape",
    "overlap": "Overlap with the shape",
    "deletion": "Deletion, mean colour",
    "insertion": "Insertion, mean colour",
    "deletion_blur": "Deletion, blur",
    "insertion_blur": "Insertion, blur",
}
SAYS = {
    "energy": "The share of what speaks for the class that is on the shape; a network may rightly use the ground, too.",
    "pointing": "How often the strongest pixel of the map lies on the shape.",
    "overlap": "The strongest pixels, as many as the shape has, against the shape: intersection over union.",
    "deletion": "The strongest pixels are painted with the mean colour first: the faster the class goes, the lower.",
    "insertion": "The strongest pixels are put on the mean colour first: the faster the class comes, the higher.",
    "deletion_blur": "The strongest pixels are blurred first: the faster the class goes, the lower.",
    "insertion_blur": "The strongest pixels are made sharp first: the faster the class comes, the higher.",
}
AGREEMENT = (
    "Which maps agree: the rank correlation of each pair, averaged over the images. A constant map has no ranks."
)
RUNNING = "The trial: {}. Any click stops it."


def verdict(trial: Trial, measure: str) -> str:
    """One sentence: who beats every control, and who leads, or that nobody does because intervals overlap."""
    rank = sorted(trial.contestants, key=lambda one: one.mean(measure), reverse=measure not in LOWER)
    methods = [one for one in rank if not one.is_control]
    controls = [one for one in rank if one.is_control]
    beats = [one for one in methods if all(apart(one, other, measure) for other in controls)]
    over = f"On {trial.images} images, {_beating(beats, len(methods))} all four controls"
    equals = [one.title for one in methods[1:] if not apart(methods[0], one, measure)]
    if not beats or beats == methods[:1]:
        return f"{over}."
    if equals:
        return f"{over}; {methods[0].title} has the best mean, but its interval overlaps {_listed(equals)}: no winner."
    return f"{over}; {methods[0].title} leads, and no other interval overlaps its own."


def _beating(beats: list[Contestant], methods: int) -> str:
    """ "LRP alone, of 12 methods, clearly beats", "7 of 12 methods clearly beat"."""
    if len(beats) == 1:
        return f"{beats[0].title} alone, of {methods} methods, clearly beats"
    return f"{len(beats) or 'none'} of {methods} methods clearly {'beat' if beats else 'beats'}"


def apart(better: Contestant, other: Contestant, measure: str) -> bool:
    """Whether the first is better and the two 95 % intervals do not overlap."""
    gap = better.mean(measure) - other.mean(measure)
    return (-gap if measure in LOWER else gap) > better.half_width(measure) + other.half_width(measure)


def _listed(titles: list[str]) -> str:
    return titles[0] + "'s" if len(titles) == 1 else f"that of {len(titles)} others ({', '.join(titles)})"


def by_hand(trial: Trial) -> str:
    """The one figure that is known without a trial."""
    constant = next(one for one in trial.contestants if one.name == "constant")
    return (
        f"Checked by hand: the shapes cover {percent(trial.share)} of the pixels, and of the constant map "
        f"{percent(constant.mean('energy'))} lie on them."
    )
