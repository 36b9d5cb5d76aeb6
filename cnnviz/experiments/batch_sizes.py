"""Batches of 8 to 512 images at one learning rate: the same images, fewer and steadier steps."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

from cnnviz.experiments.words import compared, stated
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Cell, Experiment, Results, Verdict

PLACE = 61
BEHIND = 0.01  # further than this from the best counts as behind
SIZES = (8, 32, 128, 512)
TRAINED = TrainConfig("mnist", "cnn", epochs=1, optimizer="sgd", lr=0.05, momentum=0.5, examples=20_000)


def verdict(results: Results) -> Verdict:
    """Expected: over the same images the largest batch falls behind; over the same steps it leads the smallest."""
    small, large = results.cells[0], results.cells[-1]
    best = max(results.cells, key=lambda one: one.mean)
    steps = [int(one.runs[0].curves["step"][-1]) for one in (small, large)]
    early = [mean(run.average("accuracy", after=steps[1] / 2, until=steps[1]) for run in one.runs)
             for one in (small, large)]  # fmt: skip
    behind, leads = large.mean < best.mean - BEHIND, early[1] > early[0]
    seconds = [mean(run.seconds for run in one.runs) for one in (small, large)]
    sentences = (
        f"After the same images, batches of {best.cell.label} get furthest: {best.mean:.1%} of the test images "
        "right; "
        + (f"batches of {large.cell.label} are {compared(large.mean, best.mean)}." if large is not best else
           f"batches of {small.cell.label} are {compared(small.mean, best.mean)}."),
        f"They made {steps[1]:,} steps, where batches of {small.cell.label} make {steps[0]:,}: at one learning rate, "
        "few steps lead less far.",
        f"Over the same steps it is the other way round: from step {steps[1] // 2} to {steps[1]}, {early[1]:.0%} of "
        f"the large batches' images are right and {early[0]:.0%} of the small ones'." if leads else
        f"Over the same steps, too, the large batches do not lead: {early[1]:.0%} against {early[0]:.0%}.",
        f"On this machine small batches cost time: {seconds[0]:.1f} s against {seconds[1]:.1f} s, testing included.",
        "" if behind and leads else "This is not all of what the course leads one to expect.",
    )  # fmt: skip
    headline = f"After the same images, batches of {best.cell.label} get furthest: {best.mean:.1%} right."
    return stated(behind and leads, headline, tuple(filter(None, sentences)), beside=2)


EXPERIMENT = Experiment(
    name="batch_sizes",
    title="Batch size",
    question="What does a larger batch change when everything else stays?",
    cells=tuple(Cell(f"{size} images", replace(TRAINED, batch_size=size)) for size in SIZES),
    expect=verdict,
    seeds=5,
    race=True,
    cut="20,000 of MNIST's 60,000 images, one pass.",
)
