"""What the page "A map of the images" says, in whole sentences."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import percent
from cnnviz.topics.image_map.records import ImageFeatures, Parted

TITLE = "A map of the images"
INTRODUCTION = (
    "Each image stands where a layer puts it: near to what this layer finds alike. Move the slider through the layers: "
    "do the classes part? The image with a ring is yours."
)
COLOURS = ("class", "answer", "right")  # what an image's colour tells
METHOD = "Plane"
METHODS = {"pca": "PCA", "tsne": "t-SNE"}
METHOD_HELP = (
    "PCA looks from the side from which the images lie furthest apart. t-SNE keeps neighbours together and gives up "
    "everything else: how far groups lie apart, and how large they are, means nothing there."
)
RUNNING = "{} images through the whole network: {}."
STOPPED = "Stopped after {} of {} images, which are kept. The map is made of all of them."
PLACING = "t-SNE of {}, layer {} of {}: {}."
PLACING_STOPPED = "Stopped after t-SNE of {} of {} layers, which are kept. PCA is there at once."
NUMBERS = "Places and neighbours' votes, CSV"
AVERAGED = (
    "Before images are compared, each map of a layer is averaged over its cells. That leaves out where something "
    "stands, so an early layer may know less of the class than the pixels do."
)
OWN_PLACE = {
    "pca": "Your image is laid onto each layer's plane, which was made without it.",
    "tsne": "t-SNE has no place for a new image: yours stands in the middle of the five that are nearest to it.",
}


def measured(found: ImageFeatures, network: str, gallery: str) -> str:
    """The line over the map."""
    return f"{network} · {len(found)} images ({gallery}) · {len(found.layers)} layers in {found.seconds:.1f} s"


def answer(classes: Sequence[str], index: int) -> str:
    """What the network says of an image: the name of its largest output; "" where it has none (−1)."""
    if index < 0:
        return ""
    return classes[index] if index < len(classes) else f"output {index}"


def kept(method: str, share: float) -> str:
    """What the plane keeps, in words."""
    return (
        f"keeps {percent(share)} of the variance"
        if method == "pca"
        else f"divergence left {share:.2f} (0 would keep all neighbours)"
    )


def crops(photographs: int) -> str:
    """Under the verdict on the photographs. photographs: how many there are, each of them a class."""
    return (
        f"These images are crops of {photographs} photographs, and each photograph is a class of its own. So "
        "neighbours find the same photograph again, which is easier than to find another cat. A data set asks that "
        "harder question."
    )


def verdict(found: Sequence[Parted]) -> str:
    """Whether classes part on the way, computed: no rise is claimed where the intervals overlap."""
    first, last = found[0], found[-1]
    best = max(found, key=lambda one: one.right)
    said = (
        "Guess each image's class from its five nearest others: by the pixels that is right for "
        f"{percent(first.right)} of the images, by {last.layer} for {percent(last.right)} (always guessing the "
        f"largest class: {percent(first.chance)})."
    )
    if last.right - last.wide > first.right + first.wide:
        end = "So the classes have parted"
    elif last.right + last.wide < first.right - first.wide:
        end = "So the classes have come closer"
    else:
        end = "The two intervals overlap, so whether the classes part cannot be told from these images"
    more = "" if best.right <= last.right + last.wide else f"; {best.layer} parts them best, with {percent(best.right)}"
    return f"{said} {end}{more}."


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
IMAGE_MAP = {
    "keys": (
        "Map of images. Arrow keys go to the next image in that direction, Enter keeps one, plus and minus zoom, "
        "0 shows all, page up and page down change the layer, Escape lets go."
    ),
    "others": "{count} others",
    "all": "All",
    "nearer": "nearer",
    "further": "further",
    "show_all": "show all",
    "layer": "{layer}: {kept}; class by neighbours {right} ± {wide}, guessing {chance}",
    "your_image": "Your image",
    "image": "{label}, image {item}",
    "says_no_class": "What this network returns is not a class.",
    "says": "The network says “{answer}”.",
    "says_right": "The network says “{answer}”, right.",
    "says_wrong": "The network says “{answer}”, wrong.",
    "kept": "Kept: click it again to let go.",
    "nearest": "Nearest in the layer {layer}",
    "images": "{count} images",
    "same_class": "{same} of {count} are of its class",
}
