"""Twenty and fifty-six layers, with and without shortcuts: is the deeper network worse on its training pictures?"""

from __future__ import annotations

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 50
NETWORKS = {"plain-20": "plain20", "plain-56": "plain56", "ResNet-20": "resnet20", "ResNet-56": "resnet56"}


def trained(model: str) -> TrainConfig:
    """He et al.'s optimiser, without their augmentation and with far fewer steps."""
    return TrainConfig(
        "cifar10", model, epochs=2, batch_size=64, optimizer="sgd", lr=0.1, momentum=0.9, weight_decay=1e-4,
        schedule="onecycle", examples=10_000,
    )  # fmt: skip


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="degradation",
    title="Degradation",
    question="Is a deeper network worse even on its training pictures, and do shortcuts mend it?",
    cells=tuple(Cell(said, trained(model)) for said, model in NETWORKS.items()),
    expect=verdict,
    seeds=3,
    probes=("gradient_norms", "residual_to_input"),
    small={"dataset": "digits", "epochs": 1, "examples": 128},
    cut="10,000 of CIFAR-10's 50,000 pictures, two passes over them (314 steps, the paper has 64,000); three seeds.",
)
