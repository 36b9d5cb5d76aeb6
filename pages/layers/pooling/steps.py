"""A pooling on numbers that can be typed over, window by window."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.figures.windows import window_data
from cnnviz.operations import OperationError, pooling, pooling_windows
from cnnviz.records.pooling import Pooled, PoolingSetting
from cnnviz.topics.pooling import captions, proofs, snippets, window_figures
from pages.layers.pooling import controls
from pages.shared import predict, proof_badge, table_editor
from pages.shared.components.sliding_window import sliding_window
from pages.shared.downloads import downloads
from pages.shared.source_box import source_box

START = np.array(
    [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]], dtype=np.float64
)


@st.fragment
def show() -> None:
    """Settings on the left; window, sentences, proofs and the table to type over on the right."""
    left, right = st.columns([1, 3], gap="medium")
    with left:
        wanted = controls.setting()
    with right:
        above = st.container()
        with st.container(horizontal=True, gap="medium"):
            with st.container(width=390):
                x = table_editor.editor(captions.INPUT_TABLE, START, key="pooling.numbers", fixed=False)
            with st.container(width=330):
                weights = controls.weights(wanted)
        with above:
            found = _pooled(x, wanted, weights)
        if found is not None:
            _draw(above, found)
            _say(found, x)


def _pooled(x: np.ndarray, wanted: PoolingSetting, weights: np.ndarray | None) -> Pooled | None:
    """The result, or the last one that there was, under the sentence that says why."""
    try:
        found = pooling.pool(x, wanted, weights=weights)
    except OperationError as error:
        last: Pooled | None = st.session_state.get("pooling.last")
        st.error(captions.last_result(str(error), shown=last is not None), icon=":material/error:")
        return last
    st.session_state["pooling.last"] = found
    return found


def _ask(pooled: Pooled, x: np.ndarray) -> None:
    setting = pooled.setting
    size = {
        "size": len(x), "kernel": setting.kernel[0], "stride": setting.stride[0], "padding": setting.padding[0],
        "dilation": setting.dilation[0], "operation": "pooling",
    }  # fmt: skip
    window = {"values": x.tolist(), "kernel": setting.kernel, "kind": setting.kind}
    sized = [("output_size", size)] if setting.kind in ("max", "average") and not setting.ceil_mode else []
    predict.ask("Pooling", ("pooled_window", window), *sized)


def _draw(place: DeltaGenerator, pooled: Pooled) -> None:
    slid = window_figures.window(pooled, pooling.gradient(pooled))
    with place:
        sliding_window(window_data(slid), key="pooling.window")


def _say(pooled: Pooled, x: np.ndarray) -> None:
    slope = pooling.gradient(pooled)
    for sentence in (
        captions.size(pooled),
        captions.cost(pooled),
        captions.routing(pooled, slope),
        captions.dropped(pooled),
        captions.drawn(pooled),
        captions.cut(pooled),
    ):
        if sentence:
            st.markdown(sentence)
    proof_badge.badges(*proofs.proofs(pooled))
    _ask(pooled, x)
    snippet = snippets.pooled_snippet(pooled)
    downloads(
        [
            ("Output, CSV", "pooled.csv", "text/csv", lambda: window_figures.csv(pooled.values[0])),
            ("Gradient, CSV", "gradient.csv", "text/csv", lambda: window_figures.csv(slope[0])),
        ],
        key="pooling.take",
    )
    source_box(snippet, made_by=(pooling.pool, pooling_windows.axes, pooling.gradient))
