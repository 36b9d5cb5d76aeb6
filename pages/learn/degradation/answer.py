"""The experiment: training error over steps and at the end, the verdict, test bars, plans; running it again here."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.experiments import degradation
from cnnviz.figures import experiments as experiment_figures
from cnnviz.records.experiments import Results
from cnnviz.topics.degradation import captions, figures, tables
from pages.learn.degradation import cache, snippets
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer

NAME = degradation.EXPERIMENT.name


def show() -> None:
    """Draw the experiment's answer."""
    found = answer.of(NAME)
    answer.verdict(NAME, found)
    note_missing(found)
    chart(figures.errors(found, theme=theme()), key="degradation.errors")
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.error_bars(found, last=degradation.LAST, theme=theme()), key="degradation.ends")
    with right:
        chart(figures.accuracy_bars(found, theme=theme()), key="degradation.bars")
    number_table.draw(figures.error_table(found, last=degradation.LAST))
    st.caption(captions.errors(experiments.get(NAME).cut, experiment_figures.provenance_words(found)))
    _plans()
    answer.table(NAME, found)
    again.show(NAME, heading=captions.AGAIN)
    snippets.experiment(NAME)


def note_missing(found: Results) -> None:
    """Which cells have no run yet, in one sentence."""
    if missing := [one.cell.label for one in found.cells if not one.n]:
        st.info(captions.missing(missing), icon=":material/info:")


def _plans() -> None:
    st.subheader(captions.PLANS, divider="gray")
    plans = cache.plans()
    st.markdown(captions.plans(plans["plain-56"], plans["ResNet-56"], ("plain-56", "ResNet-56")))
    number_table.draw(tables.plan_table(list(plans.items())))
    number_table.draw(tables.stage_table(plans["plain-20"], plans["plain-56"]))
    st.page_link("pages/networks/architectures/page.py", label=captions.ALL_LAYERS_LINK,
                 icon=":material/account_tree:")  # fmt: skip
