"""Occlusion: cover a window of the image with the baseline, and see how much of the score goes.

Theory: the only question here that needs no theory. It asks the network about images that it has never seen, though:
a grey square is a thing of its own, and windows cover parts, not features. For a linear network a window's number is
exactly the sum of w·(x − x′) over it.
Formula: M(p) = mean over the windows w that hold p of (f(x) − f(x with x′ in w)), divided by the window's area.
Source: M. Zeiler, R. Fergus: Visualizing and Understanding Convolutional Networks (2013), https://arxiv.org/abs/1311.2901
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnnviz.attribution import laws, pieces
from cnnviz.attribution.asking import AttributionRequest, batches, linear_from_image, numbers, stacked
from cnnviz.attribution.entries import REGISTRY, Method, of_windows
from cnnviz.attribution.errors import DoesNotFit
from cnnviz.attribution.parts_kept import once
from cnnviz.records.attribution import Attribution
from cnnviz.records.proofs import Proof

PER_SIDE = 13  # windows along each side
Window = tuple[int, int, int, int]


def compute(asked: AttributionRequest) -> Attribution:
    """`per_side`² windows, each 1.5 times as wide as the step between them."""
    windows, shape = _windows(asked)
    value, found = asked.value(), []
    quick = pieces.of(asked, windows)
    for part in batches(len(windows), asked.together_forwards):
        covered = asked.x.repeat(part.stop - part.start, 1, 1, 1)
        for image, (top, bottom, left, right) in zip(covered, windows[part], strict=True):
            image[:, top:bottom, left:right] = asked.zero[0, :, top:bottom, left:right]
        given = (asked.values, covered) if quick is None else (quick.values, range(len(windows))[part], covered)
        found.append(once(asked, (part.start, part.stop), *given))
        asked.done(part.stop / len(windows))
    lost = value - numbers(stacked(found))
    pixels, seen = np.zeros((2, *asked.x.shape[-2:]))
    for drop, (top, bottom, left, right) in zip(lost, windows, strict=True):
        pixels[top:bottom, left:right] += drop / ((bottom - top) * (right - left))
        seen[top:bottom, left:right] += 1
    record = of_windows("occlusion", lost.reshape(shape), pixels / np.maximum(seen, 1), value)
    most = int(np.abs(lost).argmax())
    note = f"{len(windows)} windows; the one that matters most changes the score by {-lost[most]:+.3g}"
    law = _weighed(asked, windows, lost, value) or _alone(asked, windows[most], value, float(lost[most]))
    return replace(record, law=law, note=note)


def _weighed(asked: AttributionRequest, windows: Sequence[Window], lost: np.ndarray, value: float) -> Proof | None:
    """Where nothing bends: every window's number against the sum of w·(x − x′) over it; None elsewhere.

    w is the gradient, which is the same everywhere there. Rounding is that of the scores, of which each number is a
    difference.
    """
    if not linear_from_image(asked):
        return None
    try:
        _, gradient = asked.slope
    except DoesNotFit:
        return None
    shares = numbers((gradient.double() * (asked.x - asked.zero).double()).sum(1)[0])
    sums = [float(shares[top:bottom, left:right].sum()) for top, bottom, left, right in windows]
    worst = int(np.abs(lost - sums).argmax())
    claim = f"Nothing bends on the way: each of the {len(windows)} windows takes the sum of w·(x − x′) over it"
    scale = max(abs(value), float(np.abs(shares).sum()))
    return laws.total(float(lost[worst]), sums[worst], claim, share=0.0, dtype=asked.x.dtype, scale=scale)


def _alone(asked: AttributionRequest, window: Window, value: float, lost: float) -> Proof:
    top, bottom, left, right = window
    covered = asked.x.clone()
    covered[:, :, top:bottom, left:right] = asked.zero[:, :, top:bottom, left:right]
    claim = "The window that matters most, covered by itself, takes the same from the score"
    return laws.total(value - float(asked.values(covered)[0]), lost, claim, share=0.0, dtype=asked.x.dtype)


def _windows(asked: AttributionRequest) -> tuple[list[Window], tuple[int, int]]:
    sides = asked.x.shape[-2:]
    edges = []
    for side in sides:
        count = min(asked.setting("per_side", PER_SIDE), side)
        step = side / count
        wide = max(1, round(asked.setting("wide", 1.5) * step))
        starts = [min(max(0, round(i * step + step / 2 - wide / 2)), side - wide) for i in range(count)]
        edges.append([(start, start + wide) for start in starts])
    return [(*rows, *columns) for rows in edges[0] for columns in edges[1]], (len(edges[0]), len(edges[1]))


REGISTRY.add(
    "occlusion",
    Method(
        "occlusion", "Occlusion", "covering", compute,
        r"\operatorname*{mean}_{w \ni p}\;\frac{f(x)-f(x_{w \to x'})}{|w|}",
        "Zeiler, Fergus: Visualizing and Understanding Convolutional Networks", 2013,
        "https://arxiv.org/abs/1311.2901", lambda asked: float(asked.setting("per_side", PER_SIDE) ** 2), slow=True,
    ),
)  # fmt: skip
