"""How well a map finds what is known to matter: against a mask, and against the network's own answer.

map: [H, W], signed; only what speaks for the class counts for the mask. mask: [H, W] bool.
Sources: pointing game, J. Zhang et al. (2016), https://arxiv.org/abs/1608.00507; energy, H. Wang et al. (2020),
https://arxiv.org/abs/1910.01279; deletion and insertion, V. Petsiuk et al. (2018), https://arxiv.org/abs/1806.07421
"""

from __future__ import annotations

import numpy as np


def energy(values: np.ndarray, mask: np.ndarray) -> float:
    """The share of what speaks for the class that lies on the mask, 0 … 1; 0 where nothing speaks for it.

    A constant map's is the mask's share of the image.
    """
    kept = np.maximum(values, 0)
    total = float(kept.sum())
    return float(kept[mask].sum()) / total if total > 0 else 0.0


def pointing(values: np.ndarray, mask: np.ndarray) -> float:
    """Whether the strongest pixel lies on the mask: 1 or 0; the share of them where several are the strongest."""
    return float(mask[values == values.max()].mean())


def overlap(values: np.ndarray, mask: np.ndarray, seed: int) -> float:
    """Intersection over union of the mask and as many pixels as it has, the strongest ones."""
    chosen = np.zeros(mask.size, bool)
    chosen[order(values, seed)[: int(mask.sum())]] = True
    both = float((chosen & mask.ravel()).sum())
    return both / max(1.0, float((chosen | mask.ravel()).sum()))


def order(values: np.ndarray, seed: int) -> np.ndarray:
    """Indices of the pixels, the strongest first; equal ones in an order that is drawn from the seed."""
    ties = np.random.default_rng(seed).random(values.size)
    return np.lexsort((ties, -values.ravel()))


def area(curve: np.ndarray) -> float:
    """Under a curve over equal steps from 0 to 1, by the trapezoidal rule."""
    return float((curve[1:] + curve[:-1]).mean() / 2)


def ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each pixel, equal ones sharing the mean of theirs: flat."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: np.ndarray = ((last - counts + 1 + last) / 2)[place.ravel()]
    return found
