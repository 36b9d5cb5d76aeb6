"""The experiment: accuracies by activation and pooling, what each change brings, curves, running it again."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import lenet_then_and_now as experiment
from cnnviz.figures import experiments as common
from cnnviz.topics.lenet_then_and_now import captions, figures
from pages.learn.lenet_then_and_now import snippets
from pages.shared.charts import chart, theme
from pages.shared.experiments import again, answer

NAME = experiment.EXPERIMENT.name


def show() -> None:
    found, published = answer.of(NAME), experiment.EXPERIMENT.published
    answer.verdict(NAME, found)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart(figures.accuracies(found, published, theme=theme()), key="lenet.bars")
    with right:
        chart(figures.accuracies(found, published, enlarged=True, theme=theme()), key="lenet.enlarged")
    st.caption(captions.published(published))
    if found.complete:
        st.markdown(captions.CHANGES)
        st.dataframe(figures.changes_table(experiment.changes(found)), hide_index=True)
        st.caption(
            captions.changes(
                found,
                batch_size=experiment.TRAINED.batch_size,
                momentum=experiment.TRAINED.momentum,
                cut=experiment.EXPERIMENT.cut,
            )
        )
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.over_steps(found, theme=theme()), key="lenet.right")
    with right:
        chart(figures.over_steps(found, wrong=True, theme=theme()), key="lenet.wrong")
    st.caption(captions.lines(common.provenance_words(found)))
    answer.table(NAME, found)
    st.subheader(captions.AGAIN, divider="gray")
    again.show(NAME)
    snippets.experiment(NAME)
