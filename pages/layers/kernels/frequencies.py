"""Which frequencies and directions a layer's kernels answer to, which classics they resemble; and a kernel to type."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.operations import classic_kernels
from cnnviz.topics.kernels import analysis, captions, figures
from cnnviz.topics.kernels import proofs as proven
from pages.layers.kernels import cache
from pages.layers.kernels.components.kernel_grid import kernel_grid
from pages.layers.kernels.selection import KernelSelection
from pages.shared import proof_badge, table_editor

SIZES = (3, 5, 7)


def show(here: KernelSelection) -> None:
    """The frequency responses of a layer's kernels, and of a kernel that is typed."""
    _layer(here)
    _own()


def _layer(here: KernelSelection) -> None:
    _, inputs, height, width = here.bank.shape
    if height * width == 1:
        st.info(
            captions.POINTWISE,
            icon=":material/info:",
        )
        return
    st.caption(captions.response(inputs))
    classics = cache.classics(here.analysis, width)
    packet = figures.of_outputs(here.bank, here.analysis, classics=classics, dead=here.dead())
    kernel_grid(packet, key="kernels.frequency", view="frequency")


@st.fragment
def _own() -> None:
    """A classic kernel, or numbers of one's own, read in the same way."""
    st.subheader(captions.OWN_HEADING)
    st.caption(captions.OWN)
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
        numbers = table_editor.editor(captions.own_table(size), start, key="kernels.own")
    weights = np.asarray(numbers, dtype=np.float64)[None, None]
    read = analysis.analyse(weights)
    with right:
        classics = cache.classics(read, size)
        kernel_grid(figures.tiles(weights, read, title=captions.OWN_TITLE, classics=classics), key="kernels.typed")
        proofs = (proven.response(weights, read, 0), proven.cosine(weights, read, 0))
        proof_badge.badges(*(one for one in proofs if one is not None))
