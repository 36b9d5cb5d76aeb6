"""The page's caches: what is drawn of the shipped results. Keys are plain values; nothing here reads the session."""

from __future__ import annotations

import streamlit as st

from cnnviz.experiments import batch_norm_rates, initial_weights, learning_rates
from cnnviz.figures.scrub_charts import ScrubChartPacket
from cnnviz.records.experiments import Results
from cnnviz.topics.batch_norm_rates import captions, figures

NAME = batch_norm_rates.EXPERIMENT.name
START = initial_weights.EXPERIMENT.name


@st.cache_resource(max_entries=4, show_spinner=False)
def where(runs: str, _found: Results) -> ScrubChartPacket:
    """runs: which runs there are, as `answer.known` says it; so for all of these."""
    lines = learning_rates.lines(_found)
    spans = [[learning_rates.span(line, share) for line in lines] for share in learning_rates.ENOUGH]
    return figures.where(
        lines, learning_rates.ENOUGH, spans, chance=batch_norm_rates.CHANCE, start=batch_norm_rates.TRAINS
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def start_words(runs: str, _found: Results) -> str:
    """What another start does alone; of three networks."""
    normed, plain, start = (
        (line, learning_rates.span(line, batch_norm_rates.TRAINS)) for line in learning_rates.lines(_found)
    )
    return captions.start(normed, plain, start)


@st.cache_resource(max_entries=4, show_spinner=False)
def how_soon(runs: str, _found: Results) -> tuple[ScrubChartPacket, str]:
    """The chart, and in words what half of a batch takes."""
    found = learning_rates.how_soon(_found)
    return figures.how_soon(found), figures.half_words(found)


@st.cache_resource(max_entries=16, show_spinner=False)
def courses(runs: str, seed: int | None, _found: Results) -> ScrubChartPacket:
    """The curves of one seed, or of the mean over all."""
    words = f"seed {seed}" if seed is not None else f"mean over {_found.n} seed{'s' * (_found.n != 1)}"
    return figures.courses(learning_rates.courses(_found, seed=seed), runs=words)


def statistics_csv(found: Results, seed: int | None) -> str:
    """The running statistics over the steps as CSV."""
    return figures.statistics_csv(learning_rates.courses(found, seed=seed))
