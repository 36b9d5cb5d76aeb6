"""Many dimensions on a plane: PCA at once, t-SNE in stages; and each plane turned so that points move little.

t-SNE gives near images near places: the chance p_ij that i would choose j as its neighbour, by a Gaussian whose width
gives each image the same perplexity, against q_ij by Student's t on the plane; their divergence goes down by gradient.
Distances between far groups, and the groups' sizes, mean nothing on it. It is scikit-learn's (Barnes-Hut), called once
a stage from where the stage before ended, so that it can be told how far it is (`docs/decisions/tsne.md`).

Source: L. van der Maaten, G. Hinton: Visualizing Data using t-SNE (2008), https://jmlr.org/papers/v9/vandermaaten08a.html
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnnviz.topics.image_map.records import Plane

PERPLEXITY = 30.0
EXAGGERATIONS = (12.0, 1.0, 1.0)  # of each stage: groups find together first
STEPS = 251  # a stage: scikit-learn takes no fewer than 250, and says the divergence only past them
LEAST = 4  # images, of which fewer have no neighbours to keep
BEGUN = 1e-4  # how wide the first stage's places lie, as scikit-learn's own do
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


def tsne(values: np.ndarray, *, perplexity: float = PERPLEXITY, progress: Progress | None = None) -> Plane:
    """[N, D] on a plane, begun at its PCA. progress: called before each stage with the share that is done; what
    it raises ends it."""
    begun, size = pca(values, values[:0]), float(np.abs(values).max(initial=0.0))
    if len(values) < LEAST or not begun.places.any():
        return Plane(begun.places, 0.0)
    values, places, left = values / size, begun.places * BEGUN, 0.0
    for stage, exaggeration in enumerate(EXAGGERATIONS):
        if progress is not None:
            progress(stage / len(EXAGGERATIONS))
        places, left = _stage(values, places, min(perplexity, (len(values) - 1) / 3), exaggeration)
    return Plane(_sized(places - places.mean(0), len(values)), left)


def _stage(values: np.ndarray, places: np.ndarray, perplexity: float, exaggeration: float) -> tuple[np.ndarray, float]:
    """(places [N, 2] float64 some steps further, the divergence that is left)."""
    from sklearn.manifold import TSNE  # it takes a second and 130 MB, which no other page should pay

    made = TSNE(
        perplexity=perplexity, early_exaggeration=exaggeration, init=places.astype(np.float32), max_iter=STEPS,
        learning_rate=max(len(values) / 4 / exaggeration, 50.0), random_state=0,
    ).fit(values.astype(np.float32))  # fmt: skip
    return made.embedding_.astype(np.float64), float(made.kl_divergence_)


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


def _sized(places: np.ndarray, count: int) -> np.ndarray:
    size = float(np.sqrt((places[:count] ** 2).sum(1).mean()))
    return places / size if size else places
