"""An output that is no list of classes, drawn over what the network saw: a map in colours, boxes, quantities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from cnnviz.figures import pictures
from cnnviz.figures.looks import SERIES
from cnnviz.figures.numbers import number, percent
from cnnviz.records import Array
from cnnviz.records.outputs import Box, OutputReading

GREY = "#808890"
COVER = 0.6  # how much of a class's colour lies over the image
SIDE = 340  # px: of what is drawn
MOST_BOXES, LEAST_SCORE = 20, 0.05


@dataclass(frozen=True)
class LegendLine:
    """colour: hexadecimal. share: of the cells, or a box's score, as text; "" where there is none."""

    colour: str
    name: str
    share: str


def winners(reading: OutputReading) -> Array:
    """[H, W] int: the likeliest class at each cell; of a map of one class 0 where it is likelier than not, else −1."""
    assert reading.chances is not None
    if len(reading.chances) == 1:
        return np.where(reading.chances[0] >= 0.5, 0, -1)
    found: Array = reading.chances.argmax(0)
    return found


def map_over(picture: Array, reading: OutputReading) -> tuple[Array, tuple[LegendLine, ...]]:
    """The classes of a map in colours over the image [H, W, 3] uint8, enlarged, and the legend: the commonest first.

    The six commonest classes have colours of their own, all others are grey. The map is enlarged cell by cell.
    """
    found = winners(reading)
    names, counts = np.unique(found, return_counts=True)
    order = [int(index) for index in names[np.argsort(-counts, kind="stable")]]
    inks = {index: (SERIES[place] if place < len(SERIES) else GREY) for place, index in enumerate(_drawn(order))}
    share = {int(index): float(count) / found.size for index, count in zip(names, counts, strict=True)}
    large = pictures.enlarge_to(pictures.rgb(picture), SIDE).astype(np.float64)
    cells = np.asarray(Image.fromarray(found.astype(np.int32)).resize(large.shape[1::-1], Image.Resampling.NEAREST))
    for index, ink in inks.items():
        large[cells == index] = (1 - COVER) * large[cells == index] + COVER * np.array(_rgb(ink))
    lines = [
        LegendLine(inks.get(index, ""), _name(reading, index), percent(share[index])) for index in order[: len(SERIES)]
    ]
    if others := order[len(SERIES) :]:
        left = sum(share[index] for index in others)
        lines.append(LegendLine(GREY, f"{len(others):,} other classes", percent(left)))
    return np.rint(large).astype(np.uint8), tuple(lines)


def boxes_over(picture: Array, boxes: Sequence[Box]) -> tuple[Array, tuple[LegendLine, ...]]:
    """The boxes drawn on the image [H, W, 3] uint8, enlarged, and a line for each: label, score, corners."""
    large = pictures.enlarge_to(pictures.rgb(picture), SIDE)
    scale = large.shape[0] / picture.shape[0]
    drawing = Image.fromarray(np.ascontiguousarray(large))
    pen, shown = ImageDraw.Draw(drawing), surest(boxes)
    labels = list(dict.fromkeys(box.label for box in shown))
    lines = []
    for box in reversed(shown):  # the surest last, on top
        ink = SERIES[labels.index(box.label) % len(SERIES)]
        left, top, right, bottom = (scale * edge for edge in (box.left, box.top, box.right, box.bottom))
        pen.rectangle((min(left, right), min(top, bottom), max(left, right), max(top, bottom)), outline=ink, width=3)
    for box in shown:
        corners = f"rows {box.top:.0f} to {box.bottom:.0f}, columns {box.left:.0f} to {box.right:.0f}"
        scored = f"{percent(box.score)}, {corners}" if box.score is not None else corners
        lines.append(LegendLine(SERIES[labels.index(box.label) % len(SERIES)], box.label, scored))
    return np.asarray(drawing), tuple(lines)


def surest(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """At most 20 boxes, those without a score of 5 % left out."""
    likely = [box for box in boxes if box.score is None or box.score >= LEAST_SCORE]
    return tuple(likely[:MOST_BOXES])


def quantities(reading: OutputReading, *, most: int = 50) -> list[dict[str, str]]:
    """A line a number: its name and its value; the first 50."""
    pairs = zip(reading.names[:most], reading.values[:most], strict=True)
    return [{"output": name, "value": number(float(value))} for name, value in pairs]


def _drawn(order: Sequence[int]) -> list[int]:
    return [index for index in order if index >= 0]


def _name(reading: OutputReading, index: int) -> str:
    return reading.names[index] if index >= 0 else f"not {reading.names[0]}"


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
