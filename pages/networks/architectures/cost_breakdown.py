"""X-ray: where parameters, work, memory and milliseconds lie, one row a block."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.architectures import captions, cost_breakdown_figures, layer_times
from pages.networks.architectures import cache, question, snippets
from pages.networks.architectures import layer_times as milliseconds
from pages.networks.architectures.components.cost_breakdown import cost_breakdown
from pages.networks.architectures.controls import ArchitectureSelection
from pages.shared.source_box import source_box


@st.fragment
def show(here: ArchitectureSelection) -> None:
    """The bars, and what they say; the milliseconds on request."""
    network = cache.complete(here.choice, here.shape)
    first, *others = captions.costs(network)
    st.markdown(first)
    times = milliseconds.on_request(here)
    packet = cost_breakdown_figures.bars(network, times, key="architectures.cost_breakdown")
    cost_breakdown(packet, key="architectures.cost_breakdown")
    if times:
        st.markdown(captions.times(network, times))
        st.caption(captions.measured(times))
    for sentence in others:
        st.markdown(f"- {sentence}")
    st.caption(captions.ONE_SCALE_EACH)
    made_by = (captions.costs, layer_times.measure)
    question.ask(here)
    source_box(snippets.times(here), made_by=made_by)
