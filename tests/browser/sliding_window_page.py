"""A page with nothing but the sliding window, on made operations: what test_sliding_window.py drives."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures.windows import window_data
from cnnviz.records.windows import Companion, SlidingWindow
from pages.shared.components.sliding_window import sliding_window

X = np.array([[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]], dtype=np.float64)
K = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]], dtype=np.float64)


def table(outputs: int, taps: int, stride: int = 1) -> np.ndarray:
    return np.arange(outputs)[:, None] * stride + np.arange(taps)[None, :]


def products(channels: int = 1, outputs: int = 1, stride: int = 1, pad: int = 0, size: int = 5) -> SlidingWindow:
    """A 3 × 3 convolution of X (tiled to `size`), channel c scaled by c + 1, written as loops."""
    x = np.stack([np.resize(X, (size, size)) * (c + 1) for c in range(channels)])
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    weights = np.stack([np.stack([K - o + c for c in range(channels)]) for o in range(outputs)])
    bias = np.arange(outputs, dtype=np.float64)
    length = (x.shape[1] - 3) // stride + 1
    out = np.zeros((outputs, length, length))
    for o in range(outputs):
        for r in range(length):
            for c in range(length):
                patch = x[:, r * stride : r * stride + 3, c * stride : c * stride + 3]
                out[o, r, c] = (patch * weights[o]).sum() + bias[o]
    rows = table(length, 3, stride)
    return SlidingWindow("products", x, out, rows, rows, (pad,) * 4, weights=weights, bias=bias)


def pooling(kind: str) -> SlidingWindow:
    """3 × 3 windows over X and 2X, stride 1; a companion counts how often each cell won."""
    x = np.stack([X, X[::-1] * 2])
    patches = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2)).reshape(2, 3, 3, 9)
    rows, winners = table(3, 3), patches.argmax(axis=3)
    if kind == "max":
        return SlidingWindow(kind, x, patches.max(axis=3), rows, rows, groups=2, winners=winners)
    companion = Companion("cells counted", np.full((3, 3), 9.0))
    out = patches.mean(axis=3) if kind == "mean" else np.sqrt((patches**2).sum(axis=3))
    return SlidingWindow(kind, x, out, rows, rows, groups=2, companions=(companion,))


MADE = {
    "one": products,
    "padded": lambda: products(stride=2, pad=1, size=6),
    "channels": lambda: products(channels=3, outputs=2, pad=1),
    "large": lambda: products(size=32, pad=1),
    "max": lambda: pooling("max"),
    "mean": lambda: pooling("mean"),
    "power": lambda: pooling("power"),
}


def main() -> None:
    st.set_page_config(layout="wide")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    sliding_window(window_data(MADE[st.query_params.get("show", "one")]()), key="window")
    st.text(f"runs {st.session_state['runs']}")


main()
