"""Step by step: numbers to type over, every setting of a convolution, and the window that slides over them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures.windows import window_data
from cnnviz.operations import OperationError
from cnnviz.topics.convolution import captions, convolution, examples
from cnnviz.topics.convolution.proofs import against_torch
from pages.layers.convolution import cache, controls, network_layer, persistent_table, result
from pages.shared import image_picker
from pages.shared.components.sliding_window import sliding_window

SOURCES = ("Numbers", "Picture", "Network layer")


@st.fragment
def show() -> None:
    """The whole part; a fragment, so that a control redraws only this."""
    if controls.value("source") != SOURCES[2]:
        controls.presets()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        source = st.segmented_control(
            "Input", SOURCES, default=SOURCES[0], required=True, key="convolution.source", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        if source != SOURCES[2]:
            x = _picture() if source == SOURCES[1] else None
            controls.toggles()
    if source == SOURCES[2]:
        network_layer.show()
    else:
        _own(x)


def _own(x: np.ndarray | None) -> None:
    """Numbers or the image (x, [C, H, W]) under a kernel and a setting of one's own."""
    chosen = controls.read(colours=0 if x is None else len(x))
    problem, stage = st.empty(), st.container()
    x, weights = _typed(chosen, x)
    bias = None if chosen.bias is None else np.full(len(weights), chosen.bias)
    try:
        found = convolution.convolve(x, weights, bias, setting=chosen.setting)
        st.session_state["convolution.found"] = found
    except OperationError as error:
        problem.error(captions.last_result(str(error)), icon=":material/error:")
        found = st.session_state.get("convolution.found") or examples.worked()
    drawn = convolution.window(found)
    with stage:
        sliding_window(window_data(drawn), key="convolution.window")
    result.show(found, drawn, against_torch(found))


def _picture() -> np.ndarray:
    """The chosen image as few pixels, [1 or 3, n, n]."""
    picture = image_picker.popover()
    size = int(st.slider("Pixels a side", 6, 32, 16, key="convolution.pixels", bind="query-params", width=180))
    colour = st.toggle("In colour", key="convolution.colour", bind="query-params", help=captions.IN_COLOUR)
    return cache.square(picture.digest, size, not colour, _picture=picture.image)


def _typed(chosen: controls.Controls, x: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The input [C, H, W] and the kernels [O, C / groups, kh, kw], one of each shown to be typed over."""
    within = max(1, chosen.channels // chosen.setting.groups)
    with st.container(border=True):
        st.markdown(captions.TYPE_OVER)
        left, right = st.columns(2, gap="medium")
        with left:
            x = _inputs(chosen) if x is None else x
        with right:
            weights = _kernels(chosen, within)
    return x, weights


def _inputs(chosen: controls.Controls) -> np.ndarray:
    at = _which("Input channel", "input_channel", chosen.channels)
    tables = []
    for channel in range(chosen.channels):
        key = f"convolution.x{channel}"
        start = examples.numbers(*chosen.size, channel)
        name = f"Input channel {channel}" if chosen.channels > 1 else "Input"
        tables.append(
            persistent_table.editor(name, start, key=key) if channel == at else persistent_table.last(start, key=key)
        )
    return np.stack(tables)


def _kernels(chosen: controls.Controls, within: int) -> np.ndarray:
    with st.container(horizontal=True):
        name = controls.kernel_name(chosen.kernel)
        out = _which("Output channel", "output_channel", chosen.outputs)
        at = _which("of input channel", "kernel_channel", within)
    found = np.zeros((chosen.outputs, within, *chosen.kernel))
    for o in range(chosen.outputs):
        for c in range(within):
            key = f"convolution.w{o}.{c}"
            start = examples.kernel(*chosen.kernel, o, c, name=name)
            label = f"Kernel of output {o}, channel {c}" if chosen.outputs * within > 1 else "Kernel"
            shown = (o, c) == (out, at)
            found[o, c] = (
                persistent_table.editor(label, start, key=key) if shown else persistent_table.last(start, key=key)
            )
    return found


def _which(label: str, name: str, count: int) -> int:
    """Which of several tables is shown; no control where there is one."""
    if count < 2:
        return 0
    key = f"convolution.{name}"
    if st.session_state.get(key) not in range(count):
        st.session_state[key] = 0
    return int(st.segmented_control(label, range(count), key=key, required=True) or 0)
