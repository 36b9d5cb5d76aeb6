"""What both experiments show alike: the verdict, charts by layer and over steps, again, the numbers, the source."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz import experiments
from cnnviz.figures import gradient_norms
from cnnviz.records.experiments import Results
from cnnviz.topics.vanishing_gradients import captions
from pages.learn.vanishing_gradients import snippets
from pages.shared.charts import chart, theme
from pages.shared.components.layer_norms import layer_norms
from pages.shared.downloads import downloads
from pages.shared.experiments import again, answer

LAYERS_PAGE = "pages/layers/gradients/page.py"


def opening(name: str, found: Results) -> None:
    """Draw an experiment's question and verdict."""
    st.subheader(experiments.get(name).question, divider="gray")
    answer.verdict(name, found)


def chosen(label: str, options: Sequence[str], *, key: str) -> list[str]:
    """Which of them are shown, in their own order; with none chosen the first."""
    picked = st.pills(label, options, selection_mode="multi", default=list(options), key=key, bind="query-params")
    return [one for one in options if one in (picked or [])] or [options[0]]


def by_layer(found: Results, cells: Sequence[str], *, key: str) -> None:
    """The gradient of every layer at the step that is scrubbed; one sentence where nothing was measured."""
    st.markdown(captions.BY_LAYER)
    try:
        data = gradient_norms.packet(found, cells)
    except ValueError as error:
        st.info(captions.nothing_measured(str(error)), icon=":material/info:")
        return
    layer_norms(data, key=key)


def over_steps(found: Results, cells: Sequence[str], *, key: str) -> None:
    """The first layer's gradient, the loss and the accuracy over the steps."""
    if said := gradient_norms.key_words(cells):
        st.caption(said)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        chart(gradient_norms.first_layer(found, cells, theme=theme()), key=f"{key}_first")
    for column, quantity in ((middle, "loss"), (right, "accuracy")):
        with column:
            chart(gradient_norms.over_steps(found, cells, quantity, theme=theme()), key=f"{key}_{quantity}")


def closing(name: str, found: Results) -> None:
    """The numbers, the page where a stack can be varied, running it again, the code."""
    answer.table(name, found)
    question = st.container()
    downloads(
        [(captions.EVERY_NORM, f"{name}_norms.csv", "text/csv", lambda: gradient_norms.norms_csv(found))],
        key=f"vanishing.{name}",
    )
    st.page_link(LAYERS_PAGE, label=captions.STACK_LINK, icon=":material/trending_down:")
    again.show(name, heading=captions.AGAIN, asked_in=question)
    snippets.experiment(name)
