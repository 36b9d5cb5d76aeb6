"""Running statistics over batches of real features, a batch of one, and the noise that a batch's size brings."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.batch_norm import captions, features, questions, running, snippets, tables
from pages.layers.batch_norm import cache
from pages.shared import downloads, number_table, predict
from pages.shared.components.scrub_chart import scrub_chart
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box


def show() -> None:
    """Choose a unit; then the statistics over batches, their noise, and the batch of one."""
    held = cache.features()
    examples, units = held.values.shape
    st.caption(captions.features((examples, units), held.network, held.layer, held.dataset))
    _over_batches(units)
    st.subheader(captions.BATCH_OF_ONE, divider="gray")
    number_table.draw(tables.alone(cache.batch_of_one()), key="batch_norm.alone")
    st.info(next(one.remedy for one in cache.batch_of_one() if one.remedy), icon=":material/info:")
    st.caption(captions.ONE_VALUE)


@st.fragment
def _over_batches(units: int) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        unit = st.number_input("Unit", 0, units - 1, 0, key="batch_norm.unit", bind="query-params")
    with right:
        size = st.select_slider("Batch size", running.SIZES, value=32, key="batch_norm.batch_size", bind="query-params")
    st.subheader(captions.OVER_BATCHES, divider="gray")
    found, drawn, proof = cache.trace(int(unit), int(size))
    scrub_chart(drawn, key="batch_norm.trace")
    badges(proof)
    st.subheader(captions.NOISE, divider="gray")
    noise, drawn = cache.noise(int(unit))
    st.caption(captions.noise(noise))
    scrub_chart(drawn, key="batch_norm.noise")
    predict.ask("Running statistics", questions.running(found))
    downloads.downloads(
        [
            ("Running statistics, CSV", "running_statistics.csv", "text/csv", lambda: tables.trace(found)),
            ("Noise by batch size, CSV", "batch_noise.csv", "text/csv", lambda: tables.noise(noise)),
        ],
        key="batch_norm",
    )
    source_box(
        snippets.running(int(unit), int(size)),
        made_by=(running.trace, running.noise, features.features),
    )
