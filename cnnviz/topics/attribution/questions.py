"""What can be asked about maps that explain an answer, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnviz.records import Array
from cnnviz.records.attribution import Attribution
from cnnviz.topics.attribution.parts import Parts
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut
from cnnviz.topics.attribution.trial_records import LOWER, Contestant, Trial

Wanted = tuple[str, dict[str, Any]]
COMPLETE = {"integrated_gradients": "integrated gradients", "deeplift": "DeepLIFT"}  # share out a difference of scores


def adds_up(found: Mapping[str, Attribution | str], label: str) -> list[Wanted]:
    """The sum of a map whose law was checked, from the score and the baseline's. label: of what is explained."""
    for name, method in COMPLETE.items():
        one = found.get(name)
        if isinstance(one, Attribution) and one.law is not None and one.law.holds:
            added = one.native if one.channels is None else one.channels
            state = {"score": one.value, "baseline": one.value - float(added.sum())}
            return [("attribution_sum", {"target": label, "method": method, **state})]
    return []


def of_trial(found: Trial, measure: str, covered: str, words: str, counts: Sequence[int]) -> list[Wanted]:
    """Who is clearly better by a measure, what more images would bring, and what a map gets that knows nothing.

    covered: what the masks lie on, with its verb; words: what the measure is called; counts: of images to choose from.
    """
    results = [(one.title, one.mean(measure), one.half_width(measure)) for one in found.contestants]
    asked: list[Wanted] = []
    if measure == "energy":
        asked.append(("constant_share", {"place": covered, "covered": found.share}))
    state = {"measure": words, "less": measure in LOWER, "images": found.images, "results": results}
    methods = [one for one in found.contestants if not one.is_control]
    return [*asked, ("clear_winner", state), *_interval(methods, measure, found.images, counts)]


def _interval(methods: Sequence[Contestant], measure: str, images: int, counts: Sequence[int]) -> list[Wanted]:
    """About the method whose interval is widest."""
    if not methods:
        return []
    widest = max(methods, key=lambda one: one.half_width(measure))
    state = {"method": widest.title, "half": widest.half_width(measure), "images": images, "counts": list(counts)}
    return [("interval_of_more", state)]


def of_shortcut(found: PlantedShortcut, covered: str, classes: int) -> list[Wanted]:
    """What a map gets that knows nothing, and what hangs on the patch. covered: the patch, with its verb."""
    cue, twin = found.right["cue"], found.right["twin"]
    told = {"right": cue[0], "misled": cue[1], "without": cue[2], "twin": twin[1], "classes": classes}
    return [("misled_answers", told), ("constant_share", {"place": covered, "covered": found.share})]


def of_parts(values: Array, found: Parts, names: Sequence[str]) -> list[Wanted]:
    """What the parts make of a cell, and how many numbers they are. values: the layer's maps [C, H, W]."""
    count, rows, columns = found.maps.shape
    cells = []
    for part in range(count):
        row, column = found.strongest(part)
        [channel] = found.speakers(part, 1)
        made = [
            (names[one], float(found.channels[channel, one]), float(found.maps[one, row, column]))
            for one in range(count)
        ]  # fmt: skip
        cells.append((channel, row, column, float(values[channel, row, column]), made))
    sizes = {"channels": len(values), "cells": rows * columns, "parts": count}
    return [("rebuilt_cell", {"cells": cells}), ("numbers_of_parts", sizes)]
