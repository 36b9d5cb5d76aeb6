"""Inside the networks: weights put back, the proof that FC cannot notice, and that no kernel can follow."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.permuted_pixels import figures
from pages.learn.permuted_pixels import cache, snippets
from pages.shared.charts import theme
from pages.shared.proof_badge import badges

WEIGHTS = {
    "plain": "trained on normal pictures",
    "permuted": "trained on permuted pictures",
    "restored": "the same, put back by the inverse",
}


def show() -> None:
    st.subheader("What FC's eight first units look for", divider="gray")
    for column, (which, caption) in zip(st.columns(3, gap="medium"), WEIGHTS.items(), strict=True):
        column.image(cache.weights(which, theme()), output_format="PNG", caption=caption, width="stretch")
    st.markdown(figures.weights_words(cache.first_weights()))
    st.subheader("Why FC cannot notice", divider="gray")
    st.markdown(
        "The first layer computes W₁x. Permuted pictures are Px, and (W₁Pᵀ)(Px) = W₁x because PᵀP = 1: "
        "move the columns of W₁ like the pixels, and every number after them is the one it was."
    )
    badges(*cache.moved_columns())
    st.subheader("Why the CNN must", divider="gray")
    st.markdown(figures.no_trick_words(cache.no_trick()))
    snippets.inside()
