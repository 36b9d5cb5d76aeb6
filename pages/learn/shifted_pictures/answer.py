"""The experiment: accuracy over the shift, the verdict, what locality is worth; and running it again here."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.figures import experiments as experiment_figures
from cnnviz.topics.shifted_pictures import captions, figures
from pages.learn.shifted_pictures import cache, snippets
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer

NAME = "shifted_pictures"
PERMUTED = "permuted_pixels"


def show() -> None:
    """Draw the experiment's answer."""
    found = answer.of(NAME)
    chart(figures.over_shift(found, theme=theme()), key="shifted.lines")
    answer.verdict(NAME, found)
    st.caption(
        captions.experiment(cache.sizes(), experiment_figures.provenance_words(found), experiments.get(NAME).cut)
    )
    with st.expander(captions.NUMBERS, icon=":material/table:"):
        number_table.draw(figures.table(found))
        answer.take(NAME, found)
    st.subheader(captions.LOCALITY, divider="gray")
    if (permuted := answer.of(PERMUTED)).complete:
        st.markdown(captions.locality(permuted))
    st.page_link("pages/learn/permuted_pixels/page.py", label=captions.PERMUTED_LINK, icon=":material/shuffle:")
    again.show(NAME, heading=captions.AGAIN)
    snippets.experiment(NAME)
