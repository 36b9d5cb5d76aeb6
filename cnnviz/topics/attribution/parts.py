"""The parts of an image that a layer tells apart: its activations V [C, P] as a sum of a few, V ≈ W H, none negative.

A row of H says where on the image a part is, a column of W which channels speak there. Nothing is asked of the answer:
parts say what a layer sees together, and not what it decides by. Each round brings H, then W nearer,

    W ← W ∘ (V Hᵀ) / (W H Hᵀ),    H ← H ∘ (Wᵀ V) / (Wᵀ W H)

and the squared error ‖V − W H‖² never rises. Where it ends hangs on the start, which is drawn from a seed.

Source: D. D. Lee, H. S. Seung: Algorithms for Non-negative Matrix Factorization (2000),
https://papers.nips.cc/paper/1861-algorithms-for-non-negative-matrix-factorization; on a network's maps: E. Collins,
R. Achanta, S. Süsstrunk: Deep Feature Factorization (2018), https://arxiv.org/abs/1806.10206
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnviz.records import Activations, Array
from cnnviz.records.proofs import Proof

ROUNDS, ENOUGH = 200, 1e-4  # at most so many; until a round takes less than that share off the error
TINY = 1e-12  # keeps a quotient finite where both its sides are zero
GONE = 1e-60  # what shrinks for ever ends here: numbers near 1e-308 take a processor a hundred times as long
CELLS = 36  # of the layer that it opens with, at least: fewer say little about where


@dataclass(frozen=True, eq=False)
class Parts:
    """channels: [C, k], each column of length 1. maps: [k, H, W], none negative, the largest part first; float64.

    explained: the share of the activations' sum of squares that all parts together explain, 1 − ‖V − W H‖² / ‖V‖².
    errors: [rounds + 1], ‖V − W H‖² / ‖V‖² before the first round and after each.
    """

    channels: Array
    maps: Array
    explained: float
    errors: Array

    def strongest(self, part: int) -> tuple[int, int]:
        """(row, column) of the cell where a part is strongest."""
        row, column = np.unravel_index(int(self.maps[part].argmax()), self.maps.shape[1:])
        return int(row), int(column)

    def speakers(self, part: int, count: int = 3) -> list[int]:
        """The channels that speak most in a part, the first one most."""
        return [int(one) for one in np.argsort(-self.channels[:, part], kind="stable")[:count]]


def of(values: Array, count: int, *, seed: int = 0, rounds: int = ROUNDS) -> Parts:
    """`count` parts of a layer's maps [C, H, W], none of which may be negative.

    Raises ValueError for values that are negative, complex or not finite, and where all are zero.
    """
    if np.iscomplexobj(values):
        raise ValueError("parts are added up, so only layers of real numbers have some.")
    flat = values.reshape(len(values), -1).astype(np.float64)
    if not np.isfinite(flat).all() or (flat < 0).any():
        raise ValueError("parts are added up, so only layers without negative values have some.")
    top = float(flat.max())
    if top == 0:
        raise ValueError("this layer is silent on this image: all its values are 0.")
    flat = flat / top
    total = float((flat**2).sum())
    dice = np.random.default_rng(seed)
    size = float(np.sqrt(flat.mean() / count))
    w, h = size * (dice.random((len(flat), count)) + 0.1), size * (dice.random((count, flat.shape[1])) + 0.1)
    errors = [_error(flat, w, h, total)]
    for _ in range(rounds):
        w, h = round_of(flat, w, h)
        errors.append(_error(flat, w, h, total))
        if errors[-2] - errors[-1] <= ENOUGH * errors[-2]:
            break
    lengths = np.linalg.norm(w, axis=0)
    w, h = w / np.maximum(lengths, TINY), top * h * lengths[:, None]
    rank = np.argsort(-(h**2).sum(1), kind="stable")
    maps = h[rank].reshape(count, *values.shape[1:])
    return Parts(w[:, rank], maps, 1 - errors[-1], np.array(errors))


def round_of(v: Array, w: Array, h: Array) -> tuple[Array, Array]:
    """One round: W brought nearer, then H with it. v: [C, P], w: [C, k], h: [k, P], none negative."""
    w = w * (v @ h.T) / np.maximum(w @ (h @ h.T), TINY)
    w[w < GONE] = 0
    h = h * (w.T @ v) / np.maximum((w.T @ w) @ h, TINY)
    h[h < GONE] = 0
    return w, h


def _error(v: Array, w: Array, h: Array, total: float) -> float:
    """‖V − W H‖² / ‖V‖² without making W H, which is as large as V."""
    cross, own = float(((w.T @ v) * h).sum()), float(((w.T @ w) * (h @ h.T)).sum())
    return max(0.0, total - 2 * cross + own) / total


def layers(recording: Activations) -> list[str]:
    """Keys of the layers of which `of` finds parts on this image, and whose maps have more than one cell."""
    return [
        layer.key
        for layer in recording
        if layer.kind != "input" and len(layer.shape) == 3 and layer.shape[1] * layer.shape[2] > 1
        and _can_be_added_up(layer.values)
    ]  # fmt: skip


def _can_be_added_up(values: Array) -> bool:
    """Whether they are real numbers, all finite, none negative, and not all zero."""
    if not values.size or np.iscomplexobj(values):
        return False
    low, high = float(values.min()), float(values.max())  # NaN where any is
    return low >= 0 and 0 < high < np.inf


def first(recording: Activations, keys: Sequence[str]) -> str:
    """The last of these layers that has cells enough to say where a part is; else the one with the most cells."""
    cells = {key: recording[key].shape[1] * recording[key].shape[2] for key in keys}
    large = [key for key in keys if cells[key] >= CELLS]
    return large[-1] if large else max(keys, key=cells.__getitem__)


def proofs(values: Array, found: Parts, claims: tuple[str, str]) -> tuple[Proof, Proof]:
    """That the error never rose, and the share once more, by the parts added up cell by cell. claims: their words."""
    flat = values.reshape(len(values), -1).astype(np.float64)
    added = found.channels @ found.maps.reshape(len(found.maps), -1)
    share = 1 - float(((flat - added) ** 2).sum() / (flat**2).sum())
    rise = float(np.maximum(np.diff(found.errors), 0).max()) if len(found.errors) > 1 else 0.0
    return Proof(claims[0], rise, 1e-9), Proof(claims[1], abs(share - found.explained), 1e-9)
