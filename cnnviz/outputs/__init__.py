"""What a network's output says: one reading that every page uses.

The kind (`records.outputs.OUTPUTS`) is what the Spec says, or else guessed from what the network returned: its shape,
its names, the operation that made it. Every guess is said. Whatever is none of these kinds is unread, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnnviz.outputs import boxes, chances, guessing
from cnnviz.outputs.guessing import Found as Found
from cnnviz.records import Activations, Array, Spec
from cnnviz.records.outputs import OUTPUTS, OutputReading

__all__ = ["Found", "of", "read", "target", "target_words", "unnamed"]
_PASSING = ("flatten", "reshape", "identity", "dropout")


def of(recording: Activations, spec: Spec) -> OutputReading:
    """How the output of a recording is read."""
    parts = recording.outputs or {"": recording.logits}
    return read(parts, recording.main, spec, ended=ended(recording))


def unnamed(recording: Activations) -> OutputReading:
    """The same where nothing is known of the network: its outputs are called "class 0", …"""
    source = next((layer.shape for layer in recording if layer.kind == "input"), ())
    channels, rows, columns = source if len(source) == 3 else (1, 1, 1)
    names = tuple(f"class {index}" for index in range(len(recording.logits)))
    return of(recording, Spec("", "", (channels, rows, columns), (), (), names))


def ended(recording: Activations) -> str:
    """The operation that made the main output, past what only passes numbers on; "" where no layer did."""
    layer = recording.output
    while layer is not None and layer.kind in _PASSING and layer.inputs:
        layer = recording[layer.inputs[0]]
    return layer.operation if layer is not None else ""


def read(parts: Mapping[str, Array], main: str, spec: Spec, *, ended: str = "") -> OutputReading:
    """How the output of one image is read.

    parts: every tensor that the network returned, by its path, without the batch axis; main: the key of the main one.
    ended: the operation that made it. Nothing raises: what cannot be read is a Reading of kind "unread".
    """
    kind, why = guessing.kind(parts, main, spec, ended=ended)
    kind, why = (spec.output, "") if spec.output in OUTPUTS else (kind, why)
    found = _Read(parts, main, spec, ended, why)
    return {
        "classes": found.ranked, "labels": found.ranked, "numbers": found.numbers, "map": found.map,
        "boxes": found.boxes, "unread": found.unread,
    }[kind](kind)  # fmt: skip


def target(reading: OutputReading) -> int | None:
    """The index, in the flattened main output, of the number that gradients are of; None where there is no number.

    The likeliest class or label, the first quantity, the surest cell of the map's commonest class, else the largest.
    """
    if reading.ranks:
        return reading.scores[0].index
    if reading.kind == "numbers":
        return 0
    if not reading.values.size:
        return None
    if reading.kind == "map" and reading.chances is not None:
        return _surest_cell(reading.chances)
    return int(np.nanargmax(np.abs(reading.values))) if np.isfinite(reading.values).any() else None


def target_words(reading: OutputReading) -> str:
    """What `target` names: "cat", "output 0", "the surest cell of road", "the largest number of the output"."""
    place = target(reading)
    if reading.ranks or reading.kind == "numbers":
        return reading.names[place or 0]
    if reading.kind == "map" and place is not None and reading.chances is not None:
        return f"the surest cell of {reading.names[place // max(reading.chances[0].size, 1)]}"
    return "the largest number of the output"


def _surest_cell(shares: Array) -> int:
    winners = shares.argmax(0) if len(shares) > 1 else np.zeros(shares.shape[1:], int)
    common = int(np.bincount(winners.ravel(), minlength=len(shares)).argmax())
    return common * winners.size + int(shares[common].argmax())


@dataclass(frozen=True, eq=False)
class _Read:
    parts: Mapping[str, Array]
    main: str
    spec: Spec
    ended: str
    why: str

    @property
    def _is_guessed(self) -> bool:
        return not self.spec.output

    def ranked(self, kind: str) -> OutputReading:
        values = self._vector()
        if values is None or (problem := self._unfit(len(values), values)):
            return self.unread(problem if values is not None else _not_shape(kind, self.parts[self.main]))
        applied = chances.applied_by(kind, values, ended=self.ended)
        shares = chances.chances_of(kind, values, applied)
        scores = chances.ranked(values, shares, self.spec.classes)
        said = _joined(self.why, _APPLIED.get((kind, applied), ""))
        return OutputReading(kind, values, self.spec.classes, shares, applied, scores, (), said, self._is_guessed)

    def numbers(self, kind: str) -> OutputReading:
        values = np.asarray(self.parts[self.main], dtype=np.float64).ravel()
        if problem := self._unfit(len(values), values):
            return self.unread(problem)
        names = guessing.quantities(self.spec.classes)
        return OutputReading(kind, values, names, said=self.why, is_guessed=self._is_guessed)

    def map(self, kind: str) -> OutputReading:
        values = np.asarray(self.parts[self.main])
        values = values[None] if values.ndim == 2 else values
        if values.ndim != 3 or (problem := self._unfit(len(values), values)):
            return self.unread(problem if values.ndim == 3 else _not_shape(kind, values))
        last = np.moveaxis(values, 0, -1)
        applied = chances.applied_by("classes", last, ended=self.ended)
        shares = np.moveaxis(chances.chances_of("classes", last, applied), -1, 0)
        said = _joined(self.why, guessing.MAP_OF_ONE if len(values) == 1 else "")
        return OutputReading(kind, values, self.spec.classes, shares, applied, said=said, is_guessed=self._is_guessed)

    def boxes(self, kind: str) -> OutputReading:
        key = boxes.beside(self.parts)
        if key is None:
            return self.unread(
                "It was said to give boxes, but returned none under the name boxes with labels or scores, and no "
                "pred_boxes with pred_logits"
            )
        size = self.spec.input_shape[1], self.spec.input_shape[2]
        found, read_as = boxes.found(self.parts, key, self.spec.classes, size)
        said = _joined(self.why, *read_as)
        return OutputReading(
            kind, self.parts[self.main], self.spec.classes, boxes=found, said=said, is_guessed=self._is_guessed
        )

    def unread(self, why: str) -> OutputReading:
        reason = self.why if why == "unread" else why
        said = f"{reason.rstrip('.')}. {guessing.NOT_READ}" if reason else guessing.NOT_READ
        return OutputReading("unread", self.parts.get(self.main, np.zeros(0)), said=said, is_guessed=self._is_guessed)

    def _vector(self) -> Array | None:
        """[K] of [K], [K, 1, 1] and the like; None for what has more than one axis that is longer than 1."""
        values = np.asarray(self.parts[self.main])
        long = [length for length in values.shape if length != 1]
        if values.size == 0 or len(long) > 1 or np.iscomplexobj(values):
            return None
        return values.ravel().astype(np.float64)

    def _unfit(self, count: int, values: Array) -> str:
        """Why these outputs cannot be read by their names, or at all; "" where they can."""
        if not values.size:
            return f"The network returned an empty tensor of shape {list(values.shape)}"
        if np.iscomplexobj(values):
            return "The network returned complex numbers"
        if count != len(self.spec.classes):
            return f"The network returned {count:,} outputs for {len(self.spec.classes):,} names"
        return chances.not_finite(values)


_APPLIED = {
    (
        "classes",
        "softmax",
    ): "The network's outputs add up to 1: they are shown as probabilities, without another softmax.",
    ("labels", "sigmoid"): "The network ends in a sigmoid: each output is shown as the probability that it is.",
}


def _not_shape(kind: str, values: Array) -> str:
    wanted = {"map": "[classes, H, W]"}.get(kind, "[classes]")
    return f"The output was said to be {kind}, which is {wanted}; this one is {list(values.shape)}"


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
