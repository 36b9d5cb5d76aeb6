"""A deep plain CNN, bare and with help: a grid of accuracies, the gradient of every layer at the scrubbed step."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import vanishing_deep
from cnnviz.figures import gradient_norms
from cnnviz.topics.vanishing_gradients import captions
from pages.learn.vanishing_gradients import sections
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.experiments import answer

NAME = vanishing_deep.EXPERIMENT.name
ACTIVATIONS, HELPS = tuple(vanishing_deep.ACTIVATIONS), tuple(vanishing_deep.HELP)


def show() -> None:
    """Draw the part about a deep plain network."""
    found = answer.of(NAME)
    sections.opening(NAME, found)
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        chart(gradient_norms.grid_bars(found, theme=theme()), key="vanishing.deep_bars")
    with right:
        number_table.draw(gradient_norms.grid_table(found))
        st.caption(captions.deep_table(vanishing_deep.EXPERIMENT.cut))
    _charts()
    sections.closing(NAME, found)


@st.fragment
def _charts() -> None:
    """What changes with the chosen activations and helps."""
    found = answer.of(NAME)
    left, right = st.columns(2, gap="medium")
    with left:
        rows = sections.chosen(captions.ACTIVATIONS, ACTIVATIONS, key="vanishing.deep")
    with right:
        columns = sections.chosen(captions.HELP, HELPS, key="vanishing.help")
    cells = [f"{row}, {column}" for row in rows for column in columns]
    sections.by_layer(found, cells, key="vanishing.deep_layers")
    if said := gradient_norms.bound_words(found, cells):
        st.caption(said)
    sections.over_steps(found, cells, key="vanishing.deep")
