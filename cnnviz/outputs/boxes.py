"""A detection's boxes, found among the tensors that a network returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnviz.records import Array
from cnnviz.records.outputs import Box

LABELS, SCORES = ("labels", "classes", "label", "class_ids"), ("scores", "score", "confidences", "confidence")
FRACTIONS = 1.5  # no coordinate beyond it: the boxes are fractions of the image


def beside(parts: Mapping[str, Array]) -> str | None:
    """The key of the boxes: called "boxes", with labels or scores of its own beside it; None where there are none."""
    for key, values in parts.items():
        stem, _, name = key.rpartition(".")
        if name != "boxes" or values.size % 4 or (values.ndim and values.shape[-1] not in (0, 4)):
            continue
        if _named(parts, stem, (*LABELS, *SCORES)) is not None:
            return key
    return None


def found(
    parts: Mapping[str, Array], key: str, names: Sequence[str], size: tuple[int, int]
) -> tuple[tuple[Box, ...], bool]:
    """(boxes, the surest first; whether they were fractions of the image). size: (rows, columns) of the input."""
    corners = np.asarray(parts[key], dtype=np.float64).reshape(-1, 4)
    stem = key.rpartition(".")[0]
    labels, scores = _named(parts, stem, LABELS), _named(parts, stem, SCORES)
    fractions = bool(len(corners)) and bool(np.abs(corners).max() <= FRACTIONS)
    if fractions:
        corners = corners * np.array([size[1], size[0], size[1], size[0]])
    made = [
        Box(left, top, right, bottom, _label(labels, place, names), _number(scores, place))
        for place, (left, top, right, bottom) in enumerate(corners.tolist())
        if np.isfinite(corners[place]).all()
    ]
    return tuple(sorted(made, key=lambda box: -(box.score if box.score is not None else 0.0))), fractions


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
