"""Large linear layers on a thousand pictures: how far training and test part, and what dropout does about it."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 40
SHARES = (0.0, 0.25, 0.5, 0.75)
HIDDEN = 512
EXAMPLES = 1000
TRAINED = TrainConfig(
    "mnist", "fc2layer", epochs=40, batch_size=50, optimizer="sgd", lr=0.01, momentum=0.9, examples=EXAMPLES
)


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="dropout_overfitting",
    title="Dropout against overfitting",
    question="What does dropout change for a large network on a thousand pictures?",
    cells=tuple(
        Cell(f"p = {share:g}", replace(TRAINED, options=(("dropout", share), ("hidden", HIDDEN)))) for share in SHARES
    ),
    expect=verdict,
    seeds=5,
    probes=("co_adaptation",),
    small={"dataset": "digits", "epochs": 10, "examples": 200},
)
