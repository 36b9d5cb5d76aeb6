"""What happens in a column of the canvas while the image goes through the network, by the kind of its operation."""

from __future__ import annotations

WAY = {
    "input": "the image, as the network sees it.",
    "convolution": "kernels slide over the maps before, and each makes one new map.",
    "transposed_convolution": "each cell stamps its multiple of a kernel, and the stamps are added.",
    "ReLU": "what is below zero becomes zero, and the rest stays.",
    "activation": "each cell goes through the activation function by itself.",
    "normalization": "each channel is shifted and scaled.",
    "pooling": "each window becomes one cell: smaller maps, equally many.",
    "upsampling": "each cell becomes several: larger maps, equally many.",
    "linear": "each unit weighs everything before it and adds it up.",
    "addition": "the maps are added, cell by cell.",
    "concatenation": "the maps are put one behind the other.",
    "multiplication": "the maps are multiplied, cell by cell.",
    "flatten": "the same numbers in one row.",
    "scores": "each score becomes a probability.",
}
