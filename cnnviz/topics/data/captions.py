"""What the page on data and batches says: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records.batches import Channels, Constants, EpochPlan, Mix

TITLE = "What does a network get to see, and in which order?"
INTRODUCTION = (
    "A data set is two tables of numbers: images and their labels. You see them as stored and as the network gets "
    "them: transformed, normalised, shuffled and split into batches."
)
TRAIN_ON_IT = "Train a network on it now"
TRAIN_ON_IT_HELP = (
    "EfficientNet-Lite0 has seen ImageNet; its last layer learns your classes. A few dozen photographs take seconds."
)
SIZE_HELP = (
    "128 suits photographs and the last layer of EfficientNet-Lite0. Small networks that learn from the start are "
    "quick on 32."
)
READING = "Reading the images …"
ONE_EPOCH = "One epoch in each order …"
COUNTING = "Counting every pixel …"


def data_set(sentence: str, shape: Sequence[int], classes: int) -> str:
    """Under the picker. sentence: what the data set says of itself; shape: (C, H, W)."""
    return f"{sentence} Shape `{list(shape)}`, {classes} classes."


# ------------------------------------------------------------------------------------------------ images
ALL_CLASSES = "all classes"
NORMALISED = "As the network gets them (normalised)"


def page_of(pages: int) -> str:
    """On the field of the page number."""
    return f"Page, of {pages:,}"


def class_and_count(title: str, count: int) -> str:
    """One class in the list."""
    return f"{title} ({count:,})"


def shown(count: int, total: int, title: str | None, source: str) -> str:
    """How many images of which class are shown, and where they come from. title: of the class, None for all."""
    if title is None:
        return f"{count} of {total:,} images · all classes · {escaped(source)}"
    return f"{count} of {total:,} images · class {escaped(title)} · {escaped(source)}"


def normalised(channels: int) -> str:
    """How a normalised image is drawn. channels: 1 or 3."""
    if channels == 1:
        return "Normalised: the mean of the data set is drawn neutral grey, values below it blue, above it orange."
    return "Normalised: the mean is drawn as the middle level. The image hardly looks different; its numbers are."


# ------------------------------------------------------------------------------------------------ transforms
PADDING = "Padding before the crop, px"
DEGREES = "Rotation up to, °"
JITTER = "Colour jitter, ±"
HUE = "Hue, ± turns"


def chance(offered: Sequence[str]) -> str:
    """That a transform is drawn anew each time. offered: the augmentations that training here offers."""
    return (
        "The random choice is made anew for every image and every epoch: point at an image to read what was chosen for "
        f"it. Training itself offers {' and '.join(offered)}, computed by the same functions."
    )


# ------------------------------------------------------------------------------------------------ batches
TRAIN_ONE_EPOCH = "Train a linear classifier for one epoch in each order"


def epoch(plan: EpochPlan) -> str:
    """What an epoch is, with the numbers of this data set."""
    ratio = f"{plan.examples:,} / {plan.batch_size} = {plan.examples / plan.batch_size:.2f}, rounded up"
    start = (
        f"**One epoch** uses each of the {plan.examples:,} training images once. In batches of {plan.batch_size} that "
        f"is **{plan.steps:,} steps** ({ratio})"
    )
    if plan.last == plan.batch_size:
        return f"{start}; all batches have {plan.batch_size} images."
    return f"{start}: {plan.full:,} batches of {plan.batch_size} and a last one of {plan.last}."


def updates(plan: EpochPlan, *, epochs: int = 10) -> str:
    """How often the weights change."""
    return f"Each step changes the weights once, so {epochs} epochs make {epochs * plan.steps:,} updates."


def last_batch(plan: EpochPlan) -> str:
    """That a last batch of one image is left out with BatchNorm; "" for any other."""
    if plan.last != 1 or plan.batch_size == 1:
        return ""
    return "The last batch is a single image, too few for BatchNorm: networks that have it leave that batch out."


def class_mix(item: Mix, *, expected: float) -> str:
    """How many different classes a batch has in this order. expected: by chance."""
    found = item.distinct
    return (
        f"{found.mean():.1f} different classes per batch on average, {found.min()} to {found.max()} (by chance "
        f"{expected:.1f})"
    )


def accuracy(item: Mix) -> str:
    """The test accuracy after one epoch in this order; "" where it was not measured."""
    if not np.isfinite(item.accuracy):
        return ""
    if item.n > 1:
        return (
            f"test accuracy of a linear classifier after this one epoch: {percent(item.accuracy)} (mean of {item.n} "
            "shuffles)"
        )
    return f"test accuracy of a linear classifier after this one epoch: {percent(item.accuracy)}"


# ------------------------------------------------------------------------------------------------ mean and deviation
def counted(found: Channels) -> str:
    """Over what mean and deviation were computed."""
    return f"Computed over all {found.counts.sum():,} values of {found.pictures:,} training images."


def own_constants(own: Constants) -> str:
    """How far the constants lie off that training here uses."""
    return f"The constants {own.title} are off by at most {number(own.difference)}."


def averaged_deviations(found: Channels, listed: Sequence[Constants]) -> tuple[str, ...]:
    """A sentence for each published deviation that is an average over images; none for those that are not."""
    return tuple(
        f"The standard deviation {item.title} is the average of each image's own, not that of all pixels."
        for item in listed[1:-1]
        if _is_averaged(item, found)
    )


def farthest_off(listed: Sequence[Constants]) -> str:
    """The published constants that fit these images least, and what they leave. listed: the project's own first."""
    worst = max(listed[1:], key=lambda item: item.difference)
    low, high = min(worst.std_after), max(worst.std_after)
    shift = f"{max(worst.mean_after, key=abs):.4f}".replace("-", "−")
    if high - low < 0.005:
        return (
            f"Of these constants, {worst.title} fit worst: with them the normalised images have a mean of {shift} "
            f"instead of 0 and a standard deviation of {low:.4f} instead of 1."
        )
    return (
        f"Of these constants, {worst.title} fit worst: with them the normalised images have a mean of {shift} "
        f"instead of 0 and standard deviations from {low:.4f} to {high:.4f} instead of 1."
    )


