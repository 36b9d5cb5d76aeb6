"""‖F(x)‖ against ‖x‖ in every block of the residual networks, scrubbed over the steps."""

from __future__ import annotations

import streamlit as st

from cnnviz.records.experiments import Results
from cnnviz.topics.degradation import captions, figures, questions
from pages.learn.degradation import snippets
from pages.learn.degradation.answer import NAME, note_missing
from pages.shared import number_table, predict
from pages.shared.components.scrub_chart import scrub_chart
from pages.shared.experiments import answer


def show() -> None:
    """Draw the ratios of every block over the steps."""
    found = answer.of(NAME)
    note_missing(found)
    ratios(found, key="degradation.blocks")
    st.markdown(captions.blocks(found))
    lagging()
    with st.expander(captions.NUMBERS, icon=":material/table:"):
        number_table.draw(figures.block_table(found))
    predict.ask("What blocks add", *questions.added(found))
    st.page_link("pages/networks/blocks/page.py", label=captions.BLOCK_LINK,
                 icon=":material/view_module:")  # fmt: skip
    snippets.blocks(NAME)


def ratios(found: Results, *, key: str) -> None:
    """The chart, or one sentence where no residual network has been trained yet."""
    data = figures.block_chart(found)
    if data is None:
        st.info(captions.NO_RESIDUAL, icon=":material/info:")
        return
    scrub_chart(data, key=key)


def lagging() -> None:
    """Say which statistics lag behind."""
    st.caption(captions.LAGGING)
