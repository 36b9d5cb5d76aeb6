"""Permuted pixels: an order and what it does to neighbours, images with their permuted selves, weights put back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class PixelOrder:
    """new pixel i shows old pixel order[i], pixels counted row by row.

    order, inverse: [H · W] int64. moved: share of pixels that change place, in [0, 1]. distance: how far they move on
    average, in pixels. neighbours: share of the pairs that lie side by side and still do so afterwards.
    """

    order: Array
    inverse: Array
    height: int
    width: int
    moved: float
    distance: float
    neighbours: float


@dataclass(frozen=True, eq=False)
class PermutedPictures:
    """pictures, permuted, restored: [N, H, W] uint8 (restored: by the inverse). labels: [N] int64.

    orders: the permutation, or one for each image. source: where the images come from.
    """

    pictures: Array
    permuted: Array
    restored: Array
    labels: Array
    orders: tuple[PixelOrder, ...]
    source: str


@dataclass(frozen=True, eq=False)
class FirstWeights:
    """First-layer weights as images, [units, H, W] float32, and how alike side-by-side weights are (correlation).

    plain: of the network trained on images as they are. permuted: of the one trained on permuted ones. restored: the
    latter's, put back by the inverse.
    """

    plain: Array
    permuted: Array
    restored: Array
    smoothness: tuple[float, float, float]  # in this order


@dataclass(frozen=True, eq=False)
class NoTrick:
    """What becomes of a CNN's first layer if its weights are moved along with the pixels.

    kept: share of the moved layer's squared size that any convolution can hold, in [0, 1]; 1 for no permutation.
    difference: largest difference of the logits with the nearest convolution, and `untouched` with the kernels as
    they are; agree: share of the images with the same answer as before, with the nearest convolution.
    """

    kept: float
    difference: float
    untouched: float
    agree: float
    pictures: int


@dataclass(frozen=True, eq=False)
class Answers:
    """One image, plain and permuted, through four networks.

    image, permuted: [H, W] uint8. rows: (network, trained on permuted images, shown permuted). probabilities:
    [rows, classes] float64.
    """

    picture: Array
    permuted: Array
    rows: tuple[tuple[str, bool, bool], ...]
    probabilities: Array
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TwoMaps:
    """One layer's maps, [C, h, w] float32: of the image, of the permuted one, each in the CNN trained on its kind."""

    layer: str
    plain: Array
    permuted: Array
    smoothness: tuple[float, float]
