"""What a trained network says of its test images: the surest mistakes, by pair of classes, and its calibration."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets, runs, sample_predictions
from cnnviz.records import Epoch
from cnnviz.topics.training_lab import calibration, calibration_figures, captions, gallery_figures, mistakes
from pages.learn.training_lab.components.gallery import gallery
from pages.shared import cache
from pages.shared.charts import chart, theme

COUNT = 2000  # test images, always the same: a second or two even for a wide network


@st.fragment
def show(run: runs.Run) -> None:
    """Mistakes and calibration beside each other, where the data set is on this computer."""
    if not datasets.status(run.config.dataset).available:
        return  # the eight images below say how to get it
    found = cache.tested(run.id, run.modified(), COUNT)
    if not len(found.labels):
        return
    tested_right = int((found.logits.argmax(axis=1) == found.labels).sum())
    trained = cache.on_training(run.id, run.modified(), COUNT)
    st.markdown(captions.both(*trained, tested_right, len(found.labels), _last_epoch(run)))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _mistakes(run, found)
    with right:
        st.subheader(captions.CALIBRATION, divider="gray")
        measured = calibration.of(found.logits, found.labels)
        chart(calibration_figures.reliability(measured, theme=theme()), key="lab.calibration")
        st.caption(captions.calibrated(measured))


def _last_epoch(run: runs.Run) -> float | None:
    """The training accuracy that the run itself gave at the end of its last epoch."""
    epochs = [event.train_accuracy for event in run.events() if isinstance(event, Epoch)]
    return epochs[-1] if epochs else None


def _mistakes(run: runs.Run, found: sample_predictions.SamplePredictions) -> None:
    st.subheader(captions.MISTAKES, divider="gray")
    pairs = dict(mistakes.pairs(found.logits, found.labels))
    if not pairs:
        st.caption(captions.NO_MISTAKES)
        return
    words = {
        captions.a_pair(found.classes[pair[0]], found.classes[pair[1]], count): pair for pair, count in pairs.items()
    }
    chosen = st.selectbox(captions.MISTAKES_SHOWN, [captions.THE_WORST, *words], key=f"lab.mistakes.{run.id}")
    places = mistakes.worst(found.logits, found.labels, pair=words.get(chosen))
    shown = cache.pictured(run.id, run.modified(), tuple(found.indices[places].tolist()))
    tiles = gallery_figures.tiles(shown.logits, shown.labels, shown.classes)
    gallery(gallery_figures.sprite(shown.pictures), tiles, key="lab.mistakes.gallery")
    st.caption(captions.mistakes(sum(pairs.values()), len(found.labels)))
