"""A pooling as the sliding window takes it: windows, winners, the gradient beside the input; and as CSV."""

from __future__ import annotations

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.records.pooling import Pooled, WindowAxis
from cnnviz.records.windows import Companion, SlidingWindow

KINDS = {"lp": "power", "convolution": "products"}


def window(pooled: Pooled, slope: Array) -> SlidingWindow:
    """slope: ∂ Σ values / ∂ x, [C, H, W]."""
    setting, channels = pooled.setting, len(pooled.x)
    top, left = _padding(pooled)
    pads = ((0, 0), (top, top), (left, left))
    empty = -np.inf if setting.kind == "max" else 0.0
    made = pooled.weights
    kernel = None if made is None else np.broadcast_to(made, (channels, 1, *setting.kernel))
    return SlidingWindow(
        kind(pooled),
        np.pad(pooled.x, pads, constant_values=empty),
        pooled.values,
        _table(pooled.rows, top),
        _table(pooled.columns, left),
        padding=(top, left, top, left),
        weights=kernel,
        groups=channels,
        winners=_winners(pooled),
        divisors=pooled.divisors if kind(pooled) == "mean" else None,
        power=setting.norm,
        names=("input", "kernel", "output"),
        companions=(Companion("gradient of the output's sum", np.pad(slope, pads), "input"),),
    )


def kind(pooled: Pooled) -> str:
    """How the arithmetic of a cell is written: one of records.windows.KINDS."""
    name = pooled.setting.kind
    if name == "stochastic":
        return "sampled" if pooled.setting.training else "expected"
    if name.endswith("max"):
        return "max"
    return "mean" if name.endswith("average") else KINDS[name]


def _padding(pooled: Pooled) -> tuple[int, int]:
    return pooled.setting.padding if pooled.setting.kind in ("max", "average", "convolution") else (0, 0)


def _table(axis: WindowAxis, before: int) -> Array:
    """Indices into the padded input; −1 where a window is shorter or hangs over the padding (ceil_mode)."""
    held = axis.there & (axis.places + before < axis.length + 2 * before)
    return np.where(held, axis.places + before, -1)


def _winners(pooled: Pooled) -> Array | None:
    """[C, OH, OW]: which tap of the window won."""
    if pooled.switches is None:
        return None
    found: Array = (pooled.places == pooled.switches[..., None]).argmax(-1)
    return found


def csv(values: Array) -> str:
    """[H, W] as comma-separated lines, every digit."""
    return "\n".join(",".join(repr(float(value)) for value in row) for row in values) + "\n"
