"""Co-adaptation: how alike hidden units are, over the steps and beside the accuracy."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import dropout_curves
from cnnviz.records.overfitting import DropoutRuns
from cnnviz.topics.overfitting import captions, figures
from pages.learn.overfitting import cache
from pages.shared.charts import chart, theme
from pages.shared.components.scrub_chart import scrub_chart


def show(found: tuple[DropoutRuns, ...], known: str) -> None:
    """Draw the part about co-adaptation."""
    st.subheader(captions.LESS_ALIKE, divider="gray")
    st.markdown(captions.co_adaptation())
    scrub_chart(cache.likeness(known, found), key="overfitting.likeness")
    agreements = [dropout_curves.agreement(found, layer) for layer in range(len(found[0].layers))]
    chart(figures.beside(found, theme=theme()), key="overfitting.beside")
    st.caption(captions.likeness_and_accuracy(found, agreements))
