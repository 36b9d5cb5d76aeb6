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
        "Each piece of an image below is as large as what one cell sees. The nine on the left drive the channel "
        "highest, those on the right lowest. Do the nine on the left have something in common?"
    ),
    "made": (
        "The network stays as it is, and an image is changed step by step: until a channel or a class answers "
        "strongly, or until it has gone from one kind of images towards another. What comes out may look striking. "
        "Does it go through the layers as real images do? That is measured beside it."
    ),
    "yours": YOURS_INTRODUCTION,
    "cut": surgery_captions.INTRODUCTION,
    "game": (
        "Nine pieces of images drive one channel of this layer high, nine drive it low. Below are the maps A to D of "
        "four channels on your image, orange above zero. Which one is this channel's?"
    ),
}
LAYER, CHANNEL = "Layer", "Channel"
CHANNEL_HELP = "It opens with the channel whose nine strongest images stand out most from the rest."
RUNNING = "{} images through the network as far as {}: {}."
STOPPED = "Stopped after {} of {} images, which are kept. A channel's highest and lowest are among all of them."
NO_MAPS = "This network has no layer with maps or a vector, so there is no unit to ask. Another network works."
PATCHES = "The numbers of this channel, CSV"
NOT_SAID = (
    "What nine images have in common is a guess: the histogram shows how many others drive the channel nearly as high, "
    "and the channel may answer to several things that have nothing in common."
)


def measured(found: Responses, layer: str, network: str, gallery: str, channel: int) -> str:
    """The line over the boards. layer: the one that was chosen, whose activation function is left out."""
    before = f" (before {layer} cuts off what is low)" if layer != found.layer else ""
    sees = found.field.size_words if found.field.status == "exact" else found.field.words
    silent = float((found.high[:, channel] <= 0).mean())
    says = f" · no cell above zero in {percent(silent)} of the images" if silent else ""
    return (
        f"{network} · {found.layer}{before}, channel {channel} of {found.channels} · a cell sees {sees} · "
        f"{found.images} images ({gallery}) in {found.seconds:.1f} s{says}"
    )


def stands(value: float, found: Responses, channel: int) -> str:
    """Where one number lies among all images' highest cells."""
    below = int((found.high[:, channel] < value).sum())
    said = "all" if below == found.images else "none of the" if below == 0 else f"{below} of the"
    return f"{number(value)}, above that of {said} {found.images} images"


STEPS, SEED = "Steps", "Start"
SEED_HELP = (
    "Each number starts from other noise. What two starts have in common comes from the channel, the rest from the "
    "noise."
)
MADE_SAYS, REAL_SAYS = "Made for it", "Real images that drive it"
WAYS = "Does it take the same way?"
WAYS_SAYS = (
    "At each layer all channels are ranked by their mean, once for the made image and once for real ones. 1 is the "
    "same ranking, 0 no relation. Where the made image drives the unit as real images do, its line lies on theirs."
)
NO_GAME = "This layer has no four channels whose maps on your image can be told apart. Another layer or image works."
LETTERS = "ABCD"
NEXT, YOURS = "Another round", "Your image, as the network sees it"
SCORE = "{} of {} right so far; guessing gets one of four."


def climbed(value: float, highest: float, found: Responses, channel: int) -> str:
    """Under the made image."""
    return (
        f"On this image the channel's mean is {number(value)}; over all real images it is "
        f"{number(float(found.mean[channel]))}. Its highest cell is {stands(highest, found, channel)}."
    )


def climbed_cell(value: float, found: Responses, channel: int) -> str:
    """Under an image that was made for one cell."""
    return f"On this image the channel's middle cell is {stands(value, found, channel)}, each by its highest cell."


def ways(found: Ways) -> str:
    """What the lines say, computed: where the made image leaves the way of the real ones."""
    apart = found.made + found.wide < found.real
    if not apart.any():
        return (
            f"At all {len(apart)} layers the made image is as much like the real images as they are like each other: "
            "it drives the unit in the same way."
        )
    first = found.layers[int(np.argmax(apart))]
    return (
        f"At {int(apart.sum())} of {len(apart)} layers, first at {first}, the made image is clearly less like the real "
        "images than they are like each other: it drives the unit, but in another way."
    )


def option(place: int, channel: int | None) -> str:
    """What stands under one of the four maps; its channel once the guess is made."""
    return f"{LETTERS[place]} is the one" if channel is None else f"{LETTERS[place]}: channel {channel}"


def guessed(options: tuple[int, ...], channel: int, picked: int) -> str:
    """What follows a guess: letters as under the maps, and their channels. options: those of A, B, C, D."""
    named = {one: f"{letter} (channel {one})" for letter, one in zip(LETTERS, options, strict=True)}
    if picked == channel:
        return f"Right: the pieces belong to {named[channel]}."
    theirs = f"The pieces belong to {named[channel]}, not to {named[picked]}."
    return f"{theirs} Look where each is strong, and what lies there."


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
UNIT_PATCHES = {
    "highest_keys": (
        "Patches that drive the unit highest. Arrow keys move between them, Enter keeps one, Escape lets go."
    ),
    "lowest_keys": "Patches that drive the unit lowest. Arrow keys move between them, Enter keeps one, Escape lets go.",
    "lens": "{title}, with the patch that the unit sees",
    "whole_image": "{value}, from the whole image",
    "whole_image_kept": "{value}, from the whole image; kept",
    "sees_all": "{value} at cell {row}, {column}; sees the whole image",
    "sees_all_kept": "{value} at cell {row}, {column}; sees the whole image; kept",
    "sees": "{value} at cell {row}, {column}; sees {height} × {width} pixels",
    "sees_kept": "{value} at cell {row}, {column}; sees {height} × {width} pixels; kept",
    "highest": "highest cell of each of {images} images",
    "lowest": "lowest cell",
    "axis": "the unit's response",
    "at_hand": "the patch at hand",
    "yours": "your image, {value}",
    "mean": "mean of all cells {mean}; heights: square roots of counts",
    "responses": "Responses of {images} images, from {low} to {high}",
}
