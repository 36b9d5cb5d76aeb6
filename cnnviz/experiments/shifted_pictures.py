"""A CNN and a fully connected net of the same size, tested on digits that have moved."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.experiments._grids import NETWORKS
from cnnviz.experiments.permuted_pixels import AS_THE_COURSE
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 70
SHIFTS = (0, 1, 2, 3, 4, 6)
TRAININGS = {"": (), " with crops": ("crop",)}  # crops move the training pictures by up to 4 pixels


def verdict(results: Results) -> Verdict:
    """What came out."""
    raise NotImplementedError


EXPERIMENT = Experiment(
    name="shifted_pictures",
    title="Shifted test pictures",
    question="Which network still reads a digit that has moved, at equal parameters?",
    cells=tuple(
        Cell(
            f"{name}{said}, {shift} pixels",
            replace(AS_THE_COURSE, model=model, augmentation=kinds, test_shift=shift),
        )
        for shift in SHIFTS
        for said, kinds in TRAININGS.items()
        for name, model in NETWORKS.items()
    ),
    expect=verdict,
    seeds=3,
    cut="Three seeds.",
    small={"dataset": "digits", "epochs": 3, "examples": None},
)
