"""Not zero-centred: the way of a neuron with two weights, fed by sigmoids and fed by tanhs."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.activations import captions, proofs, questions, snippets, tables
from cnnviz.topics.activations.zigzag import EXAMPLES, gradient, zigzag
from pages.layers.activations import cache
from pages.layers.activations.components.descent_pair import descent_pair
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

RATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2)
BATCHES = (1, 2, 4, 8, 16, 64)
STEPS = 100
FIRST = (0.2, STEPS, 1, 0)
LAST_GOOD = "activations.zigzag.good"


@st.fragment
def show() -> None:
    """Two real descents with the same start, goal and learning rate, played in the browser."""
    left, middle, right = st.columns(3, gap="medium", vertical_alignment="bottom")
    with left:
        rate = st.select_slider("Learning rate", RATES, value=FIRST[0], key="activations.rate", bind="query-params")
    with middle:
        batch = st.select_slider(
            captions.examples_per_step(EXAMPLES), BATCHES, value=1, key="activations.batch", bind="query-params"
        )
    with right:
        seed = int(st.number_input("Seed", 0, 999, 0, key="activations.seed", bind="query-params"))
    setting = (rate, STEPS, batch, seed)
    try:
        found = cache.descents(*setting)
        st.session_state[LAST_GOOD] = setting
    except OperationError as error:
        st.error(captions.last_paths(str(error)), icon=":material/trending_up:")
        found = cache.descents(*st.session_state.get(LAST_GOOD, FIRST))
    descent_pair(cache.descent_packet(found), key="activations.zigzag")
    st.markdown(captions.same_sign(*found))
    arrivals = (captions.arrival(one, inputs) for one, inputs in zip(found, ("sigmoid", "tanh"), strict=True))
    st.markdown(" ".join((*arrivals, captions.batch_effect(batch))).rstrip())
    badges(*(proofs.zigzag(one) for one in found))
    predict.ask("Zig-zag", questions.directions(*found, batch))
    downloads([("Both paths, CSV", "zigzag.csv", "text/csv", lambda: tables.descents(found))], key="activations")
    source_box(snippets.zigzag(rate, batch, seed), made_by=(zigzag, gradient))
