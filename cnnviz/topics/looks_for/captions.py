"""What the page "What a unit looks for" says, in whole sentences."""

from __future__ import annotations

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.topics.looks_for import surgery_captions
from cnnviz.topics.looks_for.made_captions import YOURS_INTRODUCTION
from cnnviz.topics.looks_for.records import Responses, Ways

TITLE = "What a unit looks for"
REAL, MADE, GAME = "Real images", "An image made for it", "Which unit was it?"
INTRODUCTION = {
    "real": (
        "These pieces of images, each as large as one cell sees, drive the channel highest and lowest. Do the nine on "
        "the left have something in common?"
    ),
    "made": (
        "Here the network stays as it is, and the image is changed step by step so that the channel's mean grows, or a "
        "class's score, or how far it lies on the way between two kinds of images. It looks striking; whether it shows "
        "what real images do there is measured beside it."
    ),
    "yours": YOURS_INTRODUCTION,
    "cut": surgery_captions.INTRODUCTION,
    "game": (
        "Nine pieces of images drive one channel of this layer high, nine drive it low. Below are the maps of four "
        "channels on your image, orange above zero. Which of the four do these pieces belong to?"
    ),
}
LAYER, CHANNEL = "Layer", "Channel"
CHANNEL_HELP = "It opens with the channel whose nine strongest images stand out most from the rest."
RUNNING = "{} images through the network as far as {}: {}. Any click stops it."
NO_MAPS = "This network has no layer with maps or a vector, so there is no unit to ask. Another network works."
PATCHES = "The numbers of this channel, CSV"
NOT_SAID = (
    "What nine images have in common is a guess: the histogram shows how many others drive the channel nearly as high, "
    "and it may answer to several things that have nothing in common."
)


def measured(found: Responses, layer: str, network: str, gallery: str, channel: int) -> str:
    """The line over the boards. layer: the one that was chosen, whose activation function is left out."""
    before = f" (before {layer} cuts what is low)" if layer != found.layer else ""
    sees = found.field.size_words if found.field.status == "exact" else found.field.words
    silent = float((found.high[:, channel] <= 0).mean())
    says = f" · no cell above zero in {percent(silent)} of the images" if silent else ""
    return (
        f"{network} · {found.layer}{before}, channel {channel} of {found.channels} · a cell sees {sees} · "
        f"{found.images} images ({gallery}) in {found.seconds:.1f} s{says}"
    )


def stands(value: float, found: Responses, channel: int) -> str:
    """Where one number lies among all images' highest cells."""
    below = float((found.high[:, channel] < value).mean())
    return f"{number(value)}, above {percent(below)} of the {found.images} images"


STEPS, SEED = "Steps", "Start"
SEED_HELP = (
    "Each number starts from other noise. Where two starts end alike, the channel says so; where not, the noise."
)
MADE_SAYS, REAL_SAYS = "Made for it", "Real images that drive it"
WAYS = "Does it take the same way?"
WAYS_SAYS = (
    "At each layer, how alike in rank the channels' means are: 1 is the same order, 0 no relation. The made image "
    "drives the unit; if it does so as real images do, its line lies where theirs lies."
)
NO_GAME = "This layer has no four channels whose maps on your image can be told apart. Another layer or image works."
NEXT, YOURS = "Another round", "Your image, as the network sees it"
SCORE = "{} of {} right so far; guessing gets one of four."


def climbing(step: int, steps: int, value: float) -> str:
    """Under the image while it comes about."""
    return f"Step {step} of {steps}: the channel's mean is {number(value)}. Any click stops it."


def climbed(value: float, highest: float, found: Responses, channel: int) -> str:
    """Under the made image."""
    return (
        f"Its channel's mean is {number(value)} (over all images it is {number(float(found.mean[channel]))}); its "
        f"highest cell says {stands(highest, found, channel)}."
    )


def ways(found: Ways) -> str:
    """What the lines say, computed: where the made image leaves the way of the real ones."""
    apart = found.made + found.wide < found.real
    if not apart.any():
        return f"At none of {len(apart)} layers does it lie clearly below the real images: it takes their way."
    first = found.layers[int(np.argmax(apart))]
    return (
        f"At {int(apart.sum())} of {len(apart)} layers, first at {first}, it is clearly less like the real images than "
        f"they are among themselves: it drives the unit, and not as they do."
    )


def option(place: int, channel: int | None) -> str:
    """What stands under one of the four maps; its channel once the guess is made."""
    letter = "ABCD"[place]
    return f"{letter} is the one" if channel is None else f"{letter}: channel {channel}"


def guessed(right: bool, channel: int, picked: int) -> str:
    """What follows a guess."""
    if right:
        return f"Right: the pieces belong to channel {channel}."
    return (
        f"It was channel {channel}, and that map is channel {picked}'s. Look where each is strong, and what lies there."
    )
