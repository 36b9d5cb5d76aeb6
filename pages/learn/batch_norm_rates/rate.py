"""One learning rate at a time: batches, loss, and what each BatchNorm layer remembers, over the steps."""

from __future__ import annotations

import streamlit as st

from cnnviz.records.experiments import Results
from cnnviz.topics.batch_norm_rates import captions, figures
from pages.learn.batch_norm_rates import cache
from pages.shared.components.scrub_chart import scrub_chart
from pages.shared.downloads import downloads
from pages.shared.experiments import answer

ALL = "all, their mean"


@st.fragment
def show(found: Results) -> None:
    """Draw the part about one learning rate at a time."""
    st.subheader(captions.ONE_RATE, divider="gray")
    seeds = sorted({run.seed for one in found.cells for run in one.runs})
    chosen = st.segmented_control(
        "Seeds", [ALL, *(str(seed) for seed in seeds)], default=ALL, required=True, key="rates.seed",
        bind="query-params",
    )  # fmt: skip
    seed = None if chosen in (None, ALL) else int(chosen)
    scrub_chart(cache.courses(answer.known(found), seed, found), key="rates.courses")
    st.caption(captions.courses(figures.LARGEST))
    downloads(
        [
            (
                "Running statistics (CSV)",
                "running_statistics.csv",
                "text/csv",
                lambda: cache.statistics_csv(found, seed),
            )
        ],
        key="rates",
    )
