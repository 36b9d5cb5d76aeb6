"""Large linear layers on a thousand images: how far training and test part, and what dropout does about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from cnnviz.experiments import dropout_curves
from cnnviz.experiments.words import apart, changed, listed, stated
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict
from cnnviz.records.overfitting import DropoutRuns

PLACE = 40
SHARES = (0.0, 0.25, 0.5, 0.75)
HIDDEN = 512
EXAMPLES = 1000
PARAMETERS = sum((inputs + 1) * units for inputs, units in pairwise((28 * 28, HIDDEN, HIDDEN, 10)))
TRAINED = TrainConfig(
    "mnist", "fc2layer", epochs=40, batch_size=50, optimizer="sgd", lr=0.01, momentum=0.9, examples=EXAMPLES
)


def verdict(results: Results) -> Verdict:
    """What came out. Expected: dropout narrows the gap, gets more test images right, and makes units less alike."""
    plain, *others = found = dropout_curves.dropped(results)
    best = max(others, key=lambda one: float(one.test[:, -1].mean()))
    narrower = float(best.gaps.mean()) < float(plain.gaps.mean())
    better = dropout_curves.helps(plain, best)
    alike = [float(one.ends[:, -1].mean()) for one in found]
    looser = all(one < alike[0] for one in alike[1:])
    sentences = (
        _accuracies_words(results),
        f"Training batches and test images end {_each(found, [100 * _gap(one) for one in found])} points apart; "
        "training batches "
        "are measured with dropout on, which by itself narrows the gap.",
        f"Measured alike for all, the test loss ends {_each(found, _rises(found))} above its lowest point.",
        f"Two units of the last hidden layer correlate by {listed([_number(one) for one in alike])} on average, in "
        "absolute value.",
        _closing(narrower=narrower, better=better, looser=looser, best=best),
    )
    without, kept = results.cells[0].mean, max(results.cells[1:], key=lambda one: one.mean)
    share = _percent(SHARES[results.cells.index(kept)])
    headline = f"Dropping {share} of hidden units changes test accuracy by {changed(without, kept.mean)} points."
    return stated(narrower and better and looser, headline, sentences, beside=1)


def _accuracies_words(results: Results) -> str:
    """Test accuracy without dropout, and how far each share lies from it."""
    plain, *others = results.cells
    changes = listed([changed(plain.mean, one.mean) for one in others])
    shares = listed([_percent(share) for share in SHARES[1:]])
    return (
        f"Without dropout {plain.mean:.1%} of the test images are right; dropping {shares} of the hidden units "
        f"changes that by {changes} points."
    )


def _each(found: Sequence[DropoutRuns], values: Sequence[float]) -> str:
    """ "9.6 (none dropped), 8.1 (25 %) and 2.3 (75 %)": the means over the seeds."""
    return listed([
        f"{_number(value)} ({_percent(one.share) if one.share else 'none dropped'})"
        for one, value in zip(found, values, strict=True)
    ])  # fmt: skip


def _gap(one: DropoutRuns) -> float:
    """Between training batches and test images at the end, of both as they are printed."""
    return apart(float(one.training[:, -1].mean()), float(one.test[:, -1].mean()))


def _rises(found: Sequence[DropoutRuns]) -> list[float]:
    return [float(one.rises.mean()) for one in found]


def _closing(*, narrower: bool, better: bool, looser: bool, best: DropoutRuns) -> str:
    share = _percent(best.share)
    if narrower and better and looser:
        return f"So dropout does what it is meant to, best here with {share} dropped."
    missed = [
        *(["the gap is not narrower with it"] if not narrower else []),
        *([f"not more test images are right, beyond chance, even with the best share ({share})"] if not better else []),
        *(["hidden units do not become less alike"] if not looser else []),
    ]
    kept = [*(["the gap narrows"] if narrower else []), *(["more test images are right"] if better else [])]
    said = f"With {share} dropped {' and '.join(kept)}, but this" if kept else "This"
    return f"{said} differs from what Srivastava et al. (2014) describe: {listed(missed)}."


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "no number"
    text = f"{abs(value):.1f}" if abs(value) >= 1 else f"{abs(value):.2f}"
    return ("−" if value < 0 and float(text) else "") + text


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


EXPERIMENT = Experiment(
    name="dropout_overfitting",
    title="Dropout against overfitting",
    question="What does dropout change for a large network on a thousand images?",
    cells=tuple(
        Cell(f"p = {share:g}", replace(TRAINED, options=(("dropout", share), ("hidden", HIDDEN)))) for share in SHARES
    ),
    expect=verdict,
    seeds=5,
    probes=("co_adaptation",),
    small={"dataset": "digits", "epochs": 10, "examples": 200},
)
