"""A deep plain CNN with sigmoid, tanh and ReLU, bare, normalised, with skips, with both: where gradients end."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 21
ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}
HELP = {
    "plain": (),
    "BatchNorm": (("batch_norm", True),),
    "skips": (("skip", True),),
    "both": (("batch_norm", True), ("skip", True)),
}
DEPTH = 16
TRAINED = TrainConfig(
    "mnist", "deep_cnn", epochs=2, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.5, examples=10_000
)


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="vanishing_deep",
    title="Vanishing gradients in a deep plain CNN",
    question="What brings the gradient back to the first of sixteen convolutions?",
    cells=tuple(
        Cell(f"{said}, {helped}", replace(TRAINED, options=(("activation", name), ("depth", DEPTH), *options)))
        for said, name in ACTIVATIONS.items()
        for helped, options in HELP.items()
    ),
    expect=verdict,
    seeds=3,
    probes=("gradient_norms",),
    small={"dataset": "digits", "epochs": 1, "examples": 256},
    cut="10,000 of MNIST's 60,000 pictures, two passes over them, three seeds.",
)
