"""‖F(x)‖ against ‖x‖ in every block of the residual networks, scrubbed over the steps."""

from __future__ import annotations

import streamlit as st

from cnnviz.records.experiments import Results
from cnnviz.topics.degradation import figures
from pages.learn.degradation import snippets
from pages.learn.degradation.answer import NAME, note_missing
from pages.shared.components.scrub_chart import scrub_chart
from pages.shared.experiments import answer


def show() -> None:
    found = answer.of(NAME)
    note_missing(found)
    st.markdown(
        "A block passes x on and adds F(x). The share ‖F(x)‖ / ‖x‖ says how much it changes, the mean over 256 test "
        "pictures."
    )
    ratios(found, key="degradation.blocks")
    st.markdown(figures.block_words(found))
    lagging()
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(figures.block_table(found), hide_index=True)
    st.page_link("pages/networks/blocks/page.py", label="Open a residual block on your picture",
                 icon=":material/view_module:")  # fmt: skip
    snippets.blocks(NAME)


def ratios(found: Results, *, key: str) -> None:
    """The chart, or one sentence where no residual network has been trained yet."""
    data = figures.block_chart(found)
    if data is None:
        st.info("No residual network has been trained yet.", icon=":material/info:")
        return
    scrub_chart(data, key=key)


def lagging() -> None:
    st.caption(
        "Measured in evaluation mode: in the first steps the stored statistics of batch normalisation lag behind the "
        "batches', so the shares there are not those that training itself sees."
    )
