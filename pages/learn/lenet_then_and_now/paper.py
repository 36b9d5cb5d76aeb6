"""The paper's own network beside today's: parameters stage by stage, the connections of C3, the drawn targets."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.lenet_then_and_now import figures
from pages.learn.lenet_then_and_now import cache, snippets
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges


def show() -> None:
    found = cache.both()
    st.markdown(figures.networks_words(found))
    st.dataframe(figures.stages_table(found), hide_index=True)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown("**Which maps of S2 (rows) each map of C3 (columns) reads**")
        st.image(figures.connections_png(found), output_format="PNG")
        st.caption("The paper's table I; today every map reads all six.")
    with right:
        st.markdown("**What the 84 units of F6 are compared with**")
        st.image(figures.glyphs_png(found), output_format="PNG")
        st.caption(
            "An output is minus the squared distance of F6 to one of these 7×12 pictures, so a sure network draws the "
            "digit. They were drawn for this project; the paper shows its own in figure 3."
        )
    badges(*cache.proofs())
    downloads(
        [
            ("Both networks (CSV)", "lenet.csv", "text/csv", lambda: figures.stages_csv(cache.both())),
            ("Connections (PNG)", "connections.png", "image/png", lambda: figures.connections_png(cache.both())),
        ],
        key="lenet.paper",
    )
    snippets.paper()