def _is_averaged(item: Constants, found: Channels) -> bool:
    """Nearer than 0.005 to the average of each image's own deviation, and four times as far from the true one."""
    own, true = (float(np.abs(np.asarray(item.std) - std).max()) for std in (found.picture_std, found.std))
    return own < 0.005 and true > 4 * own


# ------------------------------------------------------------------------------------------------ a folder of one's own
FOLDER = (
    "Upload a zip with one folder of images per class, such as `cats/…jpg` and `dogs/…jpg`. The middle of each image "
    "is cut out square and made small; every fifth image is kept for testing (or bring `train/` and `test/`, or "
    "`val/`, yourself). An image may bring a mask: `cat_mask.png` beside `cat.jpg`, light where the object is. The "
    "page Why this answer? then tests whether explanations find the object."
)
SAID = {
    "Images": ("**Images as they are stored.** Click one to read its numbers; the switch shows what the network gets."),
    "Transforms": ("**One transform at a time.** The same image before and after, and the line of code that does it."),
    "Batches": ("**An epoch is every image once, cut into batches.** Shuffled or not: which classes meet in one step?"),
    "Mean and deviation": (
        "**Why images are normalised.** The mean and deviation of each channel are measured here, and held "
        "against the published ones."
    ),
    "Your own data": FOLDER,
}  # what each part shows: its title and a sentence
NO_ZIP = "No zip was given: choose one, then add it."
EXAMPLE_ZIP = "A small zip to try"
EMPTIED = "Your trash of data sets is empty."
NONE_YET = "You have added no data set yet."


def zip_of_folders(megabytes: int) -> str:
    """On the field of the upload."""
    return f"Zip of class folders, up to {megabytes} MB"


def zip_budget(files: int, pixels: int, seconds: float) -> str:
    """Said before a zip is chosen: how much of it is read."""
    return (
        f"Up to {files:,} images with {pixels // 10**9:,} billion pixels are read, for {seconds:.0f} seconds "
        "of computing at most. Closing the page ends it, and nothing of it stays."
    )


def read_so_far(done: int, of: int) -> str:
    """Over the bar while a zip is read."""
    return f"{done:,} of {of:,} images are read"


def left_out(files: int) -> str:
    """Over the list of files that were not taken."""
    return f"{files:,} files were left out, and why"


def added(name: str, images: int, classes: int, *, skipped: int, masks: int = 0) -> str:
    """A zip was imported. skipped: how many files were left out. masks: how many images have one."""
    said = f"{escaped(name)}: {images:,} images of {classes} classes were added"
    said += f", {masks:,} of them with a mask" if masks else ""
    said += f"; {skipped:,} files were left out" if skipped else ""
    return f"{said}. You find it in the list of data sets, here and in the sidebar."


def removed(name: str) -> str:
    """A data set of one's own was moved to the trash."""
    return f"{escaped(name)} is removed, and lies in the trash."


def restored(name: str) -> str:
    """It was taken back."""
    return f"{escaped(name)} is back."


def take_back(name: str) -> str:
    """A button: the data set that was removed last comes back."""
    return f"Take {escaped(name)} back"


def empty_trash(count: int, others: int = 0) -> str:
    """A button: what lies in the trash is removed for good. others: how many of other people's lie there, and stay."""
    said = f"Empty the trash: {count} {'data set' if count == 1 else 'data sets'}, for good"
    return f"{said} ({others} of other visitors {'stays' if others == 1 else 'stay'})" if others else said


def problem(message: str) -> str:
    """A data set's error as a sentence."""
    return f"{message[:1].upper()}{message[1:]}"
