"""LeNet-5 with three activations: bars, the gradient of every layer at the scrubbed step, curves, again."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import vanishing_lenet
from cnnviz.figures import experiments, gradient_norms
from cnnviz.topics.vanishing_gradients import captions
from pages.learn.vanishing_gradients import sections
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.experiments import answer

NAME = vanishing_lenet.EXPERIMENT.name
ACTIVATIONS = tuple(vanishing_lenet.ACTIVATIONS)


def show() -> None:
    """Draw the part about LeNet-5 with three activations."""
    found = answer.of(NAME)
    sections.opening(NAME, found)
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        chart(experiments.bars(found, {}, theme=theme(), height=320), key="vanishing.lenet_bars")
    with right:
        number_table.draw(gradient_norms.share_table(found))
        st.caption(captions.LENET_TABLE)
    _charts()
    sections.closing(NAME, found)


@st.fragment
def _charts() -> None:
    """What changes with the chosen activations."""
    found = answer.of(NAME)
    chosen = sections.chosen(captions.ACTIVATIONS, ACTIVATIONS, key="vanishing.lenet")
    sections.by_layer(found, chosen, key="vanishing.lenet_layers")
    if said := gradient_norms.bound_words(found, chosen):
        st.caption(said)
    sections.over_steps(found, chosen, key="vanishing.lenet")
