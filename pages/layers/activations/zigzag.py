"""Not zero-centred: the way of a neuron with two weights, fed by sigmoids and fed by tanhs."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.activations import proofs, snippets, tables
from cnnviz.topics.activations.records import Descent
from cnnviz.topics.activations.zigzag import EXAMPLES, gradient, zigzag
from pages.layers.activations import cache
from pages.layers.activations.components.descent_pair import descent_pair
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
    st.markdown(
        "A neuron y = w₁a₁ + w₂a₂ is fed by another layer. For one example its gradient is 2 (y − t) a: where both "
        "inputs a are positive, as a sigmoid's outputs are, both components have the sign of y − t."
    )
    left, middle, right = st.columns(3, gap="medium", vertical_alignment="bottom")
    with left:
        rate = st.select_slider("Learning rate", RATES, value=FIRST[0], key="activations.rate", bind="query-params")
    with middle:
        batch = st.select_slider(
            f"Examples a step, of {EXAMPLES}", BATCHES, value=1, key="activations.batch", bind="query-params"
        )
    with right:
        seed = int(st.number_input("Seed", 0, 999, 0, key="activations.seed", bind="query-params"))
    setting = (rate, STEPS, batch, seed)
    try:
        found = cache.descents(*setting)
        st.session_state[LAST_GOOD] = setting
    except OperationError as error:
        st.error(f"{error} The last paths are still shown.", icon=":material/trending_up:")
        found = cache.descents(*st.session_state.get(LAST_GOOD, FIRST))
    descent_pair(cache.descent_packet(found), key="activations.zigzag")
    st.markdown(_words(*found))
    badges(*(proofs.zigzag(one) for one in found))
    downloads([("Both paths, CSV", "zigzag.csv", "text/csv", lambda: tables.descents(found))], key="activations")
    source_box(snippets.zigzag(rate, batch, seed), made_by=(zigzag, gradient))


def _words(positive: Descent, centred: Descent) -> str:
    """What the two paths have to say, in numbers; nothing is claimed that they do not show."""
    batch = positive.examples.shape[1]
    ratio = [one.length / one.straight for one in (positive, centred)]
    text = (
        f"Fed by sigmoids both gradients have the same sign in **{positive.same_sign:.0%}** of the steps, fed by tanhs "
        f"in **{centred.same_sign:.0%}**. The way is {ratio[0]:.2f} times the straight line with sigmoids and "
        f"{ratio[1]:.2f} times with tanhs. {_arrival(positive, 'With sigmoids')}, {_arrival(centred, 'with tanhs')}."
    )
    if batch > 1:
        text += (
            f" With {batch} examples a step the gradient is a mean over errors of both signs, and the argument, which "
            "holds for one example, no longer decides the direction."
        )
    return text


def _arrival(found: Descent, fed_by: str) -> str:
    """When it is there, or how far it still is."""
    if found.arrived is None:
        return f"{fed_by} it is still {found.distance:.2g} from the goal after {len(found.gradients)} steps"
    return f"{fed_by} it stays within {found.near:g} of the goal from step {found.arrived} on"
