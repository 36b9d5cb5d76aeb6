"""Where each network trains, and how soon: the verdicts, two charts with a threshold to drag, the numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz import experiments
from cnnviz.figures import experiments as experiment_figures
from cnnviz.records.experiments import Results
from cnnviz.topics.batch_norm_rates import captions
from pages.learn.batch_norm_rates import cache
from pages.shared.components.scrub_chart import scrub_chart
from pages.shared.experiments import answer


def show(found: Results, start: Results, both: Results) -> None:
    """found, start: the experiment, and the one with another start, which may not be there yet; both: together."""
    answer.verdict(cache.NAME, found)
    answer.verdict(cache.START, start)
    known = answer.known(both)
    soon, words = cache.how_soon(known, both)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(captions.WHERE, divider="gray")
        scrub_chart(cache.where(known, both), key="rates.where")
    with right:
        st.subheader(captions.HOW_SOON, divider="gray")
        scrub_chart(soon, key="rates.soon")
    if start.complete:
        st.markdown(cache.start_words(known, both))
    said = [words, *([captions.HE_START] if start.complete else []), captions.BANDS]
    said += [experiment_figures.provenance_words(both), experiments.get(cache.NAME).cut]
    st.caption(" ".join(said))
    answer.table(cache.NAME, both)
