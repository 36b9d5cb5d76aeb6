"""What the network says: the top five, and softmax written out."""

from __future__ import annotations

import streamlit as st

from cnnviz import networks
from cnnviz.figures import predictions
from cnnviz.topics.explore import captions
from pages.shared.cache import Look
from pages.shared.components.scores import scores

TOP = 5


def top_five(seen: Look) -> None:
    """Five bars with their numbers; a sentence where none of the classes fits, and how unusual outputs were read."""
    scores(predictions.bars(seen.scores, top=TOP), key="explore.scores")
    if said := predictions.assumed(seen.recording.logits, ended=seen.recording.layers[-1].operation):
        st.caption(said)
    if note := predictions.fit_note(seen.scores):
        st.caption(captions.doubt(note))


def caption(opened: networks.Network, seen: Look, title: str) -> str:
    """Network and weights, input, class and probability, time, in one line."""
    named = captions.network(opened.spec.title, opened.provenance.label)
    result = captions.recorded(named, opened.spec.input_shape, title, seen.scores[0])
    took = captions.seconds(len(seen.recording), seen.recording.seconds)
    return f"{result} · {took}"


def softmax_table(seen: Look) -> None:
    """exp, sum and ratio for the leading classes."""
    with st.expander(captions.SOFTMAX, icon=":material/functions:"):
        st.latex(r"p_i = \frac{e^{z_i - m}}{\sum_j e^{z_j - m}},\quad m = \max_j z_j")
        st.dataframe(
            predictions.softmax_table(seen.recording.logits, seen.classes, ended=seen.recording.layers[-1].operation),
            hide_index=True,
            key="explore.softmax",
        )
