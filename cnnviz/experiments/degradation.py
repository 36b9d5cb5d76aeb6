"""Twenty and fifty-six layers, with and without shortcuts: is the deeper network worse on its training images?"""

from __future__ import annotations

import numpy as np

from cnnviz.experiments.words import compared, signed, stated
from cnnviz.records import Array, TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Published, Results, Verdict

PLACE = 50
PAPER = "He et al. 2015, table 6: 64,000 steps, all images, augmented"
LAST = 100  # training batches whose mean says how a network ended
NETWORKS = {"plain-20": "plain20", "plain-56": "plain56", "ResNet-20": "resnet20", "ResNet-56": "resnet56"}


def trained(model: str) -> TrainConfig:
    """He et al.'s optimiser, without their augmentation and with far fewer steps."""
    return TrainConfig(
        "cifar10", model, epochs=2, batch_size=64, optimizer="sgd", lr=0.1, momentum=0.9, weight_decay=1e-4,
        schedule="onecycle", examples=10_000,
    )  # fmt: skip


def verdict(results: Results) -> Verdict:
    """Whether the deep plain network errs more on its own training batches, and whether shortcuts mend that."""
    plain, residual = (_deeper(results, kind) for kind in ("plain", "ResNet"))
    shown, mended = bool(plain.mean() > 0), bool(residual.mean() < plain.mean())
    tested = {label: results[label].mean for label in NETWORKS}
    sentences = (
        f"On test images plain-56 gets {tested['plain-56']:.1%} right, "
        f"{compared(tested['plain-56'], tested['plain-20'])} than plain-20; ResNet-56 gets {tested['ResNet-56']:.1%}, "
        f"{compared(tested['ResNet-56'], tested['ResNet-20'])} than ResNet-20.",
        f"Over its last {LAST} training batches plain-56 errs {_beside(plain)} plain-20 ({_seeds(plain)}): "
        f"{'degradation shows' if shown else 'no degradation shows'} within {_steps(results):,} steps.",
        f"With shortcuts, 56 layers err {_beside(residual)} 20 ({_seeds(residual)}): {_remedy(plain, residual)}.",
        _beside_the_paper(results, agrees=shown and mended, behind=bool(residual.mean() > 0)),
        *_diverged(results),
    )
    headline = f"56 plain layers err {_beside(plain)} 20; with shortcuts {_points(residual)}."
    return stated(shown and mended, headline, sentences, beside=2)


def _beside_the_paper(results: Results, *, agrees: bool, behind: bool) -> str:
    if not agrees:
        return f"He et al. (2015) find otherwise, after 64,000 steps instead of {_steps(results):,}."
    further = "; there 56 layers with shortcuts end up better than 20, which so few steps do not show" if behind else ""
    return f"He et al. (2015) find the same after 64,000 steps{further}."


def _beside(differences: Array) -> str:
    return f"{_points(differences)} than"


def _points(differences: Array) -> str:
    mean = float(differences.mean())
    return f"{signed(mean)[1:]} points {'more' if mean > 0 else 'less'}"


def _remedy(plain: Array, residual: Array) -> str:
    """What the shortcuts do about the deeper network's disadvantage."""
    if plain.mean() <= 0:
        return "there is nothing for them to mend yet"
    if residual.mean() <= 0:
        return "they turn the disadvantage of depth around"
    if residual.mean() < plain.mean():
        return f"they take away {1 - residual.mean() / plain.mean():.0%} of the disadvantage of depth"
    return "they do not mend it in so few steps"


def _deeper(results: Results, kind: str) -> Array:
    """Training error of 56 layers minus that of 20, a number for each seed that both have been trained with. [n]."""
    shallow, deep = ({run.seed: 1 - run.ending("accuracy", batches=LAST) for run in results[f"{kind}-{depth}"].runs}
                     for depth in (20, 56))  # fmt: skip
    return np.array([deep[seed] - shallow[seed] for seed in sorted(shallow.keys() & deep.keys())])


def _seeds(differences: Array) -> str:
    higher, count = int((differences > 0).sum()), len(differences)
    return f"higher in {higher} of {count} seed{'s' * (count != 1)}"


def _steps(results: Results) -> int:
    return int(max(run.curves["step"][-1] for result in results.cells for run in result.runs))


def _diverged(results: Results) -> tuple[str, ...]:
    lost = [f"{one.cell.label} in {count} of {one.n} seeds" for one in results.cells
            if (count := sum(run.diverged for run in one.runs))]  # fmt: skip
    return (f"Diverged: {', '.join(lost)}.",) if lost else ()


EXPERIMENT = Experiment(
    name="degradation",
    title="Degradation",
    question="Is a deeper network worse even on its training images, and do shortcuts mend it?",
    cells=tuple(Cell(said, trained(model)) for said, model in NETWORKS.items()),
    expect=verdict,
    seeds=3,
    probes=("gradient_norms", "residual_to_input"),
    small={"dataset": "digits", "epochs": 1, "examples": 128},
    published={"ResNet-20": Published(0.9125, PAPER), "ResNet-56": Published(0.9303, PAPER)},
    cut="10,000 of CIFAR-10's 50,000 images, two passes over them (314 steps, the paper has 64,000); three seeds.",
)
