"""LeNet-5 as its paper has it, and each change to today's: activation, pooling, outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 80
TRAINED = TrainConfig("mnist", "lenet5", epochs=2, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.9)
FORMS: dict[str, dict[str, Any]] = {
    "sigmoid, average": {"options": (("activation", "sigmoid"), ("pooling", "average"))},
    "tanh, average": {"options": (("activation", "tanh"), ("pooling", "average"))},
    "ReLU, average": {"options": (("activation", "relu"), ("pooling", "average"))},
    "sigmoid, max": {"options": (("activation", "sigmoid"), ("pooling", "max"))},
    "tanh, max": {"options": (("activation", "tanh"), ("pooling", "max"))},
    "ReLU, max": {"options": (("activation", "relu"), ("pooling", "max"))},
    "the paper's": {"model": "lenet5_1998", "lr": 0.001},
}


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="lenet_then_and_now",
    title="LeNet then and now",
    question="What did ReLU and max pooling change in LeNet-5?",
    cells=tuple(Cell(said, replace(TRAINED, **fields)) for said, fields in FORMS.items()),
    expect=verdict,
    seeds=5,
    small={"dataset": "digits", "epochs": 5, "examples": None},
    cut="Two passes over MNIST, where the paper has twenty.",
)
