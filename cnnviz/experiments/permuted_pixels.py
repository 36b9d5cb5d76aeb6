"""The course's own experiment: does a convolution still help once the pixels have been shuffled?

Two networks of the same size, one that knows which pixels are neighbours and one that does not, on MNIST and on MNIST
with all pixels moved by one fixed permutation. One pass over the data, SGD with momentum, as the lecture notes have it.
"""

from __future__ import annotations

from dataclasses import replace

from cnnviz.experiments.words import apart, changed, compared, stated
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Published, Results, Verdict

PLACE = 10
FC, CNN, FC_PERMUTED, CNN_PERMUTED = "FC", "CNN", "FC, permuted", "CNN, permuted"
AS_THE_COURSE = TrainConfig("mnist", "fc2layer", epochs=1, batch_size=64, optimizer="sgd", lr=0.01, momentum=0.5)
PERMUTATION = 0  # the seed of the one permutation, that of the shipped networks
BANDS = {FC: (0.85, 0.89), CNN: (0.93, 0.97), CNN_PERMUTED: (0.78, 0.85)}  # where a mean of five seeds falls
APART = 0.03  # FC on permuted pixels lies no further from FC than this
CHANCE = 0.1
NOTES = "lecture notes"


def cells() -> tuple[Cell, ...]:
    """Both networks, on images as they are and permuted."""
    both = ((FC, "fc2layer", None), (CNN, "cnn", None), (FC_PERMUTED, "fc2layer", PERMUTATION),
            (CNN_PERMUTED, "cnn", PERMUTATION))  # fmt: skip
    return tuple(Cell(label, replace(AS_THE_COURSE, model=model, permutation=order)) for label, model, order in both)


def verdict(results: Results) -> Verdict:
    """What came out, and whether it is what the course says; its bands are MNIST's, elsewhere only the order counts."""
    fc, cnn, fc_permuted, cnn_permuted = (results[label].mean for label in (FC, CNN, FC_PERMUTED, CNN_PERMUTED))
    lost_fc, lost_cnn = fc - fc_permuted, cnn - cnn_permuted
    expected = [abs(lost_fc) <= APART, lost_cnn > 2 * max(lost_fc, 0), cnn > fc, cnn_permuted > 3 * CHANCE]
    if results.dataset == AS_THE_COURSE.dataset:
        expected += [low <= results[label].mean <= high for label, (low, high) in BANDS.items()]
    far = "far above chance" if cnn_permuted > 3 * CHANCE else "near chance"
    sentences = (
        f"Permuting the pixels changes FC by {changed(fc, fc_permuted)} points and the CNN by "
        f"{changed(cnn, cnn_permuted)}.",
        f"The CNN is {compared(cnn, fc)} on images as they are, and {compared(cnn_permuted, fc_permuted)} on "
        "permuted ones.",
        f"On permuted images the CNN gets {cnn_permuted:.1%} right, {far} ({CHANCE:.0%}).",
        _against_the_course(results, agrees=all(expected)),
    )
    headline = (
        f"Shuffled pixels cost the CNN {apart(cnn, cnn_permuted) * 100:.1f} points; FC hardly notices."
        if all(expected[:2])
        else f"Shuffled pixels change FC by {changed(fc, fc_permuted)} points, the CNN by {changed(cnn, cnn_permuted)}."
    )
    return stated(all(expected), headline, sentences, beside=1)


def _against_the_course(results: Results, *, agrees: bool) -> str:
    if agrees:
        return f"This is what the course finds (means over {results.n} seed{'s' * (results.n != 1)})."
    outside = [
        f"{label} lies at {results[label].mean:.1%}, outside {low:.0%} to {high:.0%}"
        for label, (low, high) in BANDS.items()
        if results.dataset == AS_THE_COURSE.dataset and not low <= results[label].mean <= high
    ]
    return "This differs from what the course finds" + (": " + "; ".join(outside) if outside else "") + "."


EXPERIMENT = Experiment(
    name="permuted_pixels",
    title="Permuted pixels",
    question="Does a convolutional network still win when every image's pixels are permuted alike?",
    cells=cells(),
    expect=verdict,
    seeds=5,
    published={
        FC: Published(0.87, NOTES),
        CNN: Published(0.95, NOTES),
        FC_PERMUTED: Published(0.85, NOTES),
        CNN_PERMUTED: Published(0.83, NOTES),
    },
)
