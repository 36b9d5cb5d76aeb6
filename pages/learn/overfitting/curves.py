"""Training and test: over the epochs for every share of dropped units, and at the end."""

from __future__ import annotations

import streamlit as st

from cnnviz.records.overfitting import DropoutRuns
from cnnviz.topics.overfitting import captions, figures
from pages.learn.overfitting import cache
from pages.shared.charts import chart, theme
from pages.shared.components.scrub_chart import scrub_chart


@st.fragment
def over_epochs(found: tuple[DropoutRuns, ...], known: str) -> None:
    """Draw training and test over the epochs."""
    quantity = st.segmented_control(
        "Shown", figures.QUANTITIES, default="accuracy", required=True, key="overfitting.shown", bind="query-params",
    )  # fmt: skip
    scrub_chart(cache.over_epochs(known, quantity or "accuracy", found), key="overfitting.epochs")
    st.caption(captions.DROPOUT_ON)


def at_the_end(found: tuple[DropoutRuns, ...]) -> None:
    """Draw the gap at the end for every share of dropped units."""
    st.subheader(captions.GAP_AT_THE_END, divider="gray")
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.ends(found, theme=theme()), key="overfitting.ends")
    with right:
        chart(figures.accuracies(found, theme=theme()), key="overfitting.accuracies")
