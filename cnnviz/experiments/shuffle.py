"""The same images in a new order every epoch, in one order, and one class after the other."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

from cnnviz.experiments.words import AT_CHANCE, CHANCE, beside_the_seeds, compared, stated
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 60
TRAINED = TrainConfig("mnist", "cnn", epochs=3, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.5, examples=20_000)
ORDERS = {"shuffled": "shuffled", "fixed order": "fixed", "by class": "by class"}


def verdict(results: Results) -> Verdict:
    """Expected: class after class ends near chance, and no order beats shuffling by more than chance explains."""
    shuffled, fixed, sorted_ = (results[label] for label in ORDERS)
    forgets = sorted_.mean < CHANCE + AT_CHANCE and shuffled.mean > 2 * sorted_.mean
    ahead = fixed.mean > shuffled.mean and "no more" not in beside_the_seeds(fixed, shuffled) and shuffled.n > 1
    met = mean(run.last_pass for run in sorted_.runs)
    sentences = (
        f"In a new order every epoch {shuffled.mean:.1%} of the test images are right; in one order for all epochs "
        f"the network is {compared(fixed.mean, shuffled.mean)}, with one class after the other {sorted_.mean:.1%} are "
        "right.",
        f"While it was taught by class, {met:.0%} of the last epoch's training images were right the moment they "
        "were shown: it learns to name the class at hand and unlearns the others"
        + (f", and ends near chance ({CHANCE:.0%})." if forgets else "."),
        f"A fixed order against a new one: {beside_the_seeds(fixed, shuffled)}.",
        "" if forgets and not ahead else "This is not what the course leads one to expect.",
    )
    headline = f"Shuffled, {shuffled.mean:.1%} of the test images are right; class after class, {sorted_.mean:.1%}."
    return stated(forgets and not ahead, headline, tuple(filter(None, sentences)), beside=1)


EXPERIMENT = Experiment(
    name="shuffle",
    title="Shuffle or not",
    question="What does it change in which order a network sees its images?",
    cells=tuple(Cell(said, replace(TRAINED, order=order)) for said, order in ORDERS.items()),
    expect=verdict,
    seeds=5,
    race=True,
    cut="20,000 of MNIST's 60,000 images.",
)
