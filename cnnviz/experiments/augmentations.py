"""Net on three thousand photos: as they are, flipped, cropped, both."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 62
TRAINED = TrainConfig("cifar10", "net", epochs=30, batch_size=64, optimizer="adam", lr=0.001, examples=3_000)
KINDS = {"none": (), "flips": ("flip",), "crops": ("crop",), "both": ("crop", "flip")}


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="augmentations",
    title="Augmentation",
    question="What do random crops and flips change when there are few pictures?",
    cells=tuple(Cell(said, replace(TRAINED, augmentation=kinds)) for said, kinds in KINDS.items()),
    expect=verdict,
    seeds=3,
    small={"dataset": "digits", "epochs": 10, "examples": 200},
    race=True,
    cut="3,000 of CIFAR-10's 50,000 pictures, 30 passes over them; three seeds.",
)
