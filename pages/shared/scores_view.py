"""What the network says: the top five, and softmax written out."""

from __future__ import annotations

import streamlit as st

from cnnviz import networks, units
from cnnviz.figures import predictions
from cnnviz.records import Score, Spec
from pages.shared.loading import Look

TOP = 5


def top_five(scores: tuple[Score, ...], spec: Spec) -> None:
    """Five bars with their numbers; a sentence where none of the classes fits."""
    st.dataframe(
        predictions.rows(scores[:TOP]),
        hide_index=True,
        key="explore.scores",
        column_config={
            "class": st.column_config.TextColumn("says", width="medium"),
            "probability": st.column_config.ProgressColumn("probability", min_value=0.0, max_value=1.0, format="%.4f"),
        },
    )
    if note := predictions.fit_note(scores, spec.classes):
        st.caption(f":material/info: {note}")


def caption(opened: networks.Network, seen: Look, title: str) -> str:
    """network · weights · input · class and probability · time, in one line."""
    top = seen.scores[0]
    shape = list(opened.spec.input_shape)
    return (
        f"{opened.spec.title} · {opened.provenance.label} · input `{shape}` · {title} → "
        f"**{top.label} {top.probability:.3f}** · {len(seen.recording)} layers recorded in "
        f"{seen.recording.seconds * 1000:,.0f} ms ({seen.recording.method})"
    )


def softmax_table(seen: Look, spec: Spec) -> None:
    """exp, sum and ratio for the leading classes."""
    with st.expander("From logits to probabilities: softmax, term by term", icon=":material/functions:"):
        found = units.softmax_terms(seen.recording.logits, spec.classes, 10)
        st.latex(r"p_i = \frac{e^{z_i - m}}{\sum_j e^{z_j - m}},\quad m = \max_j z_j")
        st.markdown(predictions.softmax_sentence(found))
        st.dataframe(predictions.softmax_rows(found), hide_index=True, key="explore.softmax")
