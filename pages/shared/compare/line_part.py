"""From LeNet to MobileNet, one change at a time: what each change did to parameters, work and receptive field."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import comparison as figures
from cnnviz.figures import comparison_words as words
from cnnviz.measurements import lineage
from pages.shared.charts import chart, theme
from pages.shared.compare import snippets
from pages.shared.source import source_box

NOTES = {
    lineage.KINDS[0]: "From the second step on every network sees 3 × 224 × 224 pixels and answers for 1000 classes; "
    "from VGG-16 on each differs from the one before in one thing.",
    lineage.KINDS[1]: "Each network on the pictures that it was made for: several things change at once.",
}


@st.fragment
def show() -> None:
    kind = st.segmented_control(
        "Line", lineage.KINDS, default=lineage.KINDS[0], required=True, key="compare.line", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    kind = kind or lineage.KINDS[0]
    steps = lineage.line(kind)
    st.markdown(NOTES[kind])
    st.markdown("\n".join(f"- {sentence}" for sentence in words.step_words(steps)))
    chart(figures.step_chart(steps, theme=theme()), key="compare.steps")
    st.table(figures.step_table(steps), border="horizontal", hide_index=True)
    source_box(snippets.LINE, made_by=(lineage.one_at_a_time, lineage.Network, lineage.Unit))
