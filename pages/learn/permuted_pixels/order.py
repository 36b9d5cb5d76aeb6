"""How much order is needed: a share of the pixels, squares of pixels, one order for all or a new one for each."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.topics.permuted_pixels import captions
from pages.learn.permuted_pixels import snippets
from pages.shared.experiments import again, answer

NAMES = ("permutation_strength", "permutation_blocks", "permutation_fresh")


def show() -> None:
    """Draw the part about how much order is needed."""
    for name in NAMES:
        answer.over_a_grid(name)
    question = st.container()
    st.subheader(captions.AGAIN_ONE, divider="gray")
    chosen = st.segmented_control(
        "Which", NAMES, format_func=lambda name: experiments.get(name).title, default=NAMES[0], required=True,
        key="permuted.which", persist_state="session",
    )  # fmt: skip
    again.show(chosen or NAMES[0], asked_in=question)
    snippets.experiment(NAMES[0])
