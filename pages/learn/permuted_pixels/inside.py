"""Inside the networks: weights put back, the proof that FC cannot notice, and that no kernel can follow."""

from __future__ import annotations

import streamlit as st

from cnnviz.measurements import permuted_pixels
from cnnviz.topics.permuted_pixels import captions, questions
from pages.learn.permuted_pixels import cache, snippets
from pages.shared import predict
from pages.shared.charts import theme
from pages.shared.proof_badge import badges


def show() -> None:
    """Draw the part that looks inside the networks."""
    st.subheader(captions.FIRST_UNITS, divider="gray")
    for column, (which, caption) in zip(st.columns(3, gap="medium"), captions.WEIGHTS.items(), strict=True):
        column.image(cache.weights(which, theme()), output_format="PNG", caption=caption, width="stretch")
    st.markdown(captions.weights(cache.first_weights()))
    st.subheader(captions.WHY_FC_CANNOT_NOTICE, divider="gray")
    st.markdown(captions.NO_DIFFERENCE)
    badges(*cache.moved_columns())
    st.subheader(captions.WHY_THE_CNN_MUST, divider="gray")
    st.markdown(captions.no_trick(cache.no_trick()))
    ten = cache.ten(permuted_pixels.SEED, 1.0, 1, False)
    predict.ask("Inside the networks", *questions.reordered(cache.first_weights(), ten))
    snippets.inside()
