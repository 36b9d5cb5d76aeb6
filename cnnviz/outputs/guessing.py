"""What kind of output a network gives, where nobody said so: from its shape, its names and what made it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnviz.outputs import boxes
from cnnviz.outputs.chances import SIGMOIDS
from cnnviz.records import Array, Spec

NOT_READ = "Its output is not one that this page reads; every layer can be opened all the same."
MAP_OF_ONE = "Its one channel is read as a logit at every pixel, unless the network ends in a sigmoid."
COARSEST = 8  # a map of classes has at least an eighth of the image's rows and columns
# what makes decisions of scores, also where they are floats afterwards; all that it gives are whole numbers
DECIDE = frozenset({"gt", "ge", "lt", "le", "eq", "ne", "argmax", "argmin", "round", "sign", "one_hot"})
# what may make them too, in other words: (z > 0) * 1.0, where(z > 0, 1.0, 0.0); all that it gives are zeros and ones
CHOOSE = frozenset({
    "where", "mul", "heaviside", "scatter", "masked_fill", "setitem", "index_put", "bernoulli", "floor", "ceil",
})  # fmt: skip
GENERIC = re.compile(r"(?:class|output) \d+")


@dataclass(frozen=True)
class Found:
    """A guess. names: how many outputs need one."""

    kind: str
    why: str
    names: int


def kind(parts: Mapping[str, Array], main: str, spec: Spec, *, ended: str = "") -> tuple[str, str]:
    """(kind, the sentence that says how it was guessed, or why nothing reads it; "" for plain logits of classes)."""
    found = guess(parts, main, spec, ended=ended)
    return found.kind, found.why


def guess(parts: Mapping[str, Array], main: str, spec: Spec, *, ended: str = "") -> Found:
    """From every tensor by its path, and the main one's key. The Spec's names and input size decide what is unclear."""
    if boxes.beside(parts) is not None:
        return Found("boxes", f"The network returned boxes ({_listed(parts)}): a detection.", len(spec.classes))
    values = parts[main]
    several = "" if len(parts) == 1 else f"The network returned {_listed(parts)}; {main} is read."
    found = _of_one(values, spec, ended)
    return Found(found.kind, f"{several} {found.why}".strip(), found.names) if several else found


def _of_one(values: Array, spec: Spec, ended: str) -> Found:
    long = [length for length in values.shape if length != 1]
    if values.size == 0 or np.iscomplexobj(values):
        what = "complex numbers" if values.size else "an empty tensor"
        return Found("unread", f"The network returned {what} of shape {list(values.shape)}", 0)
    if has_decided(values, ended):
        return Found("unread", "The network returned whole numbers: decisions, without the scores behind them", 0)
    if not values.ndim:
        return Found("numbers", "The network returned a single number, without an axis of classes: a quantity.", 1)
    if len(long) <= 1 and values.ndim in (1, 3) and not _is_map_of_one(values):
        return _of_vector(values, ended)
    if values.ndim == 3 and _is_channels_last(values.shape, spec):
        said = "with the channels last: let its forward return [N, channels, rows, columns]"
        return Found("unread", f"The network returned a map of shape {list(values.shape)}, {said}", 0)
    if values.ndim == 3 and _covers(values.shape[1:], spec):
        return _of_map(values, spec)
    return Found("unread", f"The network returned a tensor of shape {list(values.shape)}", 0)


def _of_vector(values: Array, ended: str) -> Found:
    count = values.size
    if count == 1 and ended.lower() in SIGMOIDS:
        return Found("labels", "", 1)
    if count == 1:
        said = "The network has one output. It is read as a logit: the probability is its sigmoid."
        return Found("labels", said, 1)
    if ended.lower() in SIGMOIDS:
        return Found("labels", f"Each of the {count:,} outputs is a sigmoid: each label is read by itself.", count)
    return Found("classes", "", count)


def _of_map(values: Array, spec: Spec) -> Found:
    channels, *size = values.shape
    if tuple(values.shape) == tuple(spec.input_shape) and (len(spec.classes) != channels or _generic(spec.classes)):
        return Found("unread", f"The output has the input's own shape, {list(values.shape)}: an image, or a map", 0)
    said = f"The output is read as a map over the image: {_classes(channels)} at each of {size[0]} × {size[1]} cells."
    return Found("map", said, channels)


def _classes(count: int) -> str:
    return "one class" if count == 1 else f"{count:,} classes"


def _is_map_of_one(values: Array) -> bool:
    return values.ndim == 3 and values.shape[1] * values.shape[2] > 1


def has_decided(values: Array, ended: str) -> bool:
    """Whether an output is what came of a comparison or a choice: whole by its type, or by what made it."""
    if values.dtype.kind in "biu":
        return True
    maker = ended.partition(" ")[0].lower()
    if maker in DECIDE:
        return bool((np.isfinite(values) & (values == np.round(values))).all())
    return maker in CHOOSE and values.dtype.kind == "f" and set(np.unique(values).tolist()) == {0.0, 1.0}


def _is_channels_last(shape: Sequence[int], spec: Spec) -> bool:
    """Whether the first two axes have the image's proportions, as far as whole cells can, and the last two have not."""
    return _is_alike(shape[:2], spec) and not _is_alike(shape[1:], spec) and _covers(shape[:2], spec)


def _is_alike(size: Sequence[int], spec: Spec) -> bool:
    rows, columns = spec.input_shape[1:]
    return abs(size[0] * columns - size[1] * rows) <= max(rows, columns)


def _covers(size: Sequence[int], spec: Spec) -> bool:
    """Whether a map is fine enough to be one of the image, and not a feature map."""
    rows, columns = spec.input_shape[1:]
    return size[0] * COARSEST >= rows and size[1] * COARSEST >= columns and size[0] > 1 and size[1] > 1


def _generic(names: Sequence[str]) -> bool:
    return all(GENERIC.fullmatch(name) for name in names)


def quantities(names: Sequence[str]) -> tuple[str, ...]:
    """The names of numbers: the Spec's, or "output 0", … where nobody named them."""
    return tuple(f"output {index}" for index in range(len(names))) if _generic(names) else tuple(names)


def _listed(parts: Mapping[str, Array]) -> str:
    shown = [f"{key} {list(values.shape)}" for key, values in list(parts.items())[:4]]
    more = f" and {len(parts) - 4} more" if len(parts) > 4 else ""
    return f"{len(parts)} tensors: {', '.join(shown)}{more}"
