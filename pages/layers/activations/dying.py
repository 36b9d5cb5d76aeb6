"""Dying ReLU: one neuron, two handwritten digits, many learning rates, and the one that kills it."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.activations import dying_neuron as activation_dying
from cnnviz.topics.activations import snippets, tables
from cnnviz.topics.activations.records import Deaths
from pages.layers.activations import cache
from pages.layers.activations.components.dying_neuron import dying_neuron
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
        one = st.selectbox("The neuron is to say 1 for", range(10), index=FIRST[0], key="activations.one")
    with middle:
        other = st.selectbox("and 0 for", range(10), index=FIRST[1], key="activations.other")
    with right:
        slope = st.select_slider(
            "Slope of the leaky ReLU", SLOPES, value=SLOPES[0], key="activations.leak", bind="query-params"
        )
    setting = (one, other, slope)
    try:
        found = cache.deaths(*setting)
        st.session_state[LAST_GOOD] = setting
    except OperationError as error:
        st.error(f"{error} The last pair is still shown.", icon=":material/content_copy:")
        setting = st.session_state.get(LAST_GOOD, (*FIRST, slope))
        found = cache.deaths(*setting)
    st.caption(_data(found))
    dying_neuron(cache.death_packet(*setting), key="activations.dying")
    st.markdown(_words(found))
    badges(*cache.death_proofs(*setting))
    downloads(
        [("Every rate, CSV", "dying.csv", "text/csv", lambda: tables.deaths(cache.deaths(*setting)))],
        key="activations",
    )
    rate = round(float(found.relu.rates[cache.death_packet(*setting)["start"]]), 6)
    source_box(
        snippets.dying(setting[0], setting[1], rate), made_by=(activation_dying.train, activation_dying.threshold)
    )


def _data(found: Deaths) -> str:
    rates, steps = found.relu.rates, found.relu.active.shape[1] - 1
    return (
        f"{len(found.labels)} of scikit-learn's handwritten digits, {found.side} × {found.side} pixels in [0, 1]; "
        f"one neuron f(w·x + b), mean squared error, all examples in every step, {steps} steps, {len(rates)} learning "
        f"rates from {rates[0]:g} to {rates[-1]:g}, all from the same start."
    )


def _words(found: Deaths) -> str:
    """The threshold, and what it compares with."""
    if found.threshold is None:
        return f"No rate up to {found.relu.rates[-1]:g} kills the ReLU neuron on this pair."
    spared = "" if found.alive_below is None else f" ({found.alive_below:.5g} does not)"
    higher = " Some larger rates of the sweep leave it alive again." if found.revived else ""
    return (
        f"The smallest rate found that kills the ReLU neuron is **{found.threshold:.5g}**{spared}, by a sweep and "
        f"three rounds of ten rates between. Without any activation, descent on these examples diverges beyond "
        f"{found.edge:.3g} (2 / λ, λ the largest eigenvalue of the Hessian).{higher} The leaky neuron's gradient "
        f"became exactly 0 at {int((found.leaky.dead_at >= 0).sum())} of the {len(found.leaky.rates)} rates."
    )
