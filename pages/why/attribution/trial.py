"""The part "On trial": methods and controls on images with masks, a verdict, and who agrees with whom."""

from __future__ import annotations

import csv
import io

import streamlit as st

from cnnviz.figures.numbers import whole_percent
from cnnviz.topics.attribution import trial, trial_captions, trial_charts
from cnnviz.topics.attribution.trial_records import MEASURES, Trial
from pages.shared import cache, charts, downloads
from pages.shared.source_box import source_box

NETWORK = "run:shapes-net-d2b13a74"
COUNTS = (20, 60, 200)


def show() -> None:
    """How many images, which measure, and what came of it."""
    st.caption(trial_captions.INTRODUCTION)
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        count = st.segmented_control(
            trial_captions.COUNT,
            COUNTS,
            default=COUNTS[0],
            required=True,
            key="attribution.images",
            bind="query-params",
        )
    with right:
        measure = st.selectbox(
            trial_captions.MEASURE, MEASURES, format_func=trial_captions.WORDS.__getitem__, key="attribution.measure",
            bind="query-params",
        )  # fmt: skip
    held = _held(int(count or COUNTS[0]))
    if not held:
        bar = st.empty()
        held.append(
            trial.run(
                cache.network(NETWORK), int(count or COUNTS[0]),
                progress=lambda share: bar.progress(share, trial_captions.RUNNING.format(whole_percent(share))),
            )
        )  # fmt: skip
        bar.empty()
    _result(held[0], str(measure))


@st.cache_resource(max_entries=4, show_spinner=False)
def _held(count: int) -> list[Trial]:
    """Where a trial of so many images is kept once it is over; one that was stopped leaves it empty."""
    return []


def _result(found: Trial, measure: str) -> None:
    st.markdown(f"**{trial_captions.verdict(found, measure)}** {trial_captions.SAYS[measure]}")
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        charts.chart(trial_charts.ranking(found, measure, charts.theme()), key="attribution.ranking")
        st.caption(trial_captions.by_hand(found))
    with right:
        charts.chart(trial_charts.agreement(found, charts.theme()), key="attribution.agreement")
        st.caption(trial_captions.AGREEMENT)
    for name, why in found.absent.items():
        st.caption(f"{name}: {why}")
    downloads.downloads(
        [("Every score, CSV", "attribution_trial.csv", "text/csv", lambda: table(found))], key="attribution.trial"
    )
    source_box(SNIPPET, made_by=(trial.run, trial.curves, trial.controls))


SNIPPET = f"""from cnnviz import networks
from cnnviz.topics.attribution import trial, trial_captions

found = trial.run(networks.open_network({NETWORK!r}), 10)
for measure in ("energy", "deletion", "insertion"):
    print(measure, trial_captions.verdict(found, measure))"""


def table(found: Trial) -> str:
    """One CSV line for each image and contestant."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["contestant", "control", "image", *MEASURES])
    for one in found.contestants:
        for number in range(found.images):
            writer.writerow([one.name, one.is_control, number, *(float(one.scores[m][number]) for m in MEASURES)])
    return target.getvalue()
