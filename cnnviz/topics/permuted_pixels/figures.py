"""Permuted images, weights put back and feature maps as PNG, and the table of answers."""

from __future__ import annotations

import numpy as np

from cnnviz.figures import maps
from cnnviz.figures.numbers import percent
from cnnviz.figures.pictures import enlarge, png
from cnnviz.records import Array
from cnnviz.records.permutation import Answers, FirstWeights

ZOOM, GAP, COLUMNS = 3, 2, 5
GROUND = 96  # grey between the images, legible in light and dark


def sheet_png(pictures: Array, *, columns: int = COLUMNS) -> bytes:
    """Grey images side by side in rows of `columns`, as PNG. pictures: [N, H, W] uint8."""
    count, height, width = pictures.shape
    rows = -(-count // columns)
    canvas = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), GROUND, dtype=np.uint8)
    for index, picture in enumerate(pictures):
        top, left = (GAP + place * (side + GAP) for place, side in zip(divmod(index, columns), (height, width),
                                                                       strict=True))  # fmt: skip
        canvas[top : top + height, left : left + width] = picture
    return png(enlarge(canvas, ZOOM))


def weights_png(values: Array, limit: float, *, theme: str) -> bytes:
    """First-layer weights, one image a unit, zero neutral, one scale for all."""
    shown = maps.ColourLimits(-limit, limit, signed=True)
    return maps.mosaic_png(values.repeat(2, 1).repeat(2, 2), palette="weights", theme=theme, limits=shown, columns=4)


def weights_limit(found: FirstWeights) -> float:
    """The scale on which both networks' weights are drawn: 99.5 % of all lie inside."""
    return float(np.quantile(np.abs(np.concatenate([found.plain, found.permuted])), 0.995))


def maps_png(values: Array, *, theme: str) -> bytes:
    """Feature maps in rows of three, as PNG. values: [C, H, W]."""
    return maps.mosaic_png(values.repeat(4, 1).repeat(4, 2), theme=theme, columns=3)


def answers_table(found: Answers) -> list[dict[str, str]]:
    """A row for each network and image: what it says, and how sure it is."""
    rows = []
    for (network, trained, shown), probabilities in zip(found.rows, found.probabilities, strict=True):
        best = int(probabilities.argmax())
        rows.append({
            "network": network,
            "trained on": "permuted" if trained else "normal",
            "shown": "permuted" if shown else "normal",
            "says": found.classes[best],
            "probability": percent(float(probabilities[best])),
        })  # fmt: skip
    return rows
