"""A kernel searched for: nine weights are set until one's own map is another's, by hand or by gradient descent.

The other map is t = k* ⋆ x (cross-correlation without padding), one's own y = k ⋆ x. Their mean squared difference is
a quadratic bowl over the nine weights, since each cell of a map is linear in them:

    L(k) = mean((y − t)²) = (k − k*)ᵀ A (k − k*),   A = mean over cells of p pᵀ,   ∇L = 2 A (k − k*)

p are the nine values under the window. Gradient descent k ← k − η ∇L converges from everywhere if, and only if,
η < 1 / λ_max(A); along the eigenvector of λ the distance is multiplied by 1 − 2 η λ at each step. Neighbouring pixels
are alike, so A is dominated by the direction in which all weights grow together, and subtracting the image's mean
flattens just that one. Source: LeCun, Bottou, Orr and Müller, Efficient BackProp (1998), sections 4.3 and 5.
"""

from __future__ import annotations

import math

import numpy as np

from cnnviz.operations import classic_kernels
from cnnviz.records.activations import Array
from cnnviz.topics.convolution.search_records import KernelSearch

SIDE = 3
NAMED = ("sobel_left", "blur", "sharpen", "line_rising", "emboss", "sobel_top", "laplacian", "diagonal_falling")
PUZZLES = 99
SAFE = 0.9  # of the largest rate: where the slider stands at first


def puzzle(number: int) -> tuple[str, Array]:
    """What the kernel of a puzzle is called, and its numbers [3, 3] float64; beyond the named ones it is drawn.

    number: from 1. A drawn kernel has whole weights from −2 to 2, not all of them 0, and no name ("").
    """
    if number <= len(NAMED):
        name = NAMED[number - 1]
        return classic_kernels.title(name), classic_kernels.kernel(name, SIDE)
    random = np.random.default_rng(number)
    while not (drawn := random.integers(-2, 3, (SIDE, SIDE))).any():
        pass
    return "", drawn.astype(np.float64)


def search(x: Array, number: int, *, centred: bool = False) -> KernelSearch:
    """The bowl of that puzzle over an image [H, W], of at least 3 × 3 pixels. centred: its mean is subtracted first."""
    title, hidden = puzzle(number)
    image = x - x.mean() if centred else x
    patches = np.lib.stride_tricks.sliding_window_view(image, (SIDE, SIDE)).reshape(-1, SIDE * SIDE)
    gram = patches.T @ patches / len(patches)
    target = (patches @ hidden.reshape(-1)).reshape(image.shape[0] - SIDE + 1, -1)
    return KernelSearch(number, title, image, hidden, target, gram, np.linalg.eigvalsh(gram), centred)


def loss(found: KernelSearch, kernel: Array) -> float:
    """The mean squared difference of the two maps, from the bowl."""
    away = (kernel - found.hidden).reshape(-1)
    return float(away @ found.gram @ away)


def gradient(found: KernelSearch, kernel: Array) -> Array:
    """By how much the loss grows with each weight, [3, 3]."""
    away = (kernel - found.hidden).reshape(-1)
    return np.asarray(2 * found.gram @ away).reshape(SIDE, SIDE)


def descend(found: KernelSearch, kernel: Array, *, rate: float, momentum: float, steps: int) -> Array:
    """The kernels of so many steps, [steps + 1, 3, 3]: v ← μ v + ∇L, k ← k − η v, as torch.optim.SGD has it."""
    path, velocity = [kernel], np.zeros_like(kernel)
    for _ in range(steps):
        velocity = momentum * velocity + gradient(found, path[-1])
        path.append(path[-1] - rate * velocity)
    return np.stack(path)


def halving(found: KernelSearch, share: float = SAFE) -> float:
    """Steps in which the error along the flattest direction halves, at that share of the largest rate; inf: never."""
    kept = abs(1 - 2 * share * found.flattest / found.steepest) if found.steepest > 0 else 1.0
    return math.log(0.5) / math.log(kept) if 0 < kept < 1 else (math.inf if kept >= 1 else 0.0)
