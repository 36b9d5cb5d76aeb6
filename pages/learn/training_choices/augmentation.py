"""Augmentation: the race, training beside test, and the images as training makes them."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets
from cnnviz.experiments import augmentations
from cnnviz.figures import batches
from cnnviz.records.experiments import Results
from cnnviz.topics.training_choices import captions, figures
from pages.learn.training_choices import cache, layout, snippets
from pages.shared.charts import chart, theme
from pages.shared.components.picture_sheet import picture_sheet

NAME = augmentations.EXPERIMENT.name


def show() -> None:
    """Draw the part about augmentation."""
    found = layout.raced(NAME)
    _curves(found)
    st.subheader(captions.EPOCH_BY_EPOCH, divider="gray")
    _pictures()
    layout.numbers(NAME, found)
    snippets.augmentation(NAME)
    layout.links(
        ("pages/layers/data/page.py", captions.TRANSFORMS_LINK),
        ("pages/learn/overfitting/page.py", captions.OVERFITTING_LINK), layout.LAB,
    )  # fmt: skip


def _curves(found: Results) -> None:
    there = [one.cell.label for one in found.cells if one.n]
    if not there:
        return
    layout.bars(NAME, found)
    wanted = st.pills(
        captions.TRAINING_BESIDE_TEST, there, default=[there[0], there[-1]] if len(there) > 1 else there,
        selection_mode="multi", key="choices.cells", persist_state="session",
    )  # fmt: skip
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.train_and_test(found, wanted, theme=theme()), key="choices.train_and_test")
    with right:
        chart(figures.gaps(found, theme=theme()), key="choices.gaps")
    st.markdown(captions.gaps(found))
    st.caption(captions.AS_MET)


@st.fragment
def _pictures() -> None:
    dataset = cache.available(augmentations.TRAINED.dataset)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Augmentation", list(augmentations.KINDS), default="both", required=True, key="choices.kind",
            bind="query-params",
        )  # fmt: skip
        seed = int(st.number_input("Seed", 0, 9999, 0, key="choices.seed", persist_state="session", width=120))
    sheet, rows = cache.as_trained(dataset, augmentations.KINDS[kind or "both"], seed)
    header, pixels = batches.transforms(sheet, rows)
    picture_sheet(header, pixels, key="choices.sheet")
    st.caption(captions.transformed(datasets.info(dataset).title, len(rows[0].pictures)))
