"""Order: the race, what a batch holds in each order, and what a network forgets that is taught class by class."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets
from cnnviz.experiments import shuffle
from cnnviz.topics.training_choices import captions, figures
from pages.learn.training_choices import cache, layout, snippets
from pages.shared.charts import chart, theme
from pages.shared.components.batch_mix import batch_mix
from pages.shared.proof_badge import badges

NAME = shuffle.EXPERIMENT.name


def show() -> None:
    """Draw the part about the order of the images."""
    found = layout.raced(NAME)
    layout.bars(NAME, found)
    st.subheader(captions.HOLDS, divider="gray")
    _batches()
    st.subheader(captions.WHY_BY_CLASS_FAILS, divider="gray")
    _forgetting()
    layout.numbers(NAME, found)
    snippets.order(NAME)
    layout.links(
        ("pages/layers/data/page.py", captions.MIX_LINK), layout.LAB,
    )  # fmt: skip


@st.fragment
def _batches() -> None:
    dataset = cache.available(shuffle.TRAINED.dataset)
    which = st.segmented_control(
        captions.BATCHES,
        captions.SHOWN,
        default=captions.SHOWN[0],
        required=True,
        key="choices.batches",
        persist_state="session",
    )
    mixes, classes, proof = cache.mixes(dataset)
    header = figures.mix(mixes, classes, whole=which == captions.SHOWN[1])
    batch_mix(header, key="choices.mix")
    st.caption(
        captions.batches(
            datasets.info(dataset).title, int(mixes[0].counts.sum()), shuffle.TRAINED.batch_size, shuffle.TRAINED.seed
        )
    )
    badges(proof)


def _forgetting() -> None:
    by_class, shuffled = cache.forgetting("by class"), cache.forgetting("shuffled")
    left, right = st.columns(2, gap="medium")
    for column, one, caption in (
        (left, by_class, captions.TAUGHT_BY_CLASS),
        (right, shuffled, captions.TAUGHT_SHUFFLED),
    ):
        with column:
            st.markdown(caption)
            chart(figures.forgotten(one, theme=theme()), key=f"choices.forgetting.{one.order}")
    st.markdown(captions.forgetting(by_class, shuffled))
    config = cache.forgetting_config("by class")
    st.caption(captions.looked_at(config.model, datasets.info(config.dataset).title, config.batch_size, config.epochs))
