"""What the network says: scores with probabilities, the softmax term by term, and when to doubt it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.outputs.chances import are_probabilities, not_finite, read, scores
from cnnviz.records import Array, Score, Spec

DOUBT = 0.5  # below it the surest class is less likely than all others together


class ScoreRow(TypedDict):
    """One class. probability: in [0, 1]; percent and logit as text."""

    label: str
    index: int
    probability: float
    percent: str
    logit: str


class ScoresPacket(TypedDict):
    """For the component scores. rest: the sum of the `others` that are not shown."""

    rows: list[ScoreRow]
    rest: float
    others: int
    words: str


def bars(ranked: Sequence[Score], *, top: int = 5, exclusive: bool = True) -> ScoresPacket:
    """The first `top` scores as rows for the bars, and what is left over: plain values.

    rows: label, probability in [0, 1], percent (text), logit (text), index. rest: the sum of all others. exclusive:
    they add up to 1, as those of classes do and those of labels, which hold or not each by itself, do not.
    """
    shown = ranked[:top]
    rest = max(0.0, 1.0 - sum(score.probability for score in shown))
    rows: list[ScoreRow] = [
        {
            "label": score.label,
            "index": score.index,
            "probability": score.probability,
            "percent": percent(score.probability),
            "logit": number(score.logit),
        }
        for score in shown
    ]
    others = len(ranked) - len(shown)
    if not exclusive:
        words = f"{others:,} other label{'' if others == 1 else 's'}, each less likely" if others else ""
        return {"rows": rows, "rest": 0.0, "others": others, "words": words}
    words = f"{others:,} other class{'' if others == 1 else 'es'} together {percent(rest)}" if others else ""
    return {"rows": rows, "rest": rest if others else 0.0, "others": others, "words": words}


def softmax_table(logits: Array, classes: Sequence[str], *, top: int = 10, ended: str = "") -> list[dict[str, Any]]:
    """The softmax, term by term: class, logit z, exp(z − max), the sum it is divided by, the ratio.

    Outputs that are probabilities p already stand as their logits, ln p; a single logit z beside the 0 of its opposite,
    which makes the softmax its sigmoid. The last row sums the classes that are not shown; all ratios add up to 1.
    """
    chances = read(_checked(logits, classes), ended=ended)
    if len(chances) == 1:
        classes, chances = (classes[0], f"not {classes[0]}"), np.array([chances[0], 1 - chances[0]])
        logits = np.array([np.asarray(logits, np.float64).ravel()[0], 0.0])
        logits = _logarithms(chances) if ended.lower() == "sigmoid" else logits
    elif are_probabilities(logits):
        logits = _logarithms(chances)
    ranked = scores(logits, classes)
    largest = ranked[0].logit
    total = float(np.exp(np.asarray(logits, np.float64) - largest).sum())
    rows = [
        _softmax_row(score.label, score.logit, float(np.exp(score.logit - largest)), total) for score in ranked[:top]
    ]
    others = ranked[top:]
    if others:
        rest = float(sum(np.exp(score.logit - largest) for score in others))
        rows.append(_softmax_row(f"{len(others):,} other classes", None, rest, total))
    return rows


def sigmoid_table(ranked: Sequence[Score], *, top: int = 10) -> list[dict[str, Any]]:
    """Labels that hold or not, each by itself: its logit z, exp(−z), and 1 / (1 + exp(−z)), the likeliest first.

    What a network has put through its sigmoid already stands as its logit, ln(p / (1 − p)).
    """
    rows = []
    for score in ranked[:top]:
        p = min(max(score.probability, 1e-300), 1 - 1e-16)
        raised = (1 - p) / p
        rows.append({"label": score.label, "logit": -float(np.log(raised)), "exp(−logit)": raised, "sigmoid": p})
    return rows


def fit_note(ranked: Sequence[Score], *, named: int = 10) -> str:
    """A sentence where the network is unsure of its own answer; "" where it is not.

    A softmax always adds up to 1 over the classes it knows, so a photo of something else still gets an answer.
    """
    if not ranked:
        return ""
    best = ranked[0]
    if best.probability >= DOUBT or len(ranked) < 2:
        return ""
    names = [score.label for score in sorted(ranked, key=lambda score: score.index)]
    which = f" ({', '.join(names)})" if len(names) <= named else ""
    return (
        f"Not sure: the likeliest class, {best.label}, has only {percent(best.probability)}, and chance alone would "
        f"give {percent(1 / len(ranked))}. This network knows only these {len(ranked):,} classes{which}; "
        "what the image shows may be none of them."
    )


GREY_SIDE = 64  # pixels: a network that reads grey images of no more a side was trained on digits, letters, clothes


def misfit_note(spec: Spec, *, photograph: bool, named: int = 10) -> str:
    """A sentence where a photograph goes into a network of small grey images; "" elsewhere.

    Such a network has never seen a photograph, and its softmax may be sure of anything.
    """
    channels, height, width = spec.input_shape
    if not photograph or channels != 1 or max(height, width) > GREY_SIDE or not spec.classes:
        return ""
    names = list(spec.classes)
    which = ", ".join(names) if len(names) <= named else f"{', '.join(names[:3])} … {names[-1]}"
    return (
        f"This network knows only {len(names):,} classes ({which}), from small grey images. Unless one of them is "
        "really in this image, its answer means nothing, however sure it looks."
    )


def activations_snippet(choice: str, key: str, picture: str, *, fit: str = "crop") -> str:
    """Python that records the layer `key` and prints it; it runs as it stands, from the project's folder.

    choice: as `cnnviz.networks` takes it ("resnet18", "run:mnist-cnn-1a2b3c4d"). picture: a file name, or
    "sample:<name>" for a bundled one.
    """
    return prelude(choice, picture, fit=fit) + (
        f"layer = record[{key!r}]\n"
        "print(layer.key, layer.operation, list(layer.values.shape))\n"
        "print('mean', layer.values.mean(), 'smallest', layer.values.min(), 'largest', layer.values.max())\n"
    )


def prelude(choice: str, picture: str, *, fit: str = "crop") -> str:
    """The lines that every snippet starts with: network, image, recording."""
    sample = picture.removeprefix("sample:")
    module, reading = ("samples", sample) if picture.startswith("sample:") else ("images", picture)
    imported = ", ".join(sorted({"capture", "images", "networks", module}))
    return (
        f"from cnnviz import {imported}\n\n"
        f"network = networks.open_network({choice!r})\n"
        f"picture = {module}.read({reading!r})\n"
        f"x = images.to_tensor(picture, network.spec, fit={fit!r})\n"
        "record = capture.activations(network.model, x)\n"
    )


def _logarithms(chances: Array) -> Array:
    """ln p, and for a probability of 0 a number so low that its exponential is 0 beside the others."""
    found: Array = np.log(np.maximum(chances, 1e-300))
    return found


def _checked(logits: Array, classes: Sequence[str]) -> Array:
    logits = np.asarray(logits, dtype=np.float64).ravel()
    if len(logits) != len(classes) or len(logits) == 0:
        raise ValueError(f"{len(logits)} logits for {len(classes)} class names; each logit needs its own name")
    if said := not_finite(logits):
        raise ValueError(said)
    return logits


def _softmax_row(label: str, logit: float | None, raised: float, total: float) -> dict[str, Any]:
    return {"class": label, "logit": logit, "exp(logit − max)": raised, "sum": total, "ratio": raised / total}
