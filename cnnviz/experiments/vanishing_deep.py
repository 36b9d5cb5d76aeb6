"""A deep plain CNN with sigmoid, tanh and ReLU, bare, normalised, with skips, with both: where gradients end."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.experiments.words import AT_CHANCE, CHANCE, changed, listed, stated, two_digits
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, CellResult, Experiment, Results, Verdict
from cnnviz.records.gradient_norms import divergence_step, divergences, gradient_norms

PLACE = 21
ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}
HELP = {
    "plain": (),
    "BatchNorm": (("batch_norm", True),),
    "skips": (("skip", True),),
    "both": (("batch_norm", True), ("skip", True)),
}
PLAIN, *HELPS = HELP
DEPTH = 16
TRAINED = TrainConfig(
    "mnist", "deep_cnn", epochs=2, batch_size=64, optimizer="sgd", lr=0.05, momentum=0.5, examples=10_000
)
VANISHED = 1e-3  # the first layer's share of the last one's gradient below this
APART = 0.2  # test accuracy so far below that of the last training batches is worth a word


def verdict(results: Results) -> Verdict:
    """What came out. Expected: the sigmoid's gradient vanishes, every help brings it back and raises the accuracy."""
    missed = _missed(results)
    sentences = (
        _plain_words(results),
        *_share_words(results),
        _help_words(results),
        *_diverged_words(results),
        *_apart_words(results),
        f"Not as expected: {'; '.join(missed)}." if missed else "All this is as expected.",
    )
    plain = results[f"sigmoid, {PLAIN}"].mean
    help = max(HELPS, key=lambda one: results[f"sigmoid, {one}"].mean)
    headline = f"The sigmoid stack gets {plain:.1%} right; with {help}, {results[f'sigmoid, {help}'].mean:.1%}."
    return stated(not missed, headline, sentences)


def _plain_words(results: Results) -> str:
    right = listed([f"{name} {results[f'{name}, {PLAIN}'].mean:.1%}" for name in ACTIVATIONS])
    low = [name for name in ACTIVATIONS if results[f"{name}, {PLAIN}"].mean < AT_CHANCE]
    stays = f"; {listed(low)} {'stay' if len(low) > 1 else 'stays'} at chance, about {CHANCE:.0%}" if low else ""
    return f"Test images right, plain: {right}{stays}."


def _share_words(results: Results) -> tuple[str, ...]:
    """The first layer's share of the last layer's gradient at the first step: plain, and the sigmoid's with help."""
    plain = [(name, _share(results[f"{name}, {PLAIN}"])) for name in ACTIVATIONS]
    helped = [(help, _share(results[f"sigmoid, {help}"])) for help in HELPS]
    if any(share is None for _, share in plain + helped):
        return ()
    said = listed([f"{two_digits(share or 0)} ({name})" for name, share in plain])
    back = listed([f"{two_digits(share or 0)} ({name})" for name, share in helped])
    return (
        f"At the first step the first layer gets {said} of the last layer's gradient when plain, "
        f"and through sigmoids with help {back}.",
    )


def _help_words(results: Results) -> str:
    """What the best help of each activation changes, in points of accuracy."""
    said = []
    for name in ACTIVATIONS:
        plain = results[f"{name}, {PLAIN}"].mean
        best = max(HELPS, key=lambda help: results[f"{name}, {help}"].mean - plain)
        said.append(f"{name} by {changed(plain, results[f'{name}, {best}'].mean)} ({best})")
    return f"Against plain, the best help changes {listed(said)} points."


def _diverged_words(results: Results) -> tuple[str, ...]:
    """Which cells overflowed, in how many of their runs, and when."""
    return tuple(
        f"{one.cell.label} diverged in {divergences(one)} of {one.n} run{'s' * (one.n > 1)}: from step "
        f"{divergence_step(one)} on its loss is no number, and it gives every image the same answer."
        for one in results.cells
        if divergences(one)
    )


def _apart_words(results: Results) -> tuple[str, ...]:
    """Cells that do much worse on test images than on their last training batches."""
    said = []
    for one in results.cells:
        trained = sum(run.ending("accuracy", batches=30) for run in one.runs) / one.n
        if trained - one.mean > APART:
            said.append(f"{one.cell.label} {trained:.1%} and {one.mean:.1%}")
    if not said:
        return ()
    return (
        f"On its last training batches and on the test images: {listed(said)}. BatchNorm takes the batch's own "
        "statistics in training and the running ones in a test.",
    )


def _missed(results: Results) -> list[str]:
    """What did not come out as expected, each in a few words."""
    missed = []
    share = _share(results[f"sigmoid, {PLAIN}"])
    if share is not None and share >= VANISHED:
        missed.append("the sigmoid's gradient does not vanish in the plain stack")
    for help in HELPS:
        helped = _share(results[f"sigmoid, {help}"])
        if share is not None and (helped is None or helped < 10 * share):
            missed.append(f"the sigmoid's gradient stays away with {help}")
        over = [name for name in ACTIVATIONS if divergences(results[f"{name}, {help}"])]
        lost = [
            name for name in ACTIVATIONS
            if name not in over and results[f"{name}, {help}"].mean <= results[f"{name}, {PLAIN}"].mean
        ]  # fmt: skip
        missed += [f"{listed(over)} {'diverge' if len(over) > 1 else 'diverges'} with {help}"] if over else []
        missed += [f"{listed(lost)} {'are' if len(lost) > 1 else 'is'} no better with {help}"] if lost else []
    return missed


def _share(result: CellResult) -> float | None:
    found = gradient_norms(result)
    return None if found is None else float(found.share[0])


EXPERIMENT = Experiment(
    name="vanishing_deep",
    title="Vanishing gradients in a deep plain CNN",
    question="What brings the gradient back to the first of sixteen convolutions?",
    cells=tuple(
        Cell(f"{said}, {helped}", replace(TRAINED, options=(("activation", name), ("depth", DEPTH), *options)))
        for said, name in ACTIVATIONS.items()
        for helped, options in HELP.items()
    ),
    expect=verdict,
    seeds=3,
    probes=("gradient_norms",),
    small={"dataset": "digits", "epochs": 1, "examples": 256},
    cut="10,000 of MNIST's 60,000 images, two passes over them, three seeds.",
)
