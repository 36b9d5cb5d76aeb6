"""How a shortcut meets a smaller map, and a network that starts as its shortcuts alone."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.experiments import degradation, shortcuts
from cnnviz.figures import experiments as experiment_figures
from cnnviz.topics.degradation import captions, figures, tables
from pages.learn.degradation import blocks, cache, snippets
from pages.learn.degradation.answer import note_missing
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer

NAME = shortcuts.EXPERIMENT.name
PADDING, PROJECTION, _ = shortcuts.KINDS


def show() -> None:
    """Draw the part about shortcuts that meet a smaller map."""
    found, experiment = answer.of(NAME), experiments.get(NAME)
    answer.verdict(NAME, found)
    note_missing(found)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        chart(figures.accuracy_bars(found, theme=theme(), height=360), key="shortcuts.bars")
    with right:
        chart(figures.errors(found, theme=theme()), key="shortcuts.errors")
    number_table.draw(figures.error_table(found, last=degradation.LAST))
    st.caption(captions.smaller(experiment.cut, experiment_figures.provenance_words(found)))
    plans = cache.shortcut_plans()
    st.markdown(captions.cost(plans[PADDING], plans[PROJECTION]))
    number_table.draw(tables.plan_table(list(plans.items())))
    st.subheader(captions.WHILE_THEY_TRAIN, divider="gray")
    blocks.ratios(found, key="shortcuts.blocks")
    blocks.lagging()
    answer.table(NAME, found)
    again.show(NAME, heading=captions.AGAIN)
    snippets.experiment(NAME)
