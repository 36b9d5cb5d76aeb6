"""The paper's own network beside today's: parameters stage by stage, the connections of C3, the drawn targets."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.lenet_then_and_now import captions, figures, questions
from pages.learn.lenet_then_and_now import cache, snippets
from pages.shared import number_table, predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges


def show() -> None:
    """Draw the paper's network beside today's."""
    found = cache.both()
    st.markdown(captions.networks(found))
    number_table.draw(figures.stages_table(found))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(captions.CONNECTIONS)
        st.image(figures.connections_png(found), output_format="PNG")
        st.caption(captions.CONNECTIONS_SOURCE)
    with right:
        st.markdown(captions.TARGETS)
        st.image(figures.glyphs_png(found), output_format="PNG")
        st.caption(captions.TARGETS_SOURCE)
    badges(*cache.proofs())
    predict.ask("The paper's network", questions.partial(found))
    downloads(
        [
            (captions.BOTH_CSV, "lenet.csv", "text/csv", lambda: figures.stages_csv(cache.both())),
            (captions.CONNECTIONS_PNG, "connections.png", "image/png", lambda: figures.connections_png(cache.both())),
        ],
        key="lenet.paper",
    )
    snippets.paper()
