"""LeNet-5 with three activations: bars, the gradient of every layer at the scrubbed step, curves, again."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import vanishing_lenet as experiment
from cnnviz.figures import experiments as common
from cnnviz.figures import gradient_norms as figures
from pages.learn.vanishing_gradients import sections
from pages.shared.charts import chart, theme
from pages.shared.experiments import answer

NAME = experiment.EXPERIMENT.name
ACTIVATIONS = tuple(experiment.ACTIVATIONS)


def show() -> None:
    found = answer.of(NAME)
    sections.opening(NAME, found)
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        chart(common.bars(found, {}, theme=theme(), height=320), key="vanishing.lenet_bars")
    with right:
        st.dataframe(figures.share_table(found), hide_index=True)
        st.caption(
            "Right: test pictures, mean ± its 95 % interval. First/last: the first layer's gradient norm over the last "
            "one's, median of the seeds."
        )
    _charts()
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
