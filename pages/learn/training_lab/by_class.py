"""Test images class by class: how many of each are recognised, what they are taken for, and the images of a cell."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets, runs
from cnnviz.topics.training_lab import captions, confusion_figures, confusion_packets, gallery_figures, mistakes
from pages.learn.training_lab import tested
from pages.learn.training_lab.components.confusion_matrix import confusion_matrix
from pages.learn.training_lab.components.gallery import gallery
from pages.shared import cache
from pages.shared.charts import chart, theme


@st.fragment
def show(run: runs.Run, counts: tuple[tuple[int, ...], ...], classes: tuple[str, ...]) -> None:
    """counts: [K, K] of all test images, rows true."""
    st.subheader(captions.BY_CLASS, divider="gray")
    left, right = st.columns(2, gap="medium")
    with left:
        chart(confusion_figures.per_class(counts, classes, theme=theme()), key="lab.per_class")
    cell = None
    with right:
        if len(classes) <= confusion_packets.MOST:
            cell = confusion_matrix(confusion_packets.packet(counts, classes), key=f"lab.confusion.{run.id}")
        else:
            chart(confusion_figures.matrix(counts, classes, theme=theme()), key="lab.confusion")
    st.caption(captions.confused(counts, classes))
    if cell is None:
        return
    status = datasets.status(run.config.dataset)
    if status.available:
        _images(run, cell)
    else:
        st.caption(captions.no_images(status.sentence))


def _images(run: runs.Run, cell: tuple[int, int]) -> None:
    """Of one true class that is taken for one class."""
    found = cache.tested(run.id, run.modified(), tested.COUNT)
    places = mistakes.cell(found.logits, found.labels, cell)
    st.markdown(captions.cell(found.classes[cell[0]], found.classes[cell[1]], len(places), len(found.labels)))
    if len(places):
        shown = cache.pictured(run.id, run.modified(), tuple(found.indices[places].tolist()))
        tiles = gallery_figures.tiles(shown.logits, shown.labels, shown.classes)
        gallery(gallery_figures.sprite(shown.pictures), tiles, key="lab.cell.gallery")
