"""Which frequencies and directions a layer's kernels answer to, which classics they resemble; and a kernel to type."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.operations import classic_kernels
from cnnviz.topics.kernels import analysis, figures
from cnnviz.topics.kernels import proofs as proven
from pages.layers.kernels import cache
from pages.layers.kernels.components.kernel_grid import kernel_grid
from pages.layers.kernels.selection import KernelSelection
from pages.shared import proof_badge, table_editor

SIZES = (3, 5, 7)


def show(here: KernelSelection) -> None:
    _layer(here)
    _own()


def _layer(here: KernelSelection) -> None:
    _, inputs, height, width = here.bank.shape
    if height * width == 1:
        st.info(
            "A 1 × 1 kernel mixes channels and looks at one pixel, so it answers to every frequency alike. "
            "Choose a layer with larger kernels.",
            icon=":material/info:",
        )
        return
    over = f", its power summed over its {inputs:,} inputs" if inputs > 1 else ""
    st.caption(
        f"A kernel's response says how strongly it passes stripes of each width and direction{over}: the middle is a "
        "constant picture, the edge stripes two pixels wide. Directions are where edges and stripes run, in degrees "
        "anticlockwise from lying."
    )
    classics = cache.classics(here.analysis, width)
    packet = figures.of_outputs(here.bank, here.analysis, classics=classics, dead=here.dead())
    kernel_grid(packet, key="kernels.frequency", view="frequency")


@st.fragment
def _own() -> None:
    """A classic kernel, or numbers of one's own, read in the same way."""
    st.subheader("A kernel of your own")
    st.caption("Start from a classic kernel and type other numbers: response, direction and likeness follow.")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        size = (
            st.segmented_control("Size", SIZES, default=3, required=True, key="kernels.size", persist_state="session")
            or 3
        )
        names = classic_kernels.names(size)
        name = st.selectbox(
            "Start from",
            names,
            format_func=classic_kernels.title,
            index=names.index("sobel_left"),
            key="kernels.start",
            persist_state="session",
        )
        start = classic_kernels.kernel(name, size)
        numbers = table_editor.editor(f"{size} × {size} weights", start, key="kernels.own")
    weights = np.asarray(numbers, dtype=np.float64)[None, None]
    read = analysis.analyse(weights)
    with right:
        classics = cache.classics(read, size)
        kernel_grid(figures.tiles(weights, read, title="your kernel", classics=classics), key="kernels.typed")
        proofs = (proven.response(weights, read, 0), proven.cosine(weights, read, 0))
        proof_badge.badges(*(one for one in proofs if one is not None))
