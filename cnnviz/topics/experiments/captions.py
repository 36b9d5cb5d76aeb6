"""What the page on all experiments says, as whole sentences."""

from __future__ import annotations

from cnnviz.figures.experiments import provenance_words
from cnnviz.records.experiments import Experiment, Results
from cnnviz.topics.experiments import tables

SPREAD = "Whiskers: the mean's 95 % interval where bars are drawn, one standard deviation where lines are. {came}"
ALIKE = "The same in all {cells} cells: {settings}."
NOTHING = (
    "Nothing of it ships yet. Run it below, or train it with `python -m cnnviz.experiments {name} --ship`; the curves, "
    "the bars and the verdict appear here."
)
PARTLY = "{there} of {cells} cells have results, so there is no verdict yet."


def numbers(experiment: Experiment, found: Results) -> str:
    """What the whiskers are, where the numbers come from, and what was made shorter."""
    return f"{SPREAD.format(came=provenance_words(found))} {experiment.cut}".strip()


def alike(experiment: Experiment) -> str:
    """What every cell has in common."""
    told = ", ".join(f"{name} {value}" for name, value in tables.alike(experiment).items())
    return ALIKE.format(cells=len(experiment.cells), settings=told)


def missing(found: Results) -> str:
    """Why there is no verdict; "" where there is one."""
    if found.complete:
        return ""
    there = sum(one.n > 0 for one in found.cells)
    return PARTLY.format(there=there, cells=len(found.cells)) if there else NOTHING.format(name=found.name)
