"""The experiment: accuracies by activation and pooling, what each change brings, curves, running it again."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import lenet_then_and_now as experiment
from cnnviz.figures import experiments as common
from cnnviz.topics.lenet_then_and_now import figures
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
    st.caption(figures.published_words(published))
    if found.complete:
        st.markdown("**What each change brings, in points of accuracy**")
        st.dataframe(figures.changes_table(experiment.changes(found)), hide_index=True)
        st.caption(
            "Differences seed by seed, mean ± its 95 % interval. Clear: the interval leaves zero out. Batches of "
            f"{experiment.TRAINED.batch_size}, SGD with momentum {experiment.TRAINED.momentum:g}, "
            f"{figures.rates_words(found)}. {experiment.EXPERIMENT.cut}"
        )
    left, right = st.columns(2, gap="medium")
    with left:
        chart(figures.over_steps(found, theme=theme()), key="lenet.right")
    with right:
        chart(figures.over_steps(found, wrong=True, theme=theme()), key="lenet.wrong")
    st.caption(f"Average pooling is dashed, the paper's network dotted. {common.provenance_words(found)}")
    answer.table(NAME, found)
    st.subheader("Run it again here", divider="gray")
    again.show(NAME)
    snippets.experiment(NAME)
