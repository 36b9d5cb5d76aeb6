"""From LeNet to MobileNet, one change at a time: what each change did to parameters, work and receptive field."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.compare import architecture_history, captions, figures, questions, snippets
from pages.shared import number_table, predict
from pages.shared.charts import chart, theme
from pages.shared.source_box import source_box

NOTES = dict(zip(architecture_history.KINDS, (captions.ONE_AT_A_TIME, captions.AS_PUBLISHED), strict=True))


@st.fragment
def show() -> None:
    """Draw the line of networks that change one thing at a time."""
    kind = st.segmented_control(
        captions.LINE, architecture_history.KINDS, default=architecture_history.KINDS[0], required=True,
        key="compare.line", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    kind = kind or architecture_history.KINDS[0]
    steps = architecture_history.line(kind)
    st.markdown(NOTES[kind])
    st.markdown("\n".join(f"- {sentence}" for sentence in captions.steps(steps)))
    chart(figures.step_chart(steps, theme=theme()), key="compare.steps")
    number_table.written(figures.step_table(steps))
    predict.ask("From LeNet to MobileNet", *questions.saved(steps))
    source_box(
        snippets.LINE,
        made_by=(
            architecture_history.one_at_a_time,
            architecture_history.LineNetwork,
            architecture_history.ConvolutionUnit,
        ),
    )
