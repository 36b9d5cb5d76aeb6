"""Dying ReLU: one neuron, two handwritten digits, many learning rates, and the one that kills it."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.activations import captions, questions, snippets, tables
from cnnviz.topics.activations import dying_neuron as activation_dying
from pages.layers.activations import cache
from pages.layers.activations.components.dying_neuron import dying_neuron
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

SLOPES = (0.01, 0.05, 0.1, 0.2, 0.3)
FIRST = (8, 3)
LAST_GOOD = "activations.dying.good"


@st.fragment
def show() -> None:
    """The sweep over learning rates; rate and step are scrubbed in the browser."""
    left, middle, right = st.columns(3, gap="medium", vertical_alignment="bottom")
    with left:
        one = st.selectbox(captions.LABEL_ONE, range(10), index=FIRST[0], key="activations.one")
    with middle:
        other = st.selectbox(captions.LABEL_ZERO, range(10), index=FIRST[1], key="activations.other")
    with right:
        slope = st.select_slider(captions.LEAK, SLOPES, value=SLOPES[0], key="activations.leak", bind="query-params")
    setting = (one, other, slope)
    try:
        found = cache.deaths(*setting)
        st.session_state[LAST_GOOD] = setting
    except OperationError as error:
        st.error(captions.last_pair(str(error)), icon=":material/content_copy:")
        setting = st.session_state.get(LAST_GOOD, (*FIRST, slope))
        found = cache.deaths(*setting)
    st.caption(captions.training_data(found))
    dying_neuron(cache.death_packet(*setting), key="activations.dying")
    st.markdown(f"{captions.killing_rate(found)} {captions.survivors(found)}".rstrip())
    st.markdown(captions.rates_compared(found))
    badges(*cache.death_proofs(*setting))
    predict.ask("Dying ReLU", *questions.killing(found))
    downloads(
        [("Every rate, CSV", "dying.csv", "text/csv", lambda: tables.deaths(cache.deaths(*setting)))],
        key="activations",
    )
    rate = round(float(found.relu.rates[cache.death_packet(*setting)["meta"]["start"]]), 6)
    source_box(
        snippets.dying(setting[0], setting[1], rate), made_by=(activation_dying.train, activation_dying.threshold)
    )
