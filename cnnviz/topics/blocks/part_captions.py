"""What each part of the page on blocks shows: its title and a sentence."""

from __future__ import annotations

SAID = {
    "Unit": "**Convolution, normalisation, activation.** The smallest block: nearly every network repeats it.",
    "VGG": (
        "**The same two layers, again and again.** VGG stacks 3 × 3 convolutions and halves the maps after each "
        "block, so a few lines of code write all of it."
    ),
    "Inception": (
        "**Several kernel sizes at once.** The input goes through parallel branches, and their maps are put side by "
        "side."
    ),
    "Residual": (
        "**A shortcut around the layers.** The block only computes what is added to its input. Networks since 2014 "
        "repeat blocks like this one, each with one idea: follow your image through them."
    ),
    "Dense": "**Every layer reads all layers before it.** Their maps are put side by side, never added.",
    "Mobile": (
        "**The same maps with far less work.** A depthwise convolution filters each channel by itself, and a 1 × 1 "
        "convolution mixes them."
    ),
}
