"""Co-adaptation: how alike hidden units are, over the steps and beside the accuracy."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import dropout_curves
from cnnviz.records.overfitting import Dropped
from cnnviz.topics.overfitting import figures
from pages.learn.overfitting import cache
from pages.shared.charts import chart, theme
from pages.shared.components.scrub_chart import scrub_chart


def show(found: tuple[Dropped, ...], known: str) -> None:
    st.subheader("Do hidden units become less alike?", divider="gray")
    st.markdown(
        "Dropout is said to break co-adaptation: a unit cannot rely on another that may be missing. One number for it: "
        "how strongly two units of a layer correlate, before their activation and over test pictures, without its sign "
        f"and averaged over all pairs. {figures.unrelated_words()}"
    )
    scrub_chart(cache.likeness(known, found), key="overfitting.likeness")
    agreements = [dropout_curves.agreement(found, layer) for layer in range(len(found[0].layers))]
    chart(figures.beside(found, theme=theme()), key="overfitting.beside")
    st.caption(figures.beside_words(found, agreements))
