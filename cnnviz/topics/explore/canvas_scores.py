"""The canvas' last column: the likeliest classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz import outputs
from cnnviz.figures.channels import short
from cnnviz.outputs.chances import ranked, read
from cnnviz.records import Activations, Score
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.explore import compared
from cnnviz.topics.explore.canvas_packet import ScoreLine

MOST_SCORES = 10


def listed(recording: Activations, classes: Sequence[str], reading: OutputReading | None) -> list[ScoreLine]:
    """The likeliest classes, at most ten, with logit and probability; a net of ten or fewer keeps their order.

    None where the output is read as something else than classes or labels.
    """
    found = _as_classes(recording, classes) if reading is None else reading.scores
    best = found[:MOST_SCORES]
    order = sorted(best, key=lambda score: score.index) if len(found) <= MOST_SCORES else best
    return [
        {
            "index": score.index,
            "label": score.label,
            "logit": short(np.array([score.logit]))[0],
            "probability": compared.whole(score.probability),
        }
        for score in order
    ]


def _as_classes(recording: Activations, classes: Sequence[str]) -> tuple[Score, ...]:
    logits = np.asarray(recording.logits, dtype=np.float64).ravel()
    names = [classes[index] if index < len(classes) else f"class {index}" for index in range(len(logits))]
    return ranked(logits, read(logits, ended=outputs.ended(recording)), names)
