"""What the page "What a unit looks for" says, in whole sentences."""

from __future__ import annotations

from cnnviz.figures.numbers import number
from cnnviz.topics.looks_for.records import Responses

TITLE = "What a unit looks for"
REAL, MADE, GAME = "Real images", "An image made for it", "Which unit was it?"
INTRODUCTION = {
    "real": (
        "These pieces of images, each as large as one cell sees, drive the channel highest and lowest. Do the nine on "
        "the left have something in common?"
    ),
    "made": (
        "Here the network stays as it is, and the image is changed step by step so that the channel's mean grows. It "
        "looks striking; whether it shows what the channel does with real images is measured beside it."
    ),
    "game": (
        "Nine pieces of images drive one channel of this layer high, nine drive it low. Below are the maps of four "
        "channels on your image. Which of the four is the channel that these pieces belong to?"
    ),
}
GALLERY, COUNT, LAYER, CHANNEL = "Images", "How many", "Layer", "Channel"
CHANNEL_HELP = "It opens with the channel whose nine strongest images stand out most from the rest."
RUNNING = "{} images through the network as far as {}: {:.0%}. Any click stops it."
PREPARING = "The images are cut and resized …"
NO_GALLERY = "These images cannot be read: {}. Others are in the list."
NO_MAPS = "This network has no layer with maps or a vector, so there is no unit to ask. Another network works."
PATCHES = "The numbers of this channel, CSV"
NOT_SAID = (
    "What nine images have in common is a guess: the histogram shows how many others drive the channel nearly as high, "
    "and it may answer to several things that have nothing in common."
)


def images(title: str) -> str:
    """What the button says behind which the images are chosen."""
    return f"Images: {title.split(',')[0]}"


def measured(found: Responses, layer: str, network: str, gallery: str, channel: int) -> str:
    """The line over the boards. layer: the one that was chosen, whose activation function is left out."""
    before = f" (before {layer} cuts what is low)" if layer != found.layer else ""
    sees = found.field.size_words if found.field.status == "exact" else found.field.words
    silent = float((found.high[:, channel] <= 0).mean())
    says = f" · no cell above zero in {silent:.0%} of the images" if silent else ""
    return (
        f"{network} · {found.layer}{before}, channel {channel} of {found.channels} · a cell sees {sees} · "
        f"{found.images} images ({gallery}) in {found.seconds:.1f} s{says}"
    )


def usual(title: str) -> str:
    """The first entry of the list of images."""
    return f"this network's own: {title}"


def stands(value: float, found: Responses, channel: int) -> str:
    """Where one number lies among all images' highest cells."""
    below = float((found.high[:, channel] < value).mean())
    return f"{number(value)}, above {below:.0%} of the {found.images} images"
