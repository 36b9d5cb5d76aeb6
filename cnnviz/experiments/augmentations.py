"""Net on three thousand photos: as they are, flipped, cropped, both."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

from cnnviz.experiments.words import beside_the_seeds, compared, listed, stated
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 62
TRAINED = TrainConfig("cifar10", "net", epochs=30, batch_size=64, optimizer="adam", lr=0.001, examples=3_000)
KINDS = {"none": (), "flips": ("flip",), "crops": ("crop",), "both": ("crop", "flip")}


def verdict(results: Results) -> Verdict:
    """Expected: with crops and flips more test images are right, and fewer training images beyond them."""
    none, both = results["none"], results["both"]
    best = max(results.cells, key=lambda one: one.mean)
    gaps = {one.cell.label: mean(run.last_pass for run in one.runs) - one.mean for one in results.cells}
    better, closer = both.mean > none.mean, gaps["both"] < gaps["none"]
    sentences = (
        f"With crops and flips {both.mean:.1%} of the test images are right, {compared(both.mean, none.mean)} than "
        f"with neither ({none.mean:.1%}).",
        "How much better the training images of the last epoch do than the test images: "
        + listed([f"{100 * gap:.0f} points with {said(label)}" for label, gap in gaps.items()]) + ".",
        f"Crops and flips against neither: {beside_the_seeds(both, none)}.",
        f"Best of the four: {said(best.cell.label)}, {best.mean:.1%}.",
        "" if better and closer else "This is not all of what the course leads one to expect.",
    )  # fmt: skip
    headline = f"Crops and flips change the test accuracy from {none.mean:.1%} to {both.mean:.1%}."
    return stated(better and closer, headline, tuple(filter(None, sentences)), beside=1)


def said(label: str) -> str:
    """The cell's label as a sentence has it."""
    return {"none": "neither", "both": "both"}.get(label, label)


EXPERIMENT = Experiment(
    name="augmentations",
    title="Augmentation",
    question="What do random crops and flips change when there are few images?",
    cells=tuple(Cell(said, replace(TRAINED, augmentation=kinds)) for said, kinds in KINDS.items()),
    expect=verdict,
    seeds=3,
    small={"dataset": "digits", "epochs": 10, "examples": 200},
    race=True,
    cut="3,000 of CIFAR-10's 50,000 images, 30 passes over them; three seeds.",
)
