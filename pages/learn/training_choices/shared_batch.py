"""One batch, several processes: each one's gradient, their average, and whether it is the whole batch's."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.training_choices import shared_batch_captions as captions
from cnnviz.topics.training_choices import shared_batch_figures as figures
from cnnviz.topics.training_choices.records import SharedBatch
from pages.learn.training_choices import cache
from pages.shared.charts import theme
from pages.shared.proof_badge import badges

MOST = 6  # processes


@st.fragment
def show() -> None:
    """Shares, their gradients as images, and the verdict."""
    st.subheader(captions.HEADING, divider="gray")
    st.markdown(captions.INTRODUCTION)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        processes = int(
            st.slider(captions.PROCESSES, 2, MOST, 3, key="choices.processes", bind="query-params", width=220)
        )
        kind = st.segmented_control(
            captions.SHARES, captions.KINDS, default=captions.EVEN, required=True, key="choices.shares",
            bind="query-params",
        )  # fmt: skip
        batch_norm = st.toggle(captions.BATCH_NORM, key="choices.shared_norm", bind="query-params")
    found = cache.shared_batch(processes, kind == captions.UNEVEN, batch_norm)
    st.markdown(captions.verdict(found))
    _rows(found)
    st.caption(captions.FOR_REAL)
    badges(*cache.shared_proofs(processes, kind == captions.UNEVEN, batch_norm))


def _rows(found: SharedBatch) -> None:
    high = figures.limit(found)
    rows = [(captions.process(place, found), part) for place, part in enumerate(found.parts)]
    rows += [(captions.AVERAGED, found.averaged), (captions.whole(found), found.whole)]
    rows += [(captions.difference(found), found.averaged - found.whole)]
    for words, kernels in rows:
        left, right = st.columns([2, 5], vertical_alignment="center", gap="small")
        left.markdown(words)
        right.image(figures.row(kernels, high, theme=theme()), output_format="PNG")
    st.caption(captions.under(found, len(found.whole), high))
