"""LeNet-5 with three activations: bars, the gradient of every layer at the scrubbed step, curves, again."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.figures import experiments as common
from cnnviz.figures import gradient_norms as figures
from pages.shared.charts import chart, theme
from pages.shared.experiments import answer
from pages.shared.vanishing_gradients import sections

NAME = "vanishing_lenet"
ACTIVATIONS = ("sigmoid", "tanh", "ReLU")


def show() -> None:
    found = answer.of(NAME)
    sections.opening(NAME, found)
    _charts()
    left, right = st.columns(2, gap="medium")
    with left:
        chart(common.bars(found, experiments.get(NAME).published, theme=theme()), key="vanishing.lenet_bars")
    with right:
        chart(
            figures.over_steps(found, ACTIVATIONS, "accuracy", theme=theme(), height=360), key="vanishing.lenet_right"
        )
    sections.closing(NAME, found)


@st.fragment
def _charts() -> None:
    """What changes with the chosen activations."""
    found = answer.of(NAME)
    chosen = sections.chosen("Activations", ACTIVATIONS, key="vanishing.lenet")
    sections.by_layer(found, chosen, key="vanishing.lenet_layers")
    if said := figures.bound_words(found, chosen):
        st.caption(said)
    sections.over_steps(found, chosen, key="vanishing.lenet")
