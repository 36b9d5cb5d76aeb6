"""SGD, SGD with momentum and Adam on one network from the same weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 63
TRAINED = TrainConfig("mnist", "lenet5", epochs=1, batch_size=64, examples=20_000)
RACERS: dict[str, dict[str, Any]] = {
    "SGD": {"optimizer": "sgd", "lr": 0.05},
    "SGD, momentum 0.9": {"optimizer": "sgd", "lr": 0.05, "momentum": 0.9},
    "Adam": {"optimizer": "adam", "lr": 0.001},
}


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="optimizers",
    title="Optimisers racing",
    question="Which optimiser gets there first from the same weights?",
    cells=tuple(Cell(said, replace(TRAINED, **fields)) for said, fields in RACERS.items()),
    expect=verdict,
    seeds=5,
    race=True,
    cut="20,000 of MNIST's 60,000 pictures, one pass; one learning rate each.",
)
