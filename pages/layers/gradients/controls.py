"""Which stack, on which images; and the settings before it, kept for comparison."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets
from cnnviz.topics.gradients.captions import SKIPS
from cnnviz.topics.gradients.depth import ACTIVATIONS
from cnnviz.topics.gradients.records import INITIALISATIONS, KINDS, DepthStack

WIDTHS = {"dense": (16, 32, 64, 128), "convolution": (4, 8, 16)}
KEPT = 3
FIRST = DepthStack()
BEFORE = DepthStack(activation="ReLU", initialisation="He")  # there on the first visit, so that there is a comparison
Setting = tuple[DepthStack, str]


def stack() -> Setting:
    """(the stack, the data set) that the controls say; what was there before is kept for the comparison."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Layers", KINDS, default=FIRST.kind, required=True, key="gradients.kind", bind="query-params"
        )
        activation = st.selectbox(
            "Activation", list(ACTIVATIONS), key="gradients.activation", bind="query-params", width=150
        )
        start = st.selectbox(
            "Initialisation", INITIALISATIONS, index=INITIALISATIONS.index(FIRST.initialisation),
            key="gradients.initialisation", bind="query-params", width=150,
        )  # fmt: skip
        batch_norm = st.toggle("BatchNorm", key="gradients.batch_norm", bind="query-params")
        skip = st.toggle("Skips", key="gradients.skip", bind="query-params", help=SKIPS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        depth = st.slider("Number of layers", 2, 50, FIRST.depth, key="gradients.depth", bind="query-params", width=260)
        kind = kind or FIRST.kind
        width = st.select_slider(
            "Units in a layer" if kind == "dense" else "Channels in a layer", WIDTHS[kind],
            value=64 if kind == "dense" else 8, key=f"gradients.{kind}_width", bind="query-params", width=200,
        )  # fmt: skip
        dataset = _dataset()
    chosen = DepthStack(kind, depth, int(width), activation, start, batch_norm, skip), dataset
    _remember(chosen)
    return chosen


def past(chosen: Setting) -> list[Setting]:
    """The last settings before this one, the newest first."""
    return [setting for setting in st.session_state["gradients.past"] if setting != chosen]


def forget() -> None:
    """Drops the earlier settings."""
    st.session_state["gradients.past"] = []


def _dataset() -> str:
    there = [name for name in datasets.names() if datasets.status(name).available]
    return str(
        st.selectbox(
            "Images", there, index=there.index("digits"), format_func=lambda name: datasets.info(name).title,
            key="gradients.dataset", bind="query-params", width=150,
        )
    )  # fmt: skip


def _remember(chosen: Setting) -> None:
    state = st.session_state
    if "gradients.past" not in state:
        state["gradients.past"], state["gradients.now"] = [(BEFORE, chosen[1])], chosen
    if state["gradients.now"] != chosen:
        others = [item for item in state["gradients.past"] if item not in (state["gradients.now"], chosen)]
        state["gradients.past"] = [state["gradients.now"], *others][:KEPT]
        state["gradients.now"] = chosen
