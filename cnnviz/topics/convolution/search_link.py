"""Where a search for a kernel stands, as a link says it: nine weights, steps taken, learning rate, momentum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypedDict

from cnnviz.plain_text import escaped, whole_number

WEIGHTS, STEPS, RATE, HEAVY = NAMES = ("weights", "steps", "rate", "momentum")
LARGEST, MOST = 1e6, 20_000  # a weight's size; steps
SHARES = (0.05, 1.3)  # of the largest learning rate that converges: the slider's ends
RIGHT = {
    WEIGHTS: "nine numbers, with commas between them,",
    STEPS: f"a whole number up to {MOST:,}",
    RATE: f"a number from {SHARES[0]:g} to {SHARES[1]:g}",
    HEAVY: "1",
}


class SearchPlace(TypedDict):
    """kernel: nine weights, row by row. share: the learning rate, of the largest. heavy: with momentum."""

    kernel: list[float]
    steps: int
    share: float
    heavy: bool


FIRST: SearchPlace = {"kernel": [0.0] * 9, "steps": 0, "share": 0.9, "heavy": False}


def read(values: Mapping[str, str]) -> tuple[SearchPlace, tuple[str, ...]]:
    """(where it stands, the names that could not be honoured and are as at first). values: the link's, by name."""
    place: SearchPlace = {**FIRST}
    refused = []
    for name, text in values.items():
        found = _one(name, text)
        if found is None:
            refused.append(name)
        else:
            place |= found  # type: ignore[typeddict-item]
    return place, tuple(refused)


def link(place: SearchPlace) -> dict[str, str]:
    """What the link has to say, by name: nothing of what is as at first."""
    said = {
        WEIGHTS: ",".join(f"{weight:.6g}" for weight in place["kernel"]) if any(place["kernel"]) else "",
        STEPS: str(place["steps"]) if place["steps"] else "",
        RATE: f"{place['share']:g}" if place["share"] != FIRST["share"] else "",
        HEAVY: "1" if place["heavy"] else "",
    }
    return {name: text for name, text in said.items() if text}


def refusal(name: str, text: str) -> str:
    """Why a value of the link is left out."""
    asked = escaped(text, longest=80)
    return f"The link asks for {name} “{asked}” of the kernel that is learned: {RIGHT[name]} would work."


def _one(name: str, text: str) -> dict[str, object] | None:
    if name == WEIGHTS:
        found = [_number(part) for part in text.split(",")]
        kernel = [one for one in found if one is not None and abs(one) <= LARGEST]
        return {"kernel": kernel} if len(found) == len(kernel) == len(FIRST["kernel"]) else None
    if name == STEPS:
        steps = whole_number(text)
        return None if steps is None or steps > MOST else {"steps": steps}
    if name == RATE:
        share = _number(text)
        return {"share": share} if share is not None and SHARES[0] <= share <= SHARES[1] else None
    return {"heavy": True} if text == "1" else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
