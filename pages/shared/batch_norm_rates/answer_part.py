"""Where each network trains, and how soon: the verdict, two charts with a threshold to drag, the numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.figures import experiments as figures
from cnnviz.records.experiments import Results
from pages.shared.batch_norm_rates import loading
from pages.shared.components.scrub_chart import scrub_chart
from pages.shared.experiments import answer


def show(found: Results) -> None:
    answer.verdict(loading.NAME, found)
    known = loading.known(found)
    soon, words = loading.how_soon(known, found)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Where it still trains", divider="gray")
        scrub_chart(loading.where(known, found), key="rates.where")
    with right:
        st.subheader("How soon", divider="gray")
        scrub_chart(soon, key="rates.soon")
    st.caption(
        f"{words} Bands run from the lowest to the highest seed; a cross marks a rate at which a run diverged: its "
        f"loss stopped being a finite number. {figures.provenance_words(found)} {experiments.get(loading.NAME).cut}"
    )
    answer.table(loading.NAME, found)
