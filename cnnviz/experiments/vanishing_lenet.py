"""LeNet-5 with sigmoid, tanh and ReLU: how much gradient its first layer gets, and what that costs."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 20
ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}
TRAINED = TrainConfig("mnist", "lenet5", epochs=1, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.5)


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="vanishing_lenet",
    title="Vanishing gradients in LeNet-5",
    question="How much of the gradient reaches LeNet-5's first layer through sigmoid, tanh and ReLU?",
    cells=tuple(Cell(said, replace(TRAINED, options=(("activation", name),))) for said, name in ACTIVATIONS.items()),
    expect=verdict,
    seeds=5,
    probes=("gradient_norms",),
)
