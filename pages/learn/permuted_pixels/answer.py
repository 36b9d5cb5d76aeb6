"""The experiment itself: ten images, four bars, accuracy over steps, the verdict; and running it again here."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.experiments import permuted_pixels
from cnnviz.figures import experiments as experiment_figures
from cnnviz.measurements import permuted_pixels as measured
from cnnviz.topics.permuted_pixels import captions
from pages.learn.permuted_pixels import pictures, snippets
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer

NAME = permuted_pixels.EXPERIMENT.name


def show() -> None:
    """Draw the experiment's answer."""
    found = answer.of(NAME)
    pictures.pair(measured.SEED, 1.0, 1, False, which="permuted")
    answer.verdict(NAME, found)
    left, right = st.columns(2, gap="medium")
    with left:
        chart(experiment_figures.bars(found, experiments.get(NAME).published, theme=theme()), key="permuted.bars")
    with right:
        chart(experiment_figures.over_steps(found, theme=theme(), height=360), key="permuted.steps")
    st.caption(experiment_figures.slow_start_words(found, permuted_pixels.CNN, permuted_pixels.CNN_PERMUTED))
    answer.table(NAME, found)
    again.show(NAME, heading=captions.AGAIN)
    snippets.experiment(NAME)
