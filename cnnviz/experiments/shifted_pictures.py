"""A CNN and a fully connected net of the same size, tested on digits that have moved."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.experiments.grids import NETWORKS
from cnnviz.experiments.permuted_pixels import AS_THE_COURSE
from cnnviz.experiments.words import changed, stated
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict
from cnnviz.training.augmentation import PADDING

PLACE = 70
SHIFTS = (0, 1, 2, 3, 4, 6)
FAR = 3  # pixels at which the networks are compared: inside what crops move and the black margin of a digit
LITTLE = 0.02
TRAININGS = {"": (), " with crops": ("crop",)}


def label(network: str, training: str, shift: int) -> str:
    """Of a cell: "CNN with crops, 3 pixels"."""
    return f"{network}{training}, {shift} pixels"


def verdict(results: Results) -> Verdict:
    """Whether the CNN loses less than FC as digits move, whether crops help both, and how far they reach."""
    lines = {f"{name}{said}": [results[label(name, said, shift)].mean for shift in SHIFTS]
             for said in TRAININGS for name in NETWORKS}  # fmt: skip
    at = {name: means[SHIFTS.index(FAR)] for name, means in lines.items()}
    lost = {name: means[0] - at[name] for name, means in lines.items()}
    keeps, crops = lost["CNN"] < lost["FC"], all(at[f"{one} with crops"] > at[one] for one in NETWORKS)
    best = max(at, key=at.__getitem__) == "CNN with crops"
    price = {name: (lines[name][0], lines[f"{name} with crops"][0]) for name in NETWORKS}
    sentences = (
        f"Moved by {FAR} pixels, the CNN still reads {at['CNN']:.1%} of the digits and FC {at['FC']:.1%}; unmoved they "
        f"read {lines['CNN'][0]:.1%} and {lines['FC'][0]:.1%}.",
        _convolution_alone(lost["CNN"], keeps=keeps),
        f"Trained with crops they read {at['CNN with crops']:.1%} and {at['FC with crops']:.1%} there; on unmoved "
        f"digits crops change the CNN by {changed(*price['CNN'])} points and FC by {changed(*price['FC'])}.",
        f"Crops move by up to {PADDING} pixels: at {SHIFTS[-1]} the CNN trained with them reads "
        f"{lines['CNN with crops'][-1]:.1%}, FC {lines['FC with crops'][-1]:.1%}.",
    )  # fmt: skip
    headline = f"Moved by {FAR} pixels, the CNN reads {at['CNN']:.1%} of digits, FC {at['FC']:.1%}."
    return stated(keeps and crops and best, headline, sentences, beside=1)


def _convolution_alone(lost: float, *, keeps: bool) -> str:
    if not keeps:
        return "So the CNN loses no less than FC."
    if lost > LITTLE:
        return "So convolution alone helps, but does not make a network invariant to shifts."
    return f"Convolution alone keeps the loss within {LITTLE * 100:.0f} points."


EXPERIMENT = Experiment(
    name="shifted_pictures",
    title="Shifted test images",
    question="Which network still reads a digit that has moved, at equal parameters?",
    cells=tuple(
        Cell(
            label(name, said, shift),
            replace(AS_THE_COURSE, model=model, augmentation=kinds, test_shift=shift),
        )
        for shift in SHIFTS
        for said, kinds in TRAININGS.items()
        for name, model in NETWORKS.items()
    ),
    expect=verdict,
    seeds=3,
    small={"dataset": "digits", "epochs": 3, "examples": None},
)
