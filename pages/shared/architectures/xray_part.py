"""X-ray: where parameters, work, memory and milliseconds lie, one row a block."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import xray as figures
from cnnviz.measurements import layer_times
from cnnviz.records.architectures import LayerTimes
from pages.shared.architectures import loading, snippets
from pages.shared.architectures.controls import AtHand
from pages.shared.components.xray import xray
from pages.shared.source import source_box


@st.fragment
def show(here: AtHand) -> None:
    """The bars, and what they say; the milliseconds on request."""
    network = loading.complete(here.choice, here.shape)
    first, *others = figures.sentences(network)
    st.markdown(first)
    asked = _asked(here)
    times = _measured(here) if asked else None
    xray(figures.bars(network, times, key="architectures.xray"), key="architectures.xray")
    if times:
        st.markdown(figures.times_words(network, times))
        st.caption(figures.times_caption(times))
    for sentence in others:
        st.markdown(f"- {sentence}")
    st.caption(
        "Each column has its own scale, from zero to its largest block. A block is everything inside one module with a "
        "forward of its own, or a layer with what follows it. Activations: every operation's output, one picture."
    )
    made_by = (figures.sentences, layer_times.measure)
    source_box(snippets.times(here), made_by=made_by)


def _asked(here: AtHand) -> bool:
    """Whether the milliseconds of this network are wanted: a button, which stays pressed for this network and size."""
    state, now = st.session_state, (here.choice, here.shape)
    problem = layer_times.refusal(here.network)
    pressed = st.button(
        "Measure the milliseconds on this machine", key="architectures.measure", icon=":material/timer:",
        disabled=bool(problem) or state.get("architectures.timed") == now, help=problem or None,
    )  # fmt: skip
    if problem:
        st.caption(problem)
        return False
    if pressed:
        state["architectures.timed"] = now
    return state.get("architectures.timed") == now


def _measured(here: AtHand) -> LayerTimes | None:
    known = loading.known_times(here.choice, here.shape)
    if known is not None:
        return known
    bar = st.progress(0.0, text="Building the network …")
    try:
        return loading.times(here.choice, here.shape, heard=lambda share: bar.progress(share, text="Measuring …"))
    except (ValueError, RuntimeError, MemoryError) as error:
        st.error(f"It could not be measured: {str(error).splitlines()[0][:200]}.", icon=":material/error:")
        return None
    finally:
        bar.empty()
