"""From LeNet to MobileNet, one change at a time: what each change did to parameters, work and receptive field."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.compare import architecture_history, captions, figures, snippets
from pages.shared.charts import chart, theme
from pages.shared.source_box import source_box

NOTES = {
    architecture_history.KINDS[
        0
    ]: "From the second step on every network sees 3 × 224 × 224 pixels and answers for 1000 classes; "
    "from VGG-16 on each differs from the one before in one thing.",
    architecture_history.KINDS[1]: "Each network on the pictures that it was made for: several things change at once.",
}


@st.fragment
def show() -> None:
    kind = st.segmented_control(
        "Line", architecture_history.KINDS, default=architecture_history.KINDS[0], required=True,
        key="compare.line", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    kind = kind or architecture_history.KINDS[0]
    steps = architecture_history.line(kind)
    st.markdown(NOTES[kind])
    st.markdown("\n".join(f"- {sentence}" for sentence in captions.step_words(steps)))
    chart(figures.step_chart(steps, theme=theme()), key="compare.steps")
    st.table(figures.step_table(steps), border="horizontal", hide_index=True)
    source_box(
        snippets.LINE,
        made_by=(architecture_history.one_at_a_time, architecture_history.Network, architecture_history.Unit),
    )
