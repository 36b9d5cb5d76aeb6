"""What the page on training choices says: whole sentences, every number from a record."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cnnviz.records.experiments import Results
from cnnviz.topics.training_choices.figures import FIRST, per_epoch
from cnnviz.topics.training_choices.records import BatchNoise, Forgetting, OptimizerPath

TITLE = "What do order, batch size, augmentation and optimiser change?"
INTRODUCTION = (
    "The same network, with the same initial weights and the same images, is trained several times; in each part a "
    "single choice differs. The curves race, and the verdict is computed from the results."
)
SAID = {
    "Order": INTRODUCTION,
    "Batch size": (
        "**How many images does one step use?** Small batches take more and noisier steps for the same images."
    ),
    "Augmentation": (
        "**New images out of old ones.** Shifted, turned or mirrored at random: does the network generalise "
        "better, or only learn more slowly?"
    ),
    "Optimisers": "**Three ways to use a gradient.** SGD, momentum and Adam start from the same weights.",
}  # what each part shows: its title and a sentence
LAB_LINK = "Training lab: any network, any setting"

# Order
HOLDS = "What a batch holds"
BATCHES, SHOWN = "Batches", (f"the first {FIRST} batches", "the whole epoch")
WHY_BY_CLASS_FAILS = "Why “by class” fails: each class is forgotten"
TAUGHT_BY_CLASS, TAUGHT_SHUFFLED = "**Taught by class**", "**Shuffled**"
MIX_LINK = "Data and batches: the class mix of any data set"

# Batch size
NOISE_OF_A_STEP = "The noise of a step"
ALL_BATCHES_MEET = "The network that reads all batches"
STEPS = {0: "untrained", 20: "after 20 steps", 60: "after 60", 160: "after 160"}
STEPS_LINK = "Data and batches: steps, epochs and what a batch holds"

# Augmentation
EPOCH_BY_EPOCH = "The images, epoch by epoch"
TRAINING_BESIDE_TEST = "Training beside test"
AS_MET = (
    "Training accuracy is measured on the images as the network met them, cropped and flipped. Test images are never "
    "cropped or flipped."
)
TRANSFORMS_LINK = "Data and batches: these transforms and others, one by one"
OVERFITTING_LINK = "Dropout against overfitting"

# Optimisers
HOW_FAR = "How far one step goes"
RUNNING_MEANS = "m and s are running means of g and of g²; the hat marks that each is corrected for starting at zero."
SIZE, NOISY = "Size of the gradient g", "Its noise, times its size"
GRADIENTS_LINK = "Gradients: where they come from"


def unfinished(finished: int, cells: int) -> str:
    """Instead of the verdict, while cells are missing."""
    return f"{finished} of {cells} cells are finished; the verdict follows with the last."


def source(provenance: str, cut: str) -> str:
    """Below a part. provenance, cut: the experiment's own sentences."""
    return f"{provenance} {cut}"


# ------------------------------------------------------------------------------------------------------------- order
def batches(dataset: str, pictures: int, size: int, seed: int) -> str:
    """Under the mixes. dataset: its title; pictures: of an epoch; size: of a batch."""
    return f"{dataset}: the {pictures:,} images and the batches of {size} that seed {seed} of the experiment trains on."


def forgetting(by_class: Forgetting, shuffled: Forgetting) -> str:
    """How long a class lasts in the network that sees one after the other, and where both end."""
    taught = by_class.shown >= 0.5
    while_taught = by_class.right[taught].mean() if taught.any() else math.nan
    away = by_class.right[~taught].mean()
    return (
        f"Taught by class, the network classifies {100 * while_taught:.0f} % of a class's test images correctly while "
        f"that class is shown and {100 * away:.0f} % at all other times: it unlearns each class when the next one "
        f"comes. At the end {100 * by_class.accuracy[-1]:.0f} % are correct, averaged over all classes; shuffled, with "
        f"the same images and as many steps, it is {100 * shuffled.accuracy[-1]:.0f} %."
    )


def looked_at(model: str, dataset: str, size: int, epochs: int) -> str:
    """Under the two maps of forgetting: what was trained. size: of a batch."""
    return (
        "Share of test images classified correctly, class by class, every few steps. Trained here just now: "
        f"{model} on {dataset}, batches of {size}, {epochs} epochs."
    )


# -------------------------------------------------------------------------------------------------------- batch size
def noise(found: BatchNoise) -> str:
    """What more images buy: the spread of accuracies, and the gradient's direction."""
    small, large = found.sizes[0], found.sizes[-1]
    times = large.size / small.size
    return (
        f"The same network reads every batch; over all {found.pictures:,} images it is right on "
        f"{100 * found.accuracy:.0f} %.\n\n"
        f"* **Its accuracy** varies by {100 * small.spread:.1f} points between batches of {small.size}, and by "
        f"{100 * large.spread:.1f} between batches of {large.size}: {small.spread / large.spread:.0f} times less for "
        f"{times:.0f} times the images. Chance alone predicts √{times:.0f} = {math.sqrt(times):.0f}, and a little more "
        f"because {large.size} of {found.pictures:,} are drawn without putting any back.\n"
        f"* **Its gradient** points closer to that of all images: the mean cosine is {small.cosines.mean():.2f} with "
        f"{small.size} images and {large.cosines.mean():.2f} with {large.size}."
    )


# ------------------------------------------------------------------------------------------------------ augmentation
def gaps(found: Results) -> str:
    """When training accuracy pulls away from test accuracy, a sentence a cell."""
    said = []
    for one in (one for one in found.cells if one.n):
        epochs, train, test = per_epoch(one)
        best = int(test.argmax())
        said.append(
            f"{one.cell.label}: test accuracy is highest after epoch {epochs[best]:.0f} ({100 * test[best]:.1f} %), "
            f"and the gap at the end is {100 * (train[-1] - test[-1]):.1f} points."
        )
    return " ".join(said)


def transformed(dataset: str, pictures: int) -> str:
    """Under the images as training makes them. dataset: its title."""
    return (
        f"{dataset}: the first {pictures} training images, and the batches that training's own code makes of them. "
        "Crops move an image by up to four pixels; flips mirror half of the images."
    )


# -------------------------------------------------------------------------------------------------------- optimisers
def steps(descents: Mapping[str, OptimizerPath], size: float) -> str:
    """How far each optimiser's first and last step go. size: of the gradients, on average."""
    last = {name: float(abs(one.weights[-1, 0] - one.weights[-2, 0])) for name, one in descents.items()}
    first = {name: float(abs(one.weights[1, 0] - one.weights[0, 0])) for name, one in descents.items()}

    def moved(name: str) -> str:
        begins, ends = f"{first[name]:.2g}", f"{last[name]:.2g}"
        end = "in the last" if ends == begins else f"by {ends} in the last"
        return f"{name} moves the weight by {begins} in the first step and {end}."

    return f"The gradients are {size:g} on average. {' '.join(map(moved, last))}"
