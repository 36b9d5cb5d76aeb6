"""What a browser could send as the value of a component, and none of ours ever does: for tests and for attacks."""

from __future__ import annotations

import json
import random
from typing import Any

SAID = (
    "pick", "want", "shown", "view", "seen", "key", "drawing", "settings", "layers", "place", "asked", "go", "cell",
    "painted", "changed",
)  # fmt: skip
FIELDS = (
    "layer", "channel", "row", "column", "at", "what", "name", "kernel", "true", "said", "open", "others", "turn",
    "layers", "depth", "stride", "padding", "dilation", "colour", "rows", "typed", "mode", "weights", "rate",
    "momentum", "steps",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 3, 10**18, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"), "", "1", "conv1",
    "\ud800", "é", "x" * 5000, "data:image/png;base64,é", [], [[]], {}, [1, "a", None], {"layer": 5},
)  # fmt: skip
DEEP = "[" * 200_000  # more than Python's reader of JSON follows
FAIRLY_DEEP = "[" * 900 + "]" * 900  # which it reads, and does not compare
LONG = "1" * 5000  # more digits than Python reads as a number
NO_MESSAGES = (DEEP, FAIRLY_DEEP, LONG, "", "5", "[]", "null", "not JSON", '"text"', '{"a": "\\ud800"}')


def value(draw: random.Random, depth: int = 2) -> Any:
    """An odd value, or lists and objects of such."""
    kind = draw.randrange(4) if depth else 0
    if kind == 1:
        return [value(draw, depth - 1) for _ in range(draw.randrange(4))]
    if kind >= 2:
        return {name: value(draw, depth - 1) for name in draw.sample(FIELDS, 8)}
    return draw.choice(ODD)


def message(draw: random.Random) -> str:
    """Odd values under the names that components use; one time in ten a text that is no message at all."""
    if draw.random() < 0.1:
        return draw.choice(NO_MESSAGES)
    return json.dumps({name: value(draw) for name in draw.sample(SAID, 9)})
