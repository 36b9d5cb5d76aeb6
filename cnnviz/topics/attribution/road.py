"""ROAD: pixels are taken away so that nobody sees where: each becomes the mean of its neighbours, and a little noise.

A removed pixel is the weighted mean of its eight neighbours (1/6 beside it, 1/12 across the corner), removed ones among
them included: one linear system an image, which is symmetric and banded. A black patch would tell the network by its
outline alone which pixels were chosen; this hardly does.
Source: Y. Rong, T. Leemann, V. Borisov, G. Kasneci, E. Kasneci: A Consistent and Efficient Evaluation Strategy for
Attribution Methods (2022), https://arxiv.org/abs/2202.00449
"""

from __future__ import annotations

import numpy as np
from scipy import linalg  # type: ignore[import-untyped]

NOISE = 0.01  # standard deviation, in the network's units
SHARES = tuple(tenth / 10 for tenth in range(1, 10))  # of the pixels that are taken away
FEWER = SHARES[1::2]  # of a large image's: most of the work is in the large shares
LARGE = 128 * 128  # pixels, from which on an image is one
_NEIGHBOURS = ((0, 1, 1 / 6), (1, -1, 1 / 12), (1, 0, 1 / 6), (1, 1, 1 / 12))  # and the same on the other side


def imputed(image: np.ndarray, removed: np.ndarray, *, noise: float = NOISE, seed: int = 0) -> np.ndarray:
    """image [C, H, W] with the pixels of removed [H, W] bool made of what is left; at least one must be left."""
    height, width = removed.shape
    gone, flat = removed.ravel(), image.reshape(len(image), -1)
    if not gone.any():
        return image.copy()
    number = np.cumsum(gone) - 1  # only what is removed is unknown: fewer of them, and nearer to each other
    diagonal, right = np.zeros(gone.size), np.zeros(flat.shape)
    beside: list[tuple[np.ndarray, np.ndarray, float]] = []
    for down, across, weight in _NEIGHBOURS:
        here, there = _pairs(height, width, down, across)
        for one, other in ((here, there), (there, here)):
            diagonal[one[gone[one]]] += weight
            known = one[gone[one] & ~gone[other]], other[gone[one] & ~gone[other]]
            right[:, known[0]] += weight * flat[:, known[1]]
        both = gone[here] & gone[there]
        beside.append((number[here[both]], number[there[both]], weight))
    bands = np.zeros((1 + max(int((last - first).max(initial=0)) for first, last, _ in beside), int(gone.sum())))
    bands[0] = diagonal[gone]
    for first, last, weight in beside:
        bands[last - first, first] = -weight
    found = flat.copy()
    solved = linalg.solveh_banded(bands, right[:, gone].T, lower=True, overwrite_ab=True, check_finite=False)
    found[:, gone] = solved.T + noise * np.random.default_rng(seed).standard_normal((len(image), bands.shape[1]))
    return found.reshape(image.shape)


def _pairs(height: int, width: int, down: int, across: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of all pixels that have a neighbour that far down and across, and the places of these."""
    index = np.arange(height * width).reshape(height, width)
    columns, others = (slice(max(0, -across), width - max(0, across)), slice(max(0, across), width + min(0, across)))
    return index[: height - down, columns].ravel(), index[down:, others].ravel()


def removals(image: np.ndarray, ranked: np.ndarray, seed: int) -> np.ndarray:
    """[2, S, C, H, W]: 10 % … 90 % of the pixels away, the strongest, then the weakest; of a large image 20 % … 80 %.

    ranked: strongest first.
    """
    size, shape = ranked.size, image.shape[1:]
    shares = FEWER if size >= LARGE else SHARES
    found = []
    for first in (ranked, ranked[::-1]):
        for share in shares:
            removed = np.zeros(size, bool)
            removed[first[: round(share * size)]] = True
            found.append(imputed(image, removed.reshape(shape), seed=seed))
    return np.stack(found).reshape(2, len(shares), *image.shape)
