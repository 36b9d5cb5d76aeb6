"""LeNet-5 with sigmoid, tanh and ReLU: how much gradient its first layer gets, and what that costs."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.experiments.words import AT_CHANCE, CHANCE, listed, stated, two_digits
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict
from cnnviz.records.gradient_norms import STEEPEST, GradientNorms, gradient_norms

PLACE = 20
ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}
TRAINED = TrainConfig("mnist", "lenet5", epochs=1, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.5)
SIGMOID, *OTHERS = ACTIVATIONS
BETWEEN = 4  # activations between the first layer's weights and the last one's
BOUND = STEEPEST["sigmoid"] ** BETWEEN


def verdict(results: Results) -> Verdict:
    """What came out. Expected: sigmoid passes on least of the gradient, less than its bound, and learns worst."""
    means = {label: results[label].mean for label in ACTIVATIONS}
    norms = {label: found for label in ACTIVATIONS if (found := gradient_norms(results[label])) is not None}
    worst = all(means[SIGMOID] < means[label] for label in OTHERS)
    right = listed([f"{label} {mean:.1%}" for label, mean in means.items()])
    stays = f". Sigmoid stays at chance, about {CHANCE:.0%}" if means[SIGMOID] < AT_CHANCE else ""
    sentences = [f"Test images right: {right}{stays}."]
    least = bounded = len(norms) == len(ACTIVATIONS)
    if least:
        shares = {label: float(found.share[0]) for label, found in norms.items()}
        least = all(shares[SIGMOID] < shares[label] for label in OTHERS)
        bounded = shares[SIGMOID] <= BOUND
        sentences += [_shares_words(norms), _bound_words(shares[SIGMOID])]
    agrees = worst and least and bounded
    sentences.append(_closing(worst=worst, least=least, bounded=bounded))
    best = max(OTHERS, key=means.__getitem__)
    headline = f"With sigmoids, {means[SIGMOID]:.1%} of the test images are right; with {best}, {means[best]:.1%}."
    return stated(agrees, headline, tuple(sentences), beside=-1)


def _shares_words(norms: dict[str, GradientNorms]) -> str:
    start = listed([f"{two_digits(found.share[0])} ({label})" for label, found in norms.items()])
    end = listed([f"{two_digits(found.share[-1])} ({label})" for label, found in norms.items()])
    return (
        f"The first layer's weights get {start} of the last layer's gradient at the first step, and {end} at the last."
    )


def _bound_words(share: float) -> str:
    return (
        f"Four sigmoids lie between the two: their slopes alone let at most 0.25⁴ = {two_digits(BOUND)} "
        f"through; {two_digits(share)} {'is less' if share <= BOUND else 'is more, so the weights lengthen it'}."
    )


def _closing(*, worst: bool, least: bool, bounded: bool) -> str:
    if worst and least and bounded:
        return "This is what the course expects: the sigmoid's gradient vanishes, and its network learns least."
    missed = [
        *(["sigmoid's accuracy is not the lowest"] if not worst else []),
        *(["its first layer does not get the smallest share of the gradient"] if not least else []),
        *(["that share is above the bound"] if not bounded else []),
    ]
    return f"This differs from what the course expects: {'; '.join(missed)}."


EXPERIMENT = Experiment(
    name="vanishing_lenet",
    title="Vanishing gradients in LeNet-5",
    question="How much of the gradient reaches LeNet-5's first layer through sigmoid, tanh and ReLU?",
    cells=tuple(Cell(said, replace(TRAINED, options=(("activation", name),))) for said, name in ACTIVATIONS.items()),
    expect=verdict,
    seeds=5,
    probes=("gradient_norms",),
)
