"""Batch, layer, instance and group normalisation: the same formula over four sets of values."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.batch_norm import captions, figures, normalization, proofs, questions, snippets, tables
from pages.layers.batch_norm.components.norm_axes import norm_axes
from pages.shared import downloads, predict
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

SIDES = (2, 3)


@st.fragment
def show() -> None:
    """Choose N and C, then hover."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        n = st.slider("Images N", 2, 4, 3, key="batch_norm.n", persist_state="session")
    with middle:
        c = st.select_slider("Channels C", (2, 4, 6, 8), value=4, key="batch_norm.c", persist_state="session")
    with right:
        seed = st.number_input("Seed of the numbers", 0, 9999, 0, key="batch_norm.seed", persist_state="session")
    x = tables.example((int(n), int(c), *SIDES), int(seed))
    found = {method: normalization.by_name(method, x) for method in ("batch", "layer", "instance")}
    groups = {count: normalization.group_norm(x, count) for count in normalization.divisors(int(c))}
    norm_axes(figures.axes(found, groups), key="batch_norm.axes")
    st.caption(captions.axes(int(n), int(c), SIDES))
    badges(*proofs.relatives(x, tuple(groups)))
    predict.ask("Batch, layer, instance, group", questions.relatives(int(n), int(c)))
    named = {**found, **{f"group, {count}": step for count, step in groups.items()}}
    downloads.downloads(
        [("All normalised, CSV", "normalised.csv", "text/csv", lambda: tables.relatives(named))], key="batch_norm"
    )
    source_box(snippets.AXES, made_by=(normalization.by_name, normalization.group_norm))
