"""The page's caches: what is drawn of the shipped results. Keys are plain values; nothing here reads the session."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import dropout_curves, dropout_overfitting
from cnnviz.figures.scrub_charts import ScrubChartPacket
from cnnviz.records.experiments import Results
from cnnviz.records.overfitting import DropoutRuns
from cnnviz.topics.overfitting import figures

NAME = dropout_overfitting.EXPERIMENT.name


@st.cache_resource(max_entries=4, show_spinner=False)
def dropped(runs: str, _found: Results) -> tuple[DropoutRuns, ...]:
    """runs: which runs there are, as `answer.known` says it."""
    return dropout_curves.dropped(_found)


@st.cache_resource(max_entries=12, show_spinner=False)
def over_epochs(runs: str, quantity: str, _found: tuple[DropoutRuns, ...]) -> ScrubChartPacket:
    """The curves of one quantity over the epochs."""
    return figures.over_epochs(_found, quantity)


@st.cache_resource(max_entries=4, show_spinner=False)
def likeness(runs: str, _found: tuple[DropoutRuns, ...]) -> ScrubChartPacket:
    """How alike hidden units are, over the steps."""
    return figures.likeness(_found)
