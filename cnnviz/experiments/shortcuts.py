"""How a shortcut meets a smaller map, and a network that starts as its shortcuts alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cnnviz.experiments.degradation import LAST, trained
from cnnviz.experiments.words import apart, compared, stated
from cnnviz.records.experiments import Cell, CellResult, Experiment, Results, Verdict

PLACE = 51
APART = 0.03  # the paper has half a point between the two kinds; a few seeds do not tell less than this
EARLY = 50  # training batches at the start
KINDS: dict[str, tuple[tuple[str, Any], ...]] = {
    "padding": (),
    "1×1 convolution": (("shortcut", "projection"),),
    "padding, identity at the start": (("identity_start", True),),
}


def verdict(results: Results) -> Verdict:
    """Whether the kind of shortcut matters little, and whether a network that starts as its shortcuts keeps up.

    The paper (table 3) finds projections better by half a point on ImageNet and "not essential"; Goyal et al. (2017)
    start branches at zero because it helps early in training.
    """
    padding, projection, identity = (results[label] for label in KINDS)
    between, behind = projection.mean - padding.mean, padding.mean - identity.mean
    little, keeps_up = abs(between) <= APART, behind <= APART
    sentences = (
        f"On test images the 1×1 convolution is {compared(projection.mean, padding.mean)} than padding "
        f"({projection.mean:.1%} against {padding.mean:.1%}), and the network that starts as its shortcuts alone "
        f"({identity.mean:.1%}) is {compared(identity.mean, padding.mean)} than one that does not.",
        f"How a shortcut meets a smaller map changes {'little' if little else 'much'} here: the means lie "
        f"{'no more' if little else 'more'} than {APART * 100:.0f} points apart{_runs(results)}.",
        f"Over its first {EARLY} training batches the identity start errs {_beside(identity, padding, until=EARLY)} "
        f"the usual one, over its last {LAST} {_beside(identity, padding)} it.",
        *_beside_the_papers(little=little, keeps_up=keeps_up),
    )
    word, points = "little" if little else "much", abs(apart(projection.mean, padding.mean)) * 100
    headline = f"How a shortcut meets a smaller map changes {word}: {points:.1f} points."
    return stated(little and keeps_up, headline, sentences)


def _beside_the_papers(*, little: bool, keeps_up: bool) -> tuple[str, ...]:
    """What differs from what was published, a sentence each."""
    said = []
    if not little:
        said.append("He et al. (2015, table 3) have half a point between the two on ImageNet.")
    if not keeps_up:
        said.append("Goyal et al. (2017) start branches at zero because it helps early training; here it does not.")
    return tuple(said)


def _runs(results: Results) -> str:
    return "; one seed cannot tell more" if results.n == 1 else f" over {results.n} seeds"


def _beside(one: CellResult, other: CellResult, *, until: float | None = None) -> str:
    """How much more one cell errs than the other at the start or, without `until`, over the last batches."""
    mine, theirs = (_accuracy(result, until) for result in (one, other))
    return f"{abs(mine - theirs) * 100:.1f} points {'less' if mine > theirs else 'more'} than"


def _accuracy(result: CellResult, until: float | None) -> float:
    """Of training batches, the mean over the seeds."""
    return float(np.mean([
        run.ending("accuracy", batches=LAST) if until is None else run.average("accuracy", until=until)
        for run in result.runs
    ]))  # fmt: skip


EXPERIMENT = Experiment(
    name="shortcuts",
    title="Shortcuts that change size",
    question="Does it matter how a shortcut meets a smaller map, or how the branches start?",
    cells=tuple(Cell(said, replace(trained("resnet20"), options=options)) for said, options in KINDS.items()),
    expect=verdict,
    seeds=3,
    probes=("residual_to_input",),
    small={"dataset": "digits", "epochs": 1, "examples": 256},
    cut="ResNet-20 on 10,000 of CIFAR-10's 50,000 images, two passes over them; three seeds.",
)
