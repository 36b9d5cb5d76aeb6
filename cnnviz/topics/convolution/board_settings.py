"""What a person asked of the convolution: every setting and the numbers typed over, read from a link and written to it.

The browser keeps it, moves it live and hands it back; the page and the link read it here, and believe no bound of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnviz import limits
from cnnviz.operations import classic_kernels
from cnnviz.plain_text import escaped
from cnnviz.records.activations import Array
from cnnviz.topics.convolution import examples
from cnnviz.topics.convolution.records import MODES, ConvolutionSetting, Pair

Asked = dict[str, Any]
BOUNDS: dict[str, Pair] = {
    "rows": (1, examples.LARGEST_INPUT), "columns": (1, examples.LARGEST_INPUT), "pixels": (6, examples.LARGEST_INPUT),
    "kernel": (1, examples.LARGEST_KERNEL), "kernel_columns": (1, examples.LARGEST_KERNEL),
    "stride": (1, 5), "stride_columns": (1, 5), "padding": (0, 6), "padding_columns": (0, 6),
    "dilation": (1, 4), "dilation_columns": (1, 4), "extra": (0, 3), "extra_columns": (0, 3),
    "channels": (1, examples.MOST_CHANNELS), "outputs": (1, examples.MOST_CHANNELS), "groups": (1, 4),
    "step": (0, 2**20), "out": (0, examples.MOST_CHANNELS - 1),
}  # fmt: skip
SWITCHES = ("apart", "same", "flipped", "transposed")
FIRST: Asked = {
    "rows": 5, "columns": 5, "pixels": 16, "kernel": 3, "kernel_columns": 3, "stride": 1, "stride_columns": 1,
    "padding": 0, "padding_columns": 0, "dilation": 1, "dilation_columns": 1, "extra": 0, "extra_columns": 0,
    "channels": 1, "outputs": 1, "groups": 1, "bias": 0.0, "mode": MODES[0], "same": False, "flipped": False,
    "transposed": False, "apart": False, "name": examples.EXAMPLE, "typed": {}, "step": 0, "out": 0, "pin": "",
}  # fmt: skip
PRESETS: dict[str, Asked] = {
    "Worked example": {},
    "Same size": {"padding": 1},
    "Reflected border": {"padding": 1, "mode": "reflect"},
    "Stride 2": {"rows": 6, "columns": 6, "stride": 2},
    "Dilation 2": {"rows": 7, "columns": 7, "dilation": 2},
    "Even kernel": {"kernel": 2, "kernel_columns": 2, "same": True},
    "Rectangular": {
        "rows": 4, "columns": 7, "kernel": 1, "kernel_columns": 5, "padding_columns": 2, "stride_columns": 2,
        "apart": True,
    },
    "Several channels": {"channels": 3, "outputs": 2, "bias": 1.0},
    "Depthwise": {"channels": 3, "outputs": 3, "groups": 3},
    "Pointwise": {"channels": 3, "outputs": 2, "kernel": 1, "kernel_columns": 1},
    "Transposed": {"rows": 3, "columns": 3, "transposed": True, "stride": 2},
    "Flipped kernel": {"flipped": True},
}  # fmt: skip
LARGEST_BIAS, LARGEST_NUMBER = 100.0, 1e6
MOST_TYPED = limits.LINK_NUMBERS  # numbers in a link; a longer address is cut by some programs


def read(values: Mapping[str, object]) -> tuple[Asked, tuple[str, ...]]:
    """(what is asked, names of what could not be honoured). values: of a link (texts) or of the browser (JSON).

    What is missing or refused has its first value.
    """
    asked, refused = dict(FIRST), []
    for name in FIRST.keys() & values.keys():
        value = _value(name, values[name])
        if value is None and not (name == "bias" and values[name] in (None, "", "none")):
            refused.append(name)
        else:
            asked[name] = value
    return asked, tuple(sorted(refused))


def link(asked: Asked) -> dict[str, str]:
    """The texts of a link that brings it back: what differs from the first values."""
    return {name: _text(name, asked[name]) for name, first in FIRST.items() if asked[name] != first}


def refusal(name: str, text: object) -> str:
    """Why a value of a link is left out, and what would work."""
    if name in BOUNDS:
        right = f"whole numbers from {BOUNDS[name][0]} to {BOUNDS[name][1]:,}"
    elif name == "mode":
        right = ", ".join(MODES)
    elif name == "bias":
        right = f"numbers from −{LARGEST_BIAS:g} to {LARGEST_BIAS:g}, or none"
    else:
        right = "what “Copy link” writes"
    return f"The link asks for {name} “{escaped(text, longest=80)}”, which is left out: {right} would work."


def setting(asked: Asked) -> ConvolutionSetting:
    """The same as the operation takes it."""
    stride, padding, dilation, extra = (pair(asked, name) for name in ("stride", "padding", "dilation", "extra"))
    transposed = asked["transposed"]
    same = asked["same"] and not transposed
    return ConvolutionSetting(
        stride, "same" if same else padding, dilation, asked["groups"], "zeros" if transposed else asked["mode"],
        asked["flipped"], transposed, extra if transposed else (0, 0),
    )  # fmt: skip


def numbers(asked: Asked, x: Array | None = None) -> tuple[Array, Array, Array | None]:
    """(input [C, H, W], kernels [O, C / groups, kh, kw], bias [O] or None). x: an image in place of the input."""
    high, wide = pair(asked, "kernel")
    size = (asked["rows"], asked["columns"])
    channels, outputs = asked["channels"] if x is None else len(x), asked["outputs"]
    within = max(1, channels // asked["groups"])
    given = x is not None
    if x is None:
        x = np.stack([examples.numbers(*size, channel) for channel in range(channels)])
    kernels = np.array(
        [[examples.kernel(high, wide, o, c, name=asked["name"]) for c in range(within)] for o in range(outputs)]
    )
    for place, value in asked["typed"].items():
        kind, *index = place.split(".")
        target, at = (x, tuple(map(int, index))) if kind == "x" else (kernels, tuple(map(int, index)))
        if not (kind == "x" and given) and all(i < n for i, n in zip(at, target.shape, strict=True)):
            target[at] = value
    bias = None if asked["bias"] is None else np.full(outputs, asked["bias"])
    return x, kernels, bias


def pair(asked: Asked, name: str) -> Pair:
    """(rows, columns) of a setting: the same twice unless they are set apart."""
    return asked[name], asked[f"{name}_columns"] if asked["apart"] else asked[name]


def _value(name: str, value: object) -> Any:
    if name in BOUNDS:
        number = _number(value)
        low, high = BOUNDS[name]
        return int(number) if number is not None and number == int(number) and low <= number <= high else None
    if name in SWITCHES:
        return {"true": True, "false": False}.get(str(value).lower())
    if name == "bias":
        number = _number(value)
        return number if number is not None and abs(number) <= LARGEST_BIAS else None
    if name == "typed":
        return _typed(value)
    known = {"mode": MODES, "name": (examples.EXAMPLE, *classic_kernels.names(examples.LARGEST_KERNEL))}
    if name in known:
        return value if value in known[name] else None
    return value if isinstance(value, str) and len(value) < 40 and value.replace(".", "").isalnum() else None


def _typed(value: object) -> dict[str, float] | None:
    """{"x.channel.row.column" or "w.output.channel.row.column": number}, or the same as a text of a link."""
    if isinstance(value, str):
        parts = [part.partition("~") for part in value.split("_") if part]
        value = {place: number for place, _, number in parts}
    if not isinstance(value, Mapping) or len(value) > MOST_TYPED:
        return None
    found = {}
    for place, text in value.items():
        kind, *index = str(place).split(".")
        number = _number(text)
        right = len(index) == {"x": 3, "w": 4}.get(kind) and all(i.isdecimal() and len(i) < 3 for i in index)
        if not right or number is None or abs(number) > LARGEST_NUMBER:
            return None
        found[str(place)] = number
    return found


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) and not isinstance(value, bool) else None


def _text(name: str, value: Any) -> str:
    if name == "typed":
        return "_".join(f"{place}~{_shortest(number)}" for place, number in value.items())
    if value is None:
        return "none"
    if isinstance(value, float):
        return _shortest(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shortest(value: float) -> str:
    """The fewest digits that name this number and no other."""
    return repr(float(value)).removesuffix(".0")
