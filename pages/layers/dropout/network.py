"""Inside a trained network: one layer masked, the next layer and the prediction with and without."""

from __future__ import annotations

import streamlit as st

from cnnviz.plain_text import escaped
from cnnviz.records.proofs import Proof
from cnnviz.topics.dropout import captions, figures, network, questions
from cnnviz.topics.dropout.records import Disturbed
from pages.layers.dropout import cache, controls, snippets
from pages.layers.dropout.components.dropout_network import dropout_network
from pages.shared import predict
from pages.shared.proof_badge import badges
from pages.shared.scores_needed import has_scores
from pages.shared.selection import Selection, network_and_picture

FLOAT32 = 1e-3  # of logits, through a batch of another size


@st.fragment
def show() -> None:
    """The masked layer and one that follows, the prediction at each p, proofs and code."""
    at = network_and_picture()
    if not has_scores(at.look, at.network.spec.title):
        return
    left, right = st.columns(2, gap="medium")
    with left:
        layer = at.layer()
    reached = network.followers(at.look.recording, layer.key)[:12]
    with right:
        following = st.selectbox("What follows", reached, key=f"dropout.next.{layer.key}", persist_state="session")
    left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
    with left:
        channelwise = controls.channelwise(layer.shape)
    with right:
        seed = controls.seed()
    st.caption(captions.own_layers(network.own(at.network.model), escaped(at.network.spec.title)))
    found = _found(at, layer.key, following or "", channelwise=channelwise, seed=seed)
    if found is None:
        return
    dropout_network(figures.network_data(found, at.look.reading), key="dropout.network")
    half = found.probabilities.index(0.5)
    st.markdown(captions.change(found, at.look.reading, half))
    badges(*_proofs(found))
    predict.ask("Dropout in a network", questions.zeros(found), questions.unit(found))
    snippets.network(at.choice, at.picture, at.fit, found, seed=seed)


def _found(at: Selection, key: str, following: str, *, channelwise: bool, seed: int) -> Disturbed | None:
    try:
        return cache.disturbed(at.view, key=key, following=following, channelwise=channelwise, seed=seed)
    except network.TailError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _proofs(found: Disturbed) -> tuple[Proof, ...]:
    own = Proof("run on from the layer without a mask: the network's own logits again", found.difference, FLOAT32)
    if found.twice is None:
        return (own,)
    return own, Proof("the same mask put on by a forward hook in the network itself: the logits", found.twice, FLOAT32)
