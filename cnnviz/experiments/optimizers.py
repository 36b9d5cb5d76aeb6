"""SGD, SGD with momentum and Adam on one network from the same weights."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import Any

from cnnviz.experiments.words import beside_the_seeds, compared, stated
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 63
TRAINED = TrainConfig("mnist", "lenet5", epochs=1, batch_size=64, examples=20_000)
SOON = 0.8  # of a batch right: when each gets there is compared
RACERS: dict[str, dict[str, Any]] = {
    "SGD": {"optimizer": "sgd", "lr": 0.05},
    "SGD, momentum 0.9": {"optimizer": "sgd", "lr": 0.05, "momentum": 0.9},
    "Adam": {"optimizer": "adam", "lr": 0.001},
}


def verdict(results: Results) -> Verdict:
    """Expected: momentum and Adam end above plain SGD, and learn sooner."""
    plain, momentum, adam = (results[label] for label in RACERS)
    quick = max(momentum, adam, key=lambda one: one.mean)
    above = min(momentum.mean, adam.mean) > plain.mean
    first = {label: results[label].reached(SOON) for label in RACERS}
    sooner = all(first[label] < first["SGD"] or isnan(first["SGD"]) for label in list(RACERS)[1:])
    sentences = (
        f"After one pass, SGD gets {plain.mean:.1%} of the test images right; with momentum it is "
        f"{compared(momentum.mean, plain.mean)}, and Adam is {compared(adam.mean, plain.mean)}.",
        f"Steps until {SOON:.0%} of the training batches are right: "
        + ", ".join(f"{label} {'never' if isnan(step) else f'about {step:,.0f}'}" for label, step in first.items())
        + f" (of {plain.runs[0].curves['step'][-1]:,.0f}).",
        f"Furthest: {quick.cell.label}; Adam against momentum: {beside_the_seeds(adam, momentum)}.",
        "Each has one learning rate, a usual one: another rate can change the order.",
        "" if above and sooner else "This is not all of what the course leads one to expect.",
    )
    furthest = max(results.cells, key=lambda one: one.mean)
    headline = f"After one pass {furthest.cell.label} is ahead: {furthest.mean:.1%} right."
    return stated(above and sooner, headline, tuple(filter(None, sentences)), beside=1)


EXPERIMENT = Experiment(
    name="optimizers",
    title="Optimisers racing",
    question="Which optimiser gets there first from the same weights?",
    cells=tuple(Cell(said, replace(TRAINED, **fields)) for said, fields in RACERS.items()),
    expect=verdict,
    seeds=5,
    race=True,
    cut="20,000 of MNIST's 60,000 images, one pass; one learning rate each.",
)
