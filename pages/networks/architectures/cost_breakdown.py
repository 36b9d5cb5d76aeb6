"""X-ray: where parameters, work, memory and milliseconds lie, one row a block."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.architectures import cost_breakdown_figures, layer_times
from pages.networks.architectures import cache, snippets
from pages.networks.architectures import layer_times as milliseconds
from pages.networks.architectures.components.xray import xray
from pages.networks.architectures.controls import ArchitectureSelection
from pages.shared.source_box import source_box


@st.fragment
def show(here: ArchitectureSelection) -> None:
    """The bars, and what they say; the milliseconds on request."""
    network = cache.complete(here.choice, here.shape)
    first, *others = cost_breakdown_figures.sentences(network)
    st.markdown(first)
    times = milliseconds.on_request(here)
    xray(cost_breakdown_figures.bars(network, times, key="architectures.xray"), key="architectures.xray")
    if times:
        st.markdown(cost_breakdown_figures.times_words(network, times))
        st.caption(cost_breakdown_figures.times_caption(times))
    for sentence in others:
        st.markdown(f"- {sentence}")
    st.caption(
        "Each column has its own scale, from zero to its largest block. A block is everything inside one module with a "
        "forward of its own, or a layer with what follows it. Activations: every operation's output, one picture."
    )
    made_by = (cost_breakdown_figures.sentences, layer_times.measure)
    source_box(snippets.times(here), made_by=made_by)
