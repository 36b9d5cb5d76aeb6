"""The CIFAR VGG, a quarter as wide, with and without batch normalisation over three decades of learning rates."""

from __future__ import annotations

import math
from dataclasses import replace

from cnnviz.experiments import learning_rates
from cnnviz.experiments.words import AT_CHANCE, CHANCE, listed, stated
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict
from cnnviz.records.learning_rates import RateLine, Span

PLACE = 30
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
NETWORKS = {"with BatchNorm": True, "without": False}
WIDTH = 0.25
TRAINS = 2 * CHANCE  # from this test accuracy on a learning rate counts as one that trains
TRAINED = TrainConfig(
    "cifar10", "vgg_cifar", epochs=2, batch_size=64, optimizer="sgd", lr=0.1, momentum=0.9, examples=10_000
)


def verdict(results: Results) -> Verdict:
    """What came out. Expected: with batch normalisation more rates train, higher ones too, and to a better network."""
    normed, plain = learning_rates.lines(results)
    one, other = learning_rates.span(normed, TRAINS), learning_rates.span(plain, TRAINS)
    best, beside = float(normed.means.max()), float(plain.means.max())
    wider, higher = one.count > other.count, one.count > 0 and not one.high <= other.high
    sentences = (
        f"At its best learning rate the network with BatchNorm gets {best:.1%} of the test images right, the one "
        f"without {beside:.1%}.",
        f"A rate trains where at least {TRAINS:.0%} are right, twice chance: with BatchNorm {_range(one)}; without, "
        f"{_range(other)}.",
        _elsewhere(plain, results),
        _closing(wider=wider, higher=higher, better=best > beside),
    )
    tried = len(normed.rates)
    headline = f"With BatchNorm {one.count} of {tried} learning rates train, without it {other.count}."
    return stated(wider and higher and best > beside, headline, tuple(one for one in sentences if one))


def _range(found: Span) -> str:
    if not found.count:
        return "at no rate of the grid"
    if found.count == 1:
        return f"at one rate only, {found.low:g}"
    return f"from {found.low:g} to {found.high:g}, {found.decades:.1f} decades"


def _elsewhere(plain: RateLine, results: Results) -> str:
    """How the network without fails where it does: by diverging, or by never leaving chance."""
    runs = [run for rate in learning_rates.networks(results)["without"] for run in rate.runs]
    lost = [f"{rate:g}" for rate, count in zip(plain.rates, plain.diverged, strict=True) if count]
    stuck = [run.test_loss for run in runs if run.test_accuracy < AT_CHANCE and not learning_rates.diverged(run)]
    said = [f"it diverges at {listed(lost)}"] if lost else []
    if stuck:
        said.append(
            f"{len(stuck)} of its {len(runs)} runs end at chance without diverging, with a test loss of "
            f"{min(stuck):.2f} to {max(stuck):.2f} where an even guess has ln 10 = {math.log(10):.2f}"
        )
    if not said:
        return ""
    steps = max(int(run.curves["step"][-1]) for run in runs)
    return f"Without, {' and '.join(said)}; this holds for {steps:,} steps from these initial weights."


def _closing(*, wider: bool, higher: bool, better: bool) -> str:
    if wider and higher and better:
        return "So from these weights it widens the range and allows higher rates, as Ioffe and Szegedy (2015) report."
    missed = [
        *(["the range is not wider with it"] if not wider else []),
        *(["it allows no higher rate"] if not higher else []),
        *(["the better network is the one without"] if not better else []),
    ]
    return f"This differs from what Ioffe and Szegedy (2015) report: {listed(missed)}."


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
    cut="10,000 of CIFAR-10's 50,000 images, two passes over them, a quarter of the channels, three seeds.",
)
