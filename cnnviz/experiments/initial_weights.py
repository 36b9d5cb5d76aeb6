"""The CIFAR VGG without batch normalisation from He's initial weights: is it the start that BatchNorm makes up for?"""

from __future__ import annotations

from dataclasses import replace

from cnnviz.experiments.batch_norm_rates import RATES, TRAINED, WIDTH
from cnnviz.experiments.words import stated
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 31
OPTIONS = (("batch_norm", False), ("he_start", True))
TRAINS = 0.2  # test images right: twice chance


def verdict(results: Results) -> Verdict:
    """Where it trains, and where best; He et al. 2015 train deep ReLU networks so, without normalisation."""
    best = max(results.cells, key=lambda one: one.mean)
    good = [one for one in results.cells if one.mean > TRAINS]
    rates = ", ".join(f"{one.cell.config.lr:g}" for one in good)
    sentences = (
        f"Without BatchNorm but from He's initial weights the network gets {best.mean:.1%} right at its best learning "
        f"rate, {best.cell.config.lr:g}.",
        f"It trains (more than {TRAINS:.0%} right) at {len(good)} of {len(results.cells)} rates: {rates}."
        if good
        else f"It trains at none of the {len(results.cells)} rates, which is not what He et al. (2015) found.",
    )
    headline = f"From He's initial weights, {len(good)} of {len(results.cells)} learning rates train without BatchNorm."
    return stated(bool(good), headline, sentences)


EXPERIMENT = Experiment(
    name="initial_weights",
    title="A better start instead of BatchNorm",
    question="Does a VGG without batch normalisation train from He's initial weights?",
    cells=tuple(
        Cell(f"He start, {lr:g}", replace(TRAINED, lr=lr, options=(*OPTIONS, ("width", WIDTH)))) for lr in RATES
    ),
    expect=verdict,
    seeds=3,
    small={"dataset": "digits", "epochs": 1, "examples": 256},
    cut="10,000 of CIFAR-10's 50,000 images, two passes over them, a quarter of the channels, three seeds.",
)
