"""What an experiment's questions are made from: the shipped results of its cells."""

from __future__ import annotations

from cnnviz import datasets, experiments
from pages.shared import predict
from pages.shared.experiments import answer


def show(name: str) -> None:
    """Which setting came out best, and what one of them reached; nothing before every cell has run."""
    predict.ask(experiments.get(name).title, *wanted(name))


def wanted(name: str) -> list[predict.Wanted]:
    """The questions of one experiment."""
    experiment, found = experiments.get(name), answer.of(name)
    if not found.complete:
        return []
    results = [(one.cell.label, one.mean, one.interval) for one in found.cells]
    state = {"question": experiment.question, "results": results}
    classes = len(datasets.info(found.dataset).classes)
    return [("best_measured", state), ("measured_accuracy", {**state, "classes": classes})]
