"""Batches of 8 to 1,024 pictures at one learning rate: the same pictures, fewer and steadier steps."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 61
SIZES = (8, 32, 128, 512)
TRAINED = TrainConfig("mnist", "cnn", epochs=1, optimizer="sgd", lr=0.05, momentum=0.5, examples=20_000)


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="batch_sizes",
    title="Batch size",
    question="What does a larger batch change when everything else stays?",
    cells=tuple(Cell(f"{size} pictures", replace(TRAINED, batch_size=size)) for size in SIZES),
    expect=verdict,
    seeds=5,
    race=True,
    cut="20,000 of MNIST's 60,000 pictures, one pass.",
)
