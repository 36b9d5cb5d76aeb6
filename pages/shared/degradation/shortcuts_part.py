"""How a shortcut meets a smaller map, and a network that starts as its shortcuts alone."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.experiments import degradation, shortcuts
from cnnviz.figures import degradation as figures
from cnnviz.figures import experiments as common
from cnnviz.figures import residual_plans as planned
from pages.shared.charts import chart, theme
from pages.shared.degradation import blocks_part, loading, source
from pages.shared.degradation.answer_part import note_missing
from pages.shared.experiments import again, answer

NAME = shortcuts.EXPERIMENT.name
PADDING, PROJECTION, _ = shortcuts.KINDS


def show() -> None:
    found, experiment = answer.of(NAME), experiments.get(NAME)
    st.markdown(
        "Where the maps become half as wide and twice as many, x no longer fits F(x). *Padding* takes every second "
        "cell and adds channels of zeros; the *1×1 convolution* learns the change. *Identity at the start*: the last "
        "normalisation of every branch begins with scale 0, so F(x) = 0 and every block passes on what it gets."
    )
    answer.verdict(NAME, found)
    note_missing(found)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        chart(figures.accuracy_bars(found, theme=theme(), height=360), key="shortcuts.bars")
    with right:
        chart(figures.errors(found, theme=theme()), key="shortcuts.errors")
    st.dataframe(figures.error_table(found, last=degradation.LAST), hide_index=True)
    st.caption(f"What was cut: {experiment.cut} {common.provenance_words(found)}")
    plans = loading.shortcut_plans()
    st.markdown(planned.cost_words(plans[PADDING], plans[PROJECTION]))
    st.dataframe(planned.plan_table(list(plans.items())), hide_index=True)
    st.subheader("What the blocks add while they train", divider="gray")
    blocks_part.ratios(found, key="shortcuts.blocks")
    blocks_part.lagging()
    answer.table(NAME, found)
    st.subheader("Run it again here", divider="gray")
    again.show(NAME)
    source.experiment(NAME)
