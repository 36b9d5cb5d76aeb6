"""Gradient norms of every layer, first to last, scrubbed over the steps; the first layer's share over the steps."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import gradient_norms
from cnnviz.topics.degradation import captions, figures, questions
from pages.learn.degradation import snippets
from pages.learn.degradation.answer import NAME, note_missing
from pages.shared import predict
from pages.shared.charts import chart, theme
from pages.shared.components.layer_norms import layer_norms
from pages.shared.downloads import downloads
from pages.shared.experiments import answer


def show() -> None:
    """Draw the gradient norms of every layer."""
    found = answer.of(NAME)
    note_missing(found)
    try:
        data = figures.layer_packet(found)
    except ValueError as error:
        st.info(captions.nothing_measured(str(error)), icon=":material/info:")
        return
    layer_norms(data, key="degradation.layers")
    chart(figures.first_and_last(found, theme=theme()), key="degradation.share")
    st.markdown(captions.gradients(found))
    predict.ask("Gradients of deep networks", *questions.pulled(found))
    downloads(
        [(captions.EVERY_NORM, f"{NAME}_norms.csv", "text/csv", lambda: gradient_norms.norms_csv(found))],
        key="degradation.norms",
    )
    st.page_link("pages/learn/vanishing_gradients/page.py", label=captions.VANISHING_LINK,
                 icon=":material/south_west:")  # fmt: skip
    snippets.gradients()
