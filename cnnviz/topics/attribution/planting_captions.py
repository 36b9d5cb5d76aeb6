"""What is said of a shortcut that is planted in images of one's own, and of the training of its two networks."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.records import TrainConfig

IMAGES = "Images"
IMAGES_HELP = (
    "The shapes come with two trained networks. For any other data set, also one of your own (Data, Your own data), "
    "two small networks are trained here."
)
READING = "The images are read …"
NETWORKS = {"cue": "With the cue", "twin": "Its twin"}
TRAIN, AGAIN, STOP = "Train the two networks", "Train both anew", "Stop both"
NOT_BEGUN = "not begun"
DIVERGED = (
    "A network diverged: its loss became infinite or not a number. Training both anew rarely helps with these images; "
    "others will."
)


def offered(title: str, configs: Sequence[TrainConfig]) -> str:
    """What the button does, before it was ever pressed."""
    epochs = configs[0].epochs
    some = f", on {configs[0].examples:,} of the images" if configs[0].examples is not None else ""
    return (
        f"Two small networks (the course's Net) learn {title} for {epochs} epochs each{some}: one with a patch that "
        "names the class, its twin with a drawn one. They train in the background, like any run, and Stop ends both."
    )


def trained(title: str) -> str:
    """That both networks are there."""
    return f"Both networks were trained on {title} here, alike but for the patch."
