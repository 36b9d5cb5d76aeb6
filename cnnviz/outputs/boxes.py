"""A detection's boxes, found among the tensors that a network returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnviz.outputs.chances import probabilities, sigmoid
from cnnviz.records import Array
from cnnviz.records.outputs import Box

LABELS, SCORES = ("labels", "classes", "label", "class_ids"), ("scores", "score", "confidences", "confidence")
QUERIED, LOGITS = "pred_boxes", ("pred_logits", "logits")
FRACTIONS = 1.5  # no coordinate beyond it: the boxes are fractions of the image
IN_FRACTIONS = "No coordinate is above 1, so the boxes are read as fractions of the image."
WITH_NO_OBJECT = (
    "The boxes are read as DETR gives them, by centre, width and height; {found} of {queries} queries found something: "
    "for the others the last class, “no object”, is the likeliest."
)
EACH_BY_ITSELF = (
    "The boxes are read as DETR’s followers give them, by centre, width and height, with a sigmoid for each class; "
    "{found} of {queries} queries reach one half."
)


def beside(parts: Mapping[str, Array]) -> str | None:
    """The key of the boxes; None where there are none.

    They are called "boxes", with labels or scores of their own beside them, or "pred_boxes", with logits, as DETR
    (Carion et al., 2020, https://arxiv.org/abs/2005.12872) and its followers give them. Of several the outermost.
    """
    for key in sorted(parts, key=lambda key: key.count(".")):
        values, (stem, _, name) = parts[key], key.rpartition(".")
        if values.size % 4 or (values.ndim and values.shape[-1] not in (0, 4)):
            continue
        if name == "boxes" and _named(parts, stem, (*LABELS, *SCORES)) is not None:
            return key
        if name == QUERIED and _logits(parts, key) is not None:
            return key
    return None


def found(
    parts: Mapping[str, Array], key: str, names: Sequence[str], size: tuple[int, int]
) -> tuple[tuple[Box, ...], tuple[str, ...]]:
    """(boxes, the surest first; how they were read, a sentence each). size: (rows, columns) of the input."""
    corners, said = np.asarray(parts[key], dtype=np.float64).reshape(-1, 4), []
    stem, _, name = key.rpartition(".")
    labels: Array | None
    scores: Array | None
    if name == QUERIED:
        labels, scores, kept, how = _of_queries(np.asarray(_logits(parts, key), dtype=np.float64), len(names))
        corners = _corners(corners[kept])
        said.append(how)
    else:
        labels, scores = _named(parts, stem, LABELS), _named(parts, stem, SCORES)
    if len(corners) and np.abs(corners).max() <= FRACTIONS:
        said.append(IN_FRACTIONS)
        corners = corners * np.array([size[1], size[0], size[1], size[0]])
    made = [
        Box(left, top, right, bottom, _label(labels, place, names), _number(scores, place))
        for place, (left, top, right, bottom) in enumerate(corners.tolist())
        if np.isfinite(corners[place]).all()
    ]
    return tuple(sorted(made, key=lambda box: -(box.score if box.score is not None else 0.0))), tuple(said)


def _logits(parts: Mapping[str, Array], key: str) -> Array | None:
    """The logits of the queries beside their boxes: as many rows, and a column a class."""
    logits = _named(parts, key.rpartition(".")[0], LOGITS)
    rows = parts[key].size // 4
    return logits.reshape(rows, -1) if logits is not None and rows and logits.size % rows == 0 else None


def _of_queries(logits: Array, known: int) -> tuple[Array, Array, Array, str]:
    """(label and score of each query that found something, which these are, how that was read). logits: [Q, K].

    With as many names as columns each is a sigmoid, and half a chance is enough; else the last column of a softmax is
    "no object".
    """
    if known == logits.shape[1]:
        chances, how = sigmoid(logits), EACH_BY_ITSELF
        kept = chances.max(1) >= 0.5
    else:
        shares, how = probabilities(logits), WITH_NO_OBJECT
        kept = shares.argmax(1) < logits.shape[1] - 1
        chances = shares[:, :-1]
    return chances[kept].argmax(1), chances[kept].max(1), kept, how.format(found=int(kept.sum()), queries=len(logits))


def _corners(centres: Array) -> Array:
    """(x, y, width, height) of centres as left, top, right, bottom. [N, 4] → [N, 4]."""
    middle, half = centres[:, :2], centres[:, 2:] / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def _named(parts: Mapping[str, Array], stem: str, names: Sequence[str]) -> Array | None:
    keys = (f"{stem}.{name}" if stem else name for name in names)
    return next((parts[key] for key in keys if key in parts), None)


def _number(values: Array | None, place: int) -> float | None:
    flat = np.zeros(0) if values is None else np.asarray(values).ravel()
    return float(flat[place]) if place < len(flat) else None


def _label(labels: Array | None, place: int, names: Sequence[str]) -> str:
    index = _number(labels, place)
    if index is None:
        return names[0] if len(names) == 1 else "object"
    return names[int(index)] if 0 <= index < len(names) else f"class {index:g}"
