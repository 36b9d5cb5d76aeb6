"""The CIFAR VGG, a quarter as wide, with and without batch normalisation over three decades of learning rates."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 30
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
NETWORKS = {"with BatchNorm": True, "without": False}
WIDTH = 0.25
TRAINED = TrainConfig(
    "cifar10", "vgg_cifar", epochs=2, batch_size=64, optimizer="sgd", lr=0.1, momentum=0.9, examples=10_000
)


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="batch_norm_rates",
    title="BatchNorm and the learning rate",
    question="Over which learning rates does a VGG train with and without batch normalisation?",
    cells=tuple(
        Cell(f"{said}, {lr:g}", replace(TRAINED, lr=lr, options=(("batch_norm", norm), ("width", WIDTH))))
        for lr in RATES
        for said, norm in NETWORKS.items()
    ),
    expect=verdict,
    seeds=3,
    probes=("running_means", "running_deviations"),
    small={"dataset": "digits", "epochs": 1, "examples": 256},
    cut="10,000 of CIFAR-10's 50,000 pictures, two passes over them, a quarter of the channels, three seeds.",
)
