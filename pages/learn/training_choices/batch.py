"""Batch size: the race over images, steps or seconds, and the noise of a step."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import batch_sizes
from cnnviz.topics.training_choices import captions, figures
from pages.learn.training_choices import cache, layout, shared_batch, snippets
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.proof_badge import badges

NAME = batch_sizes.EXPERIMENT.name


def show() -> None:
    """Draw the part about the batch's size."""
    found = layout.raced(NAME)
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        layout.bars(NAME, found)
    number_table.draw(figures.pace(found), at=right)
    st.subheader(captions.NOISE_OF_A_STEP, divider="gray")
    _noise()
    shared_batch.show()
    layout.numbers(NAME, found)
    snippets.batches(NAME)
    layout.links(("pages/layers/data/page.py", captions.STEPS_LINK), layout.LAB)


@st.fragment
def _noise() -> None:
    steps = st.segmented_control(
        captions.ALL_BATCHES_MEET, list(captions.STEPS), format_func=captions.STEPS.__getitem__, default=60,
        required=True, key="choices.steps", persist_state="session",
    )  # fmt: skip
    found = cache.noise(60 if steps is None else steps)
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.scatter(found, theme=theme()), key="choices.scatter")
    with right:
        chart(figures.directions(found, theme=theme()), key="choices.directions")
    st.markdown(captions.noise(found))
    badges(cache.gradients_add_up())
