"""Optimisers: the race, when each gets where, and how far each moves a weight."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import optimizers
from cnnviz.topics.training_choices import captions, figures
from pages.learn.training_choices import cache, layout, snippets
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.proof_badge import badges

NAME = optimizers.EXPERIMENT.name
SIZES = (0.001, 0.01, 0.1, 1.0, 10.0)


def show() -> None:
    """Draw the part about optimisers."""
    found = layout.raced(NAME)
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        layout.bars(NAME, found)
    number_table.draw(figures.milestones(found), at=right)
    st.subheader(captions.HOW_FAR, divider="gray")
    _steps()
    layout.numbers(NAME, found)
    snippets.optimizers(NAME)
    layout.links(("pages/layers/gradients/page.py", captions.GRADIENTS_LINK), layout.LAB)


@st.fragment
def _steps() -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.latex(r"\text{SGD: } w \leftarrow w - \eta\, g")
        st.latex(r"\text{momentum: } v \leftarrow \mu v + g, \quad w \leftarrow w - \eta\, v")
        st.latex(r"\text{Adam: } w \leftarrow w - \eta\, \hat m / (\sqrt{\hat s} + \varepsilon)")
        st.caption(captions.RUNNING_MEANS)
        size = st.select_slider(captions.SIZE, SIZES, value=0.1, key="choices.size", bind="query-params")
        noisy = st.slider(captions.NOISY, 0.0, 5.0, 0.0, 0.5, key="choices.noisy", bind="query-params")
    descents = cache.descents(float(size), float(noisy))
    with right:
        chart(figures.step_sizes(descents, theme=theme()), key="choices.step_sizes")
    st.markdown(captions.steps(descents, float(size)))
    badges(*cache.optimizer_proofs(float(size), float(noisy)))
