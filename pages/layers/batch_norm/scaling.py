"""Feature scaling: the loss surface of two features, and the path that gradient descent takes on it."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.batch_norm import captions, feature_scaling, proofs, questions, snippets, tables
from pages.layers.batch_norm import cache
from pages.layers.batch_norm.components.descent_paths import descent_paths
from pages.shared import downloads, predict
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box


@st.fragment
def show() -> None:
    """Choose the features' scale; scrub learning rate and steps in the browser."""
    left, right = st.columns(2, gap="medium")
    with left:
        spread = st.select_slider(
            "Standard deviation of feature 2 (feature 1: 1)", (0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0), value=5.0,
            key="batch_norm.spread", bind="query-params",
        )  # fmt: skip
    with right:
        offset = st.select_slider(
            "Mean of both features, in standard deviations", (0.0, 0.5, 1.0, 2.0, 4.0), value=0.0,
            key="batch_norm.offset", bind="query-params",
        )  # fmt: skip
    before, after, drawn = cache.surfaces(float(spread), float(offset))
    descent_paths(drawn, key="batch_norm.descent")
    st.caption(captions.descent(before, after))
    badges(*proofs.descent(before), *proofs.descent(after))
    predict.ask("Feature scaling", questions.curvature(before))
    downloads.downloads(
        [("Both paths, CSV", "descent.csv", "text/csv", lambda: tables.descent(before, after))], key="batch_norm"
    )
    source_box(
        snippets.scaling(float(spread), float(offset), 0.9),
        made_by=(
            feature_scaling.surface,
            feature_scaling.gradient,
            feature_scaling.descend,
            feature_scaling.standardised,
        ),
    )
