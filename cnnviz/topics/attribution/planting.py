"""The two small networks that a planted shortcut needs, for any data set: their settings, and whether it is enough."""

from __future__ import annotations

from cnnviz import datasets, limits
from cnnviz.datasets import planted_cue
from cnnviz.records import TrainConfig

MODEL = "net"
SEEN = 72_000  # training images of 32 × 32 pixels, all epochs together; of larger ones fewer
EPOCHS = (12, 60)  # the fewest and the most
LARGE = 640  # training images from which a batch holds 64 of them
MOST = limits.PLANTED_IMAGES  # training images
LEAST = {"train": 20, "test": 10}  # images without which nothing can be said
OWN_PAIR = ("shapes", "shapes_cue", "shapes_random_cue")  # what ships was trained on the first, as the other two


def names() -> tuple[str, ...]:
    """The data sets at hand that a shortcut can be planted in, the shapes, whose networks ship, first."""
    there = [name for name in datasets.names() if name not in OWN_PAIR and datasets.status(name).available]
    return (OWN_PAIR[0], *there)


def problem(images: str) -> str:
    """Why this data set will not do, in a sentence; "" where it will. Raises datasets.DatasetError."""
    status = datasets.status(planted_cue.CUE + images)
    if not status.available:
        return status.sentence
    title = datasets.info(images).title
    for split, least in LEAST.items():
        if (count := len(datasets.load(images, split))) < least:
            kind = "training" if split == "train" else "test"
            return (
                f"{title} has {count} {kind} images, and this takes at least {least}: with fewer, nothing could be "
                "said of a method. A folder of some dozens of images in each class works."
            )
    return ""


def configs(images: str) -> tuple[TrainConfig, TrainConfig]:
    """(with the cue, its twin): alike in everything else. Raises datasets.DatasetError."""
    count, (_, height, width) = min(MOST, len(datasets.load(images))), datasets.info(images).shape
    seen = SEEN * min(1.0, 4 * 32 * 32 / (height * width))
    epochs = min(EPOCHS[1], max(EPOCHS[0], int(seen / count)))
    cue, twin = (
        TrainConfig(
            start + images, MODEL, epochs=epochs, batch_size=64 if count >= LARGE else 16, optimizer="adam", lr=0.002,
            schedule="onecycle", examples=None if len(datasets.load(images)) <= MOST else MOST,
        )
        for start in (planted_cue.CUE, planted_cue.RANDOM)
    )  # fmt: skip
    return cue, twin
