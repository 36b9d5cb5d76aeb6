"""Many dimensions on a plane: PCA at once, t-SNE step by step; and each plane turned so that points move little.

t-SNE gives near images near places: the chance p_ij that i would choose j as its neighbour, by a Gaussian whose width
gives each image the same perplexity, against q_ij by Student's t on the plane; their divergence goes down by gradient.
Distances between far groups, and the groups' sizes, mean nothing on it.

Source: L. van der Maaten, G. Hinton: Visualizing Data using t-SNE (2008), https://jmlr.org/papers/v9/vandermaaten08a.html
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnnviz.topics.image_map.records import Plane

PERPLEXITY = 30.0
STEPS, EARLY, EXAGGERATION = 300, 100, 12.0
Progress = Callable[[float], object]


def axes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """(mean [D], two directions of largest variance [D, 2], the share of the variance that they keep)."""
    mean = values.mean(0, dtype=np.float64)
    moved = values - mean
    if moved.shape[1] <= len(moved):
        sizes, vectors = np.linalg.eigh(moved.T @ moved)
        found = vectors[:, ::-1][:, :2]
    else:
        sizes, vectors = np.linalg.eigh(moved @ moved.T)
        found = moved.T @ vectors[:, ::-1][:, :2]
        found = found / np.maximum(np.linalg.norm(found, axis=0), 1e-12)
    if found.shape[1] < 2:
        found = np.pad(found, ((0, 0), (0, 2 - found.shape[1])))
    total = float(np.maximum(sizes, 0).sum())
    return mean, found, float(np.maximum(sizes, 0)[::-1][:2].sum()) / total if total else 1.0


def pca(values: np.ndarray, others: np.ndarray) -> Plane:
    """The plane of `values` [N, D], with `others` [M, D] laid onto it: places [N + M, 2]."""
    mean, found, kept = axes(values)
    places = (np.concatenate([values, others]) - mean) @ found
    return Plane(_sized(places, len(values)), kept)


def tsne(
    values: np.ndarray, *, steps: int = STEPS, perplexity: float = PERPLEXITY, progress: Progress | None = None
) -> Plane:
    """[N, D] on a plane, begun at its PCA. progress: called with the share that is done; what it raises ends it."""
    count = len(values)
    wanted = _joint(distances(values), min(perplexity, (count - 1) / 3))
    places = pca(values, values[:0]).places * 1e-2
    rate = max(count / EXAGGERATION / 4, 50.0)
    speed, gain = np.zeros_like(places), np.ones_like(places)
    left = np.inf
    for step in range(steps):
        p = wanted * (EXAGGERATION if step < EARLY else 1.0)
        near = 1 / (1 + distances(places))
        np.fill_diagonal(near, 0)
        q = np.maximum(near / near.sum(), 1e-12)
        pull = (p - q) * near
        slope = 4 * (pull.sum(1)[:, None] * places - pull @ places)
        gain = np.maximum(np.where(np.sign(slope) == np.sign(speed), gain * 0.8, gain + 0.2), 0.01)
        speed = (0.5 if step < EARLY else 0.8) * speed - rate * gain * slope
        places = places + speed
        places -= places.mean(0)
        if progress is not None and step % 20 == 0:
            progress(step / steps)
    near = 1 / (1 + distances(places))
    np.fill_diagonal(near, 0)
    q = np.maximum(near / near.sum(), 1e-12)
    left = float((wanted * np.log(np.maximum(wanted, 1e-12) / q)).sum())
    return Plane(_sized(places, count), left)


def beside(plane: Plane, nearest: np.ndarray) -> Plane:
    """The plane with one more point for each row of `nearest` [M, k]: in the middle of its nearest images' places."""
    return Plane(np.concatenate([plane.places, plane.places[nearest].mean(1)]), plane.kept)


def turned(places: np.ndarray, like: np.ndarray) -> np.ndarray:
    """The same places, turned or mirrored so that they lie nearest to others (orthogonal Procrustes): [N, 2]."""
    left, _, right = np.linalg.svd(places.T @ like)
    found: np.ndarray = places @ (left @ right)
    return found


def distances(values: np.ndarray) -> np.ndarray:
    """[N, N] float64: squared distances of rows."""
    values = values.astype(np.float64)
    sizes = (values**2).sum(1)
    found: np.ndarray = np.maximum(sizes[:, None] + sizes[None] - 2 * values @ values.T, 0)
    return found


def _joint(squared: np.ndarray, perplexity: float) -> np.ndarray:
    """p_ij of the paper: each row's width found by halving until its perplexity is right, then made symmetric."""
    count, target = len(squared), np.log(perplexity)
    squared = squared / max(float(squared.mean()), 1e-12)
    low, high, beta = np.zeros(count), np.full(count, np.inf), np.ones(count)
    for _ in range(60):
        p = np.exp(-(squared - _least(squared)) * beta[:, None])
        np.fill_diagonal(p, 0)
        p /= np.maximum(p.sum(1, keepdims=True), 1e-300)
        entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(1)
        flat = entropy > target
        low, high = np.where(flat, beta, low), np.where(flat, high, beta)
        beta = np.where(np.isinf(high), beta * 2, (low + high) / 2)
    found: np.ndarray = np.maximum((p + p.T) / (2 * count), 1e-12)
    return found


def _least(squared: np.ndarray) -> np.ndarray:
    """[N, 1]: how far each one's nearest other is, taken away before the exponential so that none vanishes."""
    least: np.ndarray = (squared + np.diag(np.full(len(squared), np.inf))).min(1)[:, None]
    return least


def _sized(places: np.ndarray, count: int) -> np.ndarray:
    size = float(np.sqrt((places[:count] ** 2).sum(1).mean()))
    return places / size if size else places
