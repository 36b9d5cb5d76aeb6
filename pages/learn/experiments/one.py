"""One experiment: its question, the verdict, bars and curves, the grid, the numbers, running it again, the code."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.experiments import running
from cnnviz.figures import experiments as experiment_figures
from cnnviz.records.experiments import Results
from cnnviz.topics.experiments import captions, snippets, tables
from pages.learn.experiments import menu
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer
from pages.shared.source_box import source_box


def show(name: str) -> None:
    """Everything that its file and its results say; nothing here is written for one experiment."""
    experiment, found = experiments.get(name), answer.of(name)
    st.subheader(experiment.question, divider="gray")
    if own := menu.page_of(name):
        st.page_link(own.path, label=f"More of it: {own.title}", icon=f":material/{own.icon}:")
    if said := captions.missing(found):
        st.info(said, icon=":material/info:")
    answer.verdict(name, found)
    if any(one.n for one in found.cells):
        _charts(name, found)
        answer.table(name, found)
    with st.expander(f"The grid: {len(experiment.cells)} cells", icon=":material/grid_on:"):
        number_table.draw(tables.grid(experiment), key=f"experiments.grid.{name}")
        st.caption(captions.alike(experiment))
    again.show(name, heading="Run it again here")
    source_box(snippets.results(name), made_by=(experiment.expect, running.run))


def _charts(name: str, found: Results) -> None:
    experiment = experiments.get(name)
    left, right = st.columns(2, gap="medium")
    with left:
        chart(
            experiment_figures.summary(found, experiment.published, axis=experiment.axis, theme=theme()),
            key=f"experiments.summary.{name}",
        )
    with right:
        chart(experiment_figures.over_steps(found, theme=theme()), key=f"experiments.curves.{name}")
    st.caption(captions.numbers(experiment, found))
