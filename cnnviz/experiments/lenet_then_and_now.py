"""LeNet-5 as its paper has it, and each change to today's: activation, pooling, outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnviz.experiments.words import AT_CHANCE, CHANCE, changed, listed, stated
from cnnviz.records import TrainConfig
from cnnviz.records.differences import PairedDifference, between
from cnnviz.records.experiments import Cell, CellResult, Experiment, Published, Results, Verdict

PLACE = 80
TRAINED = TrainConfig("mnist", "lenet5", epochs=2, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.9)
FORMS: dict[str, dict[str, Any]] = {
    "sigmoid, average": {"options": (("activation", "sigmoid"), ("pooling", "average"))},
    "tanh, average": {"options": (("activation", "tanh"), ("pooling", "average"))},
    "ReLU, average": {"options": (("activation", "relu"), ("pooling", "average"))},
    "sigmoid, max": {"options": (("activation", "sigmoid"), ("pooling", "max"))},
    "tanh, max": {"options": (("activation", "tanh"), ("pooling", "max"))},
    "ReLU, max": {"options": (("activation", "relu"), ("pooling", "max"))},
    "the paper's": {"model": "lenet5_1998", "lr": 0.001},
}
TODAY, PAPER = "ReLU, max", "the paper's"
STARTING = ("sigmoid, average", "tanh, average")  # what today's is compared with
CLEARLY = 0.002  # with one seed there is no interval: then this much counts as a difference


def verdict(results: Results) -> Verdict:
    """What came out. Expected: today's form is better than sigmoid and average pooling, and no other beats it."""
    today = results[TODAY]
    named = (TODAY, *STARTING, PAPER)
    right = listed([f"“{label}” {results[label].mean:.1%}" for label in named])
    missed = _missed(results)
    sentences = (
        f"Test images right: {right}.",
        *_stuck_words(results),
        _changes_words(results),
        f"Not as expected: {'; '.join(missed)}."
        if missed
        else f"As expected, none is clearly better than today's (means over {today.n} seed{'s' * (today.n != 1)}).",
    )
    headline = f"Today's LeNet-5 gets {today.mean:.1%} right, the paper's {results[PAPER].mean:.1%}."
    return stated(not missed, headline, sentences, beside=-1)


def changes(results: Results) -> tuple[PairedDifference, ...]:
    """Each change by itself, at the experiment's own learning rate, and from the paper's network to today's."""
    pairs = [(f"ReLU, {pool}", f"{name}, {pool}") for name in ("tanh", "sigmoid") for pool in ("average", "max")]
    pairs += [(f"{name}, max", f"{name}, average") for name in ("ReLU", "tanh", "sigmoid")]
    pairs += [(TODAY, "sigmoid, average"), (TODAY, PAPER)]
    return tuple(between(results[one], results[other]) for one, other in pairs)


def stuck(result: CellResult) -> bool:
    """Whether it answers no better than chance."""
    return result.mean < AT_CHANCE


def _stuck_words(results: Results) -> tuple[str, ...]:
    """Which cells did not learn at their learning rate, and nothing about any other rate unless it was tried."""
    still = [one for one in results.cells if stuck(one)]
    if not still:
        return ()
    rates = sorted({one.cell.config.lr for one in still})
    verb = "is" if len(still) == 1 else "are"
    sentences = [
        f"At {'this learning rate' if len(rates) == 1 else 'these learning rates'} "
        f"({listed([f'{rate:g}' for rate in rates])}) {listed([f'“{one.cell.label}”' for one in still])} {verb} still "
        f"at chance (about {CHANCE:.0%}) after {still[0].cell.config.epochs} passes."
    ]
    for one in results.cells:
        twin = next((other for other in still if other.cell.config == replace(one.cell.config, lr=other.cell.config.lr)
                     and other is not one), None)  # fmt: skip
        if twin is not None and not stuck(one):
            sentences.append(
                f"“{one.cell.label}” differs from “{twin.cell.label}” in its learning rate alone "
                f"({one.cell.config.lr:g}) and gets {one.mean:.1%} right."
            )
    return tuple(sentences)


def _changes_words(results: Results) -> str:
    """What ReLU and what max pooling brings where the other network learns too."""
    said = []
    for change in changes(results):
        if stuck(results[change.other]) or stuck(results[change.one]):
            continue
        before, after = (results[label].mean for label in (change.other, change.one))
        said.append(f"“{change.other}” → “{change.one}” {changed(before, after)}")
    return f"Points of accuracy: {'; '.join(said)}."


def _missed(results: Results) -> list[str]:
    missed = []
    if between(results[TODAY], results[STARTING[0]]).mean <= 0:
        missed.append("today's is no better than sigmoid and average pooling")
    for one in results.cells:
        lead = between(one, results[TODAY])
        clear = lead.clear if lead.n > 1 else abs(lead.mean) > CLEARLY
        if one.cell.label != TODAY and lead.mean > 0 and clear:
            missed.append(f"“{one.cell.label}” is {lead.mean * 100:.1f} points better than today's")
    return missed


EXPERIMENT = Experiment(
    name="lenet_then_and_now",
    title="LeNet then and now",
    question="What did ReLU and max pooling change in LeNet-5?",
    cells=tuple(Cell(said, replace(TRAINED, **fields)) for said, fields in FORMS.items()),
    expect=verdict,
    seeds=5,
    published={PAPER: Published(0.9905, "the paper, after twenty passes")},
    small={"dataset": "digits", "epochs": 5, "examples": None},
    cut="Two passes over MNIST, where the paper has twenty.",
)
