"""The same pictures in a new order every epoch, in one order, and one class after the other."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 60
TRAINED = TrainConfig("mnist", "cnn", epochs=3, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.5, examples=20_000)
ORDERS = {"shuffled": "shuffled", "fixed order": "fixed", "by class": "by class"}


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="shuffle",
    title="Shuffle or not",
    question="What does it change in which order a network sees its pictures?",
    cells=tuple(Cell(said, replace(TRAINED, order=order)) for said, order in ORDERS.items()),
    expect=verdict,
    seeds=5,
    race=True,
    cut="20,000 of MNIST's 60,000 pictures.",
)
