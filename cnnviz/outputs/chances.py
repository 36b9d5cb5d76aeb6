"""From a network's outputs to probabilities: the softmax over classes, the sigmoid of each label, or neither again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.records import Array
from cnnviz.records.outputs import OutputReading
from cnnviz.records.units import Score

ADDS_UP = 5e-3  # how far from 1 the sum of a softmax in 16 bits may lie
SIGMOIDS = ("sigmoid", "hardsigmoid")
SUMS = ("linear", "addmm", "matmul", "conv2d", "conv1d")  # what gives logits, even where they add up to 1


def probabilities(logits: Array) -> Array:
    """softmax(logits) in float64, never overflowing: exp(z − max) / Σ exp(z − max). [..., K] → [..., K].

    The output of a network that ends in log-softmax gives the same: adding a constant to every logit changes nothing.
    """
    logits = np.asarray(logits, dtype=np.float64)
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def sigmoid(logits: Array) -> Array:
    """1 / (1 + exp(−z)) in float64, each by itself, never overflowing. Any shape."""
    logits = np.asarray(logits, dtype=np.float64)
    raised = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1, raised) / (1 + raised)


def are_probabilities(outputs: Array) -> bool:
    """Whether a network's outputs [..., K], K ≥ 2, are a softmax already: none negative, each row adds up to 1."""
    outputs = np.asarray(outputs, dtype=np.float64)
    near = np.abs(outputs.sum(axis=-1) - 1) < ADDS_UP
    return outputs.shape[-1] > 1 and bool((outputs >= 0).all() and near.all())


def are_log_probabilities(outputs: Array) -> bool:
    """Whether they are a log-softmax [..., K], K ≥ 2: none positive, and the exponentials of each row add up to 1."""
    outputs = np.asarray(outputs, dtype=np.float64)
    if outputs.shape[-1] < 2 or bool((outputs > ADDS_UP).any()):
        return False
    return bool((np.abs(np.exp(outputs).sum(axis=-1) - 1) < ADDS_UP).all())


def applied_by(kind: str, outputs: Array, *, ended: str = "") -> str:
    """What the network has done to its logits [..., K] already: "softmax", "log-softmax", "sigmoid" or "".

    ended: the operation that made the outputs, where it is known. A softmax is known by its sum, whatever made it.
    """
    if ended.lower() in SUMS:
        return ""
    if kind == "labels" or outputs.shape[-1] == 1:
        return "sigmoid" if ended.lower() in SIGMOIDS else ""
    if are_probabilities(outputs):
        return "softmax"
    return "log-softmax" if are_log_probabilities(outputs) else ""


def chances_of(kind: str, outputs: Array, applied: str) -> Array:
    """[..., K] → [..., K] float64: what each class or label has, without applying what has been applied."""
    outputs = np.asarray(outputs, dtype=np.float64)
    if applied in ("softmax", "sigmoid"):
        return outputs
    return sigmoid(outputs) if kind == "labels" or outputs.shape[-1] == 1 else probabilities(outputs)


def read(outputs: Array, *, ended: str = "") -> Array:
    """What a classifier's outputs say, as probabilities in float64. [..., K] → [..., K].

    Several outputs are logits, of which this is the softmax, unless they are a softmax already: then they are taken as
    they are. A single output is one logit: its sigmoid, unless the network ended with that.
    """
    outputs = np.asarray(outputs, dtype=np.float64)
    return chances_of("classes", outputs, applied_by("classes", outputs, ended=ended))


def as_read(outputs: Array, reading: OutputReading) -> Array:
    """Other outputs [..., K] of the same network, read as that reading of classes or labels was. → [..., K] float64."""
    return chances_of(reading.kind, outputs, reading.applied)


def distribution(outputs: Array, reading: OutputReading) -> Array:
    """The same as shares that add up to 1: one label p stands as (p, 1 − p). [..., K] → [..., K or 2]."""
    shares = as_read(outputs, reading)
    return np.concatenate([shares, 1 - shares], axis=-1) if shares.shape[-1] == 1 else shares


def sides(reading: OutputReading) -> tuple[str, ...]:
    """The names that `distribution` has: of the classes, or of one label and its opposite."""
    return (reading.names[0], f"not {reading.names[0]}") if len(reading.names) == 1 else reading.names


def ranked(outputs: Array, chances: Array, names: Sequence[str]) -> tuple[Score, ...]:
    """Every name with its output and its probability, the surest first; equal ones in order. outputs, chances: [K]."""
    order = np.argsort(-chances, kind="stable")
    return tuple(Score(int(i), str(names[i]), float(outputs[i]), float(chances[i])) for i in order)


def not_finite(outputs: Array) -> str:
    """What outputs that are no finite numbers come of, [...]; "" where all are finite."""
    lost = int((~np.isfinite(outputs)).sum())
    if not lost:
        return ""
    if int(np.isneginf(outputs).sum()) == lost < outputs.size:
        return (
            f"Of {outputs.size:,} outputs, {lost:,} {_be(lost)} −∞, as a mask makes those of classes that it rules "
            "out; only finite outputs are read here"
        )
    return (
        f"Of {outputs.size:,} outputs, {lost:,} {_be(lost)} not finite: the network diverged, or its weights did, "
        "or this image is not what it expects"
    )


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


def scores(outputs: Array, classes: Sequence[str], *, ended: str = "") -> tuple[Score, ...]:
    """Every class with its output and its probability, the surest first; equal ones in class order.

    outputs: [K], read as `read` does. Raises ValueError where the number of names is another, or one is not finite.
    """
    outputs = np.asarray(outputs, dtype=np.float64).ravel()
    if len(outputs) != len(classes) or len(outputs) == 0:
        raise ValueError(f"{len(outputs)} logits for {len(classes)} class names; each logit needs its own name")
    if said := not_finite(outputs):
        raise ValueError(said)
    return ranked(outputs, read(outputs, ended=ended), classes)


def again(outputs: Array, reading: OutputReading) -> tuple[Score, ...]:
    """The scores of other outputs of the same network, [K]; () where one is not finite."""
    outputs = np.asarray(outputs, dtype=np.float64).ravel()
    return ranked(outputs, as_read(outputs, reading), reading.names) if np.isfinite(outputs).all() else ()
