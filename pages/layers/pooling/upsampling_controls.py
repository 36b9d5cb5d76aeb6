"""The settings of each way to enlarge."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.topics.pooling import upsampling_captions
from pages.shared import table_editor


def options(kind: str) -> dict[str, object]:
    """What the way takes: scale, size, align_corners, or stride, padding and output_padding."""
    if kind in ("nearest", "shuffle", "unpool"):
        return {"scale": _number("Scale", 2, 1, 4, "scale")} if kind == "nearest" else {}
    if kind == "bilinear":
        rows, columns = _number("Rows", 6, 1, 12, "rows"), _number("Columns", 6, 1, 12, "columns")
        align = st.toggle(
            "align_corners", key="pooling.larger.align", persist_state="session",
            help=upsampling_captions.ALIGN_CORNERS,
        )  # fmt: skip
        return {"size": (rows, columns), "align_corners": align}
    found = {
        "stride": _number("Stride", 2, 1, 4, "stride"),
        "padding": _number("Padding", 0, 0, 3, "padding"),
        "output_padding": _number("Output padding", 0, 0, 3, "extra"),
    }
    return {name: (value, value) for name, value in found.items()}


def _number(label: str, default: int, least: int, most: int, name: str) -> int:
    key = f"pooling.larger.{name}"
    return int(st.number_input(label, least, most, default, key=key, persist_state="session"))


def kernel(kind: str) -> np.ndarray | None:
    """The transposed convolution's kernel, typed over ones."""
    if kind != "transposed":
        return None
    side = int(st.session_state.get("pooling.larger.kernel", 3))
    typed = table_editor.editor(upsampling_captions.KERNEL_TABLE, np.ones((side, side)), key="pooling.larger.weights")
    st.number_input("Kernel size", 1, 6, 3, key="pooling.larger.kernel", persist_state="session")
    return typed
