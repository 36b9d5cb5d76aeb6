"""Where pooling's windows lie: the output size, and the cells of the input that each window holds.

⌊(i + 2p − d(k − 1) − 1) / s⌋ + 1 windows along an axis; with ceil_mode ⌈…⌉ + 1, less the last one where it would start
beyond the input and its left padding (PyTorch's rule). Adaptive: window j of m covers ⌊j·i/m⌋ … ⌈(j+1)·i/m⌉ − 1.

Source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), https://arxiv.org/abs/1603.07285
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.pooling import Pair, PoolingSetting, WindowAxis

# What PyTorch's layer of that kind can be told; the rest stays at its default. Stochastic pooling has no layer there.
TAKES: dict[str, frozenset[str]] = {
    "max": frozenset({"kernel", "stride", "padding", "dilation", "ceil_mode"}),
    "average": frozenset({"kernel", "stride", "padding", "ceil_mode", "include_pad"}),
    "lp": frozenset({"kernel", "stride", "ceil_mode", "norm"}),
    "stochastic": frozenset({"kernel", "stride", "training"}),
    "convolution": frozenset({"kernel", "stride", "padding", "dilation", "weights"}),
    "global_average": frozenset(),
    "global_max": frozenset(),
    "adaptive_average": frozenset({"output"}),
    "adaptive_max": frozenset({"output"}),
}
TITLES = {
    "max": "Max",
    "average": "Average",
    "stochastic": "Stochastic",
    "lp": "Lᵖ (L2)",
    "global_average": "Global average",
    "global_max": "Global max",
    "adaptive_average": "Adaptive average",
    "adaptive_max": "Adaptive max",
    "convolution": "Strided convolution",
}
AXES = ("rows", "columns")


def axes(size: Pair, setting: PoolingSetting) -> tuple[WindowAxis, WindowAxis]:
    """The windows along the rows and along the columns of an input of that size.

    Raises: OperationError where a window does not fit, or the setting is none that PyTorch accepts.
    """
    if setting.kind not in TAKES:
        raise OperationError(f"There is no pooling named {setting.kind!r}: choose one of {', '.join(TAKES)}.")
    found = [_axis(size[at], setting, at) for at in range(2)]
    return found[0], found[1]


def output_length(length: int, setting: PoolingSetting, at: int) -> int:
    """How many windows lie along axis `at` (0: rows, 1: columns) of an input of that length; 0 or less: none fits."""
    kernel, stride, padding, dilation = (
        pair[at] for pair in (setting.kernel, setting.stride, setting.padding, setting.dilation)
    )
    room = length + 2 * padding - dilation * (kernel - 1) - 1
    if not setting.ceil_mode or setting.kind == "convolution":
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= length + padding else count


def _axis(length: int, setting: PoolingSetting, at: int) -> WindowAxis:
    if setting.kind.startswith("global"):
        return _adaptive(length, 1)
    if setting.kind.startswith("adaptive"):
        if setting.output[at] < 1:
            raise OperationError(f"Adaptive pooling reaches 1 or more {AXES[at]}, not {setting.output[at]}: raise it.")
        return _adaptive(length, setting.output[at])
    _check(length, setting, at)
    kernel, stride = setting.kernel[at], setting.stride[at]
    starts = np.arange(output_length(length, setting, at)) * stride - setting.padding[at]
    places = starts[:, None] + np.arange(kernel)[None] * setting.dilation[at]
    there = np.ones(places.shape, dtype=bool)
    return WindowAxis(places, there, length)


def _adaptive(length: int, count: int) -> WindowAxis:
    starts = [number * length // count for number in range(count)]
    stops = [-(-(number + 1) * length // count) for number in range(count)]
    longest = max(stop - start for start, stop in zip(starts, stops, strict=True))
    places = np.array(starts)[:, None] + np.arange(longest)[None]
    return WindowAxis(places, places < np.array(stops)[:, None], length)


def _check(length: int, setting: PoolingSetting, at: int) -> None:
    kernel, padding, dilation = setting.kernel[at], setting.padding[at], setting.dilation[at]
    if min(kernel, setting.stride[at], dilation) < 1 or padding < 0:
        raise OperationError("Window, stride and dilation are 1 or more, padding is 0 or more: raise what is below.")
    reach = dilation * (kernel - 1) + 1
    if setting.kind != "convolution" and padding > kernel // 2:
        raise OperationError(
            f"Padding {padding} is more than half of the window ({kernel} {AXES[at]}), so a window could lie over "
            f"padding alone: take at most {kernel // 2}."
        )
    if output_length(length, setting, at) < 1:
        raise OperationError(
            f"A window that reaches over {reach} {AXES[at]} does not fit into {length} with padding {padding} on both "
            f"sides: take a smaller window or dilation, or more {AXES[at]}."
        )
