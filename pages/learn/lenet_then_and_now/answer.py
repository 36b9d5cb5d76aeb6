"""The experiment: accuracies by activation and pooling, what each change brings, curves, running it again."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import lenet_then_and_now
from cnnviz.figures import experiments
from cnnviz.topics.lenet_then_and_now import captions, figures
from pages.learn.lenet_then_and_now import snippets
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer

NAME = lenet_then_and_now.EXPERIMENT.name


def show() -> None:
    """Draw the experiment's answer."""
    found, published = answer.of(NAME), lenet_then_and_now.EXPERIMENT.published
    answer.verdict(NAME, found)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart(figures.accuracies(found, published, theme=theme()), key="lenet.bars")
    with right:
        chart(figures.accuracies(found, published, enlarged=True, theme=theme()), key="lenet.enlarged")
    st.caption(captions.published(published))
    if found.complete:
        st.markdown(captions.CHANGES)
        number_table.draw(figures.changes_table(lenet_then_and_now.changes(found)))
        st.caption(
            captions.changes(
                found,
                batch_size=lenet_then_and_now.TRAINED.batch_size,
                momentum=lenet_then_and_now.TRAINED.momentum,
                cut=lenet_then_and_now.EXPERIMENT.cut,
            )
        )
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.over_steps(found, theme=theme()), key="lenet.right")
    with right:
        chart(figures.over_steps(found, wrong=True, theme=theme()), key="lenet.wrong")
    st.caption(captions.lines(experiments.provenance_words(found)))
    answer.table(NAME, found)
    again.show(NAME, heading=captions.AGAIN)
    snippets.experiment(NAME)
