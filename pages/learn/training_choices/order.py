"""Order: the race, what a batch holds in each order, and what a network forgets that is taught class by class."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets
from cnnviz.experiments import shuffle
from cnnviz.topics.training_choices import figures
from pages.learn.training_choices import cache, layout, snippets
from pages.shared.charts import chart, theme
from pages.shared.components.batch_mix import batch_mix
from pages.shared.proof_badge import badges

NAME = shuffle.EXPERIMENT.name
SHOWN = (f"the first {figures.FIRST} batches", "the whole epoch")


def show() -> None:
    found = layout.raced(NAME)
    layout.bars(NAME, found)
    st.subheader("What a batch holds", divider="gray")
    _batches()
    st.subheader("Why “by class” fails: each class is forgotten", divider="gray")
    _forgetting()
    layout.numbers(NAME, found)
    snippets.order(NAME)
    layout.links(
        ("pages/layers/data/page.py", "Data and batches: the class mix of any data set"), layout.LAB,
    )  # fmt: skip


@st.fragment
def _batches() -> None:
    dataset = cache.at_hand(shuffle.TRAINED.dataset)
    which = st.segmented_control(
        "Batches", SHOWN, default=SHOWN[0], required=True, key="choices.batches", persist_state="session"
    )
    mixes, classes, proof = cache.mixes(dataset)
    header = figures.mix(mixes, classes, whole=which == SHOWN[1])
    batch_mix(header, key="choices.mix")
    st.caption(
        f"{datasets.info(dataset).title}, the {mixes[0].counts.sum():,} pictures and the batches of "
        f"{shuffle.TRAINED.batch_size} that seed {shuffle.TRAINED.seed} of the experiment trains on."
    )
    badges(proof)


def _forgetting() -> None:
    by_class, shuffled = cache.forgetting("by class"), cache.forgetting("shuffled")
    left, right = st.columns(2, gap="medium")
    for column, one, caption in ((left, by_class, "taught by class"), (right, shuffled, "shuffled")):
        with column:
            st.markdown(f"**{caption[0].upper()}{caption[1:]}**")
            chart(figures.forgotten(one, theme=theme()), key=f"choices.forgetting.{one.order}")
    st.markdown(figures.forgetting_words(by_class, shuffled))
    config = cache.forgetting_config("by class")
    st.caption(
        f"Test pictures right, class by class, every few steps, trained here just now: {config.model} on "
        f"{datasets.info(config.dataset).title}, batches of {config.batch_size}, {config.epochs} passes."
    )
