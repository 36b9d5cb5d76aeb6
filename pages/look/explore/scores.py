"""What the network says: the top five, and softmax written out."""

from __future__ import annotations

import streamlit as st

from cnnviz import networks
from cnnviz.figures import predictions
from cnnviz.plain_text import escaped
from cnnviz.records import Score
from pages.shared.cache import Look
from pages.shared.components.scores import scores as scores_of

TOP = 5


def top_five(scores: tuple[Score, ...]) -> None:
    """Five bars with their numbers; a sentence where none of the classes fits."""
    scores_of(predictions.bars(scores, top=TOP), key="explore.scores")
    if note := predictions.fit_note(scores):
        st.caption(f":material/info: {escaped(note)}")


def caption(opened: networks.Network, seen: Look, title: str) -> str:
    """network · weights · input · class and probability · time, in one line."""
    top = seen.scores[0]
    label = opened.provenance.label
    named = label if label.startswith(opened.spec.title) else f"{opened.spec.title} · {label}"
    return (
        f"{escaped(named)} · input `{list(opened.spec.input_shape)}` · {escaped(title)} → "
        f"**{escaped(top.label)} {top.probability:.3f}** · "
        f"{len(seen.recording)} layers recorded in {seen.recording.seconds * 1000:,.0f} ms ({seen.recording.method})"
    )


def softmax_table(seen: Look) -> None:
    """exp, sum and ratio for the leading classes."""
    with st.expander("From logits to probabilities: softmax, term by term", icon=":material/functions:"):
        st.latex(r"p_i = \frac{e^{z_i - m}}{\sum_j e^{z_j - m}},\quad m = \max_j z_j")
        st.dataframe(
            predictions.softmax_table(seen.recording.logits, seen.classes), hide_index=True, key="explore.softmax"
        )
